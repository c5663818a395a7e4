"""The two forms of a derivative: one joint function, or a primal and an adjoint with a tape between them.

def f_grad(x):              def f_primal(x):             def f_adjoint(tape, result_bar):
    forward sweep               forward sweep                (what it needs), = tape
    reverse sweep               return result, tape          reverse sweep
    return x_bar                                             return (x_bar,)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler.analysis.uses import exposed
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.calls import consumed_tapes, held_memory
from adjoint_compiler.differentiate.ownership import owned_adjoints
from adjoint_compiler.differentiate.packing import DETACHED, is_mutable, packed
from adjoint_compiler.differentiate.reverse import Reversed
from adjoint_compiler.ir.nodes import (
    REVERSE,
    Bind,
    Call,
    Comment,
    Const,
    Effect,
    Name,
    Operand,
    Pack,
    Program,
    Return,
    Statement,
    Try,
    With,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, is_container, is_number
from adjoint_compiler.ir.walk import binds, walk
from adjoint_compiler.optimize.rename import rename_all

ERRSTATE = "np.errstate(all='ignore')"


@dataclass(frozen=True)
class Request:
    """What a joint function returns.

    Attributes:
        wrt: parameters, in the order of the gradients.
        single: whether the gradient is returned bare, not as a tuple.
        value: whether the value is returned too.
        has_aux: whether the primal returns (value, aux).
        outputs: parameters that are stored into, whose final states are the result; None: what is returned is.
        directions: whether tangents have a leading axis of directions.
        companion: what forward mode computes beside each variable.
    """

    wrt: tuple[str, ...]
    single: bool
    value: bool = False
    has_aux: bool = False
    outputs: tuple[str, ...] | None = None
    directions: bool = False
    companion: str = "tangents"


def joint_form(program: Program, r: Reversed, request: Request, name: str) -> Program:
    """The joint function of a gradient."""
    f = r.facts
    value, aux = _value_and_aux(r, request)
    body: list[Statement] = [*entry_copies(r), *new_tapes(r)]
    forward = list(r.forward)
    results: list[Operand] = []
    if request.value and request.outputs is None:
        results.append(_kept(value, r, forward, "value"))
    if request.value and request.outputs is not None:
        held = f.names.fresh("value")
        forward.append(Bind(held, HELPER["copied"], (Name(request.outputs[0]),)))
        forward.append(Bind(held, "numpy.sum", (Name(held),)))
        results.append(Name(held))
    if aux is not None:
        results.append(_kept(aux, r, forward, "aux"))
    forward += _seed(r, request, value)
    owned = owned_adjoints(r, request.wrt)
    if request.value:
        owned = dict.fromkeys(owned, True)  # all that the value takes has run
    gradients = tuple(_gradient(w, r, owned) for w in request.wrt)
    closing: list[Statement] = []
    operands: list[Operand] = []
    for w, (statements, operand) in zip(request.wrt, gradients):
        closing += statements
        operands.append(operand)
    gradient: Operand = operands[0] if request.single else Pack("tuple", tuple(operands))
    if aux is not None and request.value:
        out: Operand = Pack("tuple", (Pack("tuple", tuple(results)), gradient))
    elif aux is not None:
        out = Pack("tuple", (gradient, results[-1]))
    elif request.value:
        out = Pack("tuple", (results[0], gradient))
    else:
        out = gradient
    reverse = _reverse_section(r)
    body = [*unbound(forward, (*reverse, *closing), program), *body]
    body += [*_section("forward sweep", forward), *reverse, *closing, Return(out)]
    return result_program(program, name, program.params, body, r)


def _value_and_aux(r: Reversed, request: Request) -> tuple[Operand, Operand | None]:
    if not request.has_aux:
        return r.result, None
    if isinstance(r.result, Pack) and r.result.kind == "tuple" and len(r.result.items) == 2:
        return r.result.items[0], r.result.items[1]
    raise TypeError("has_aux needs a function that returns a pair (value, aux)")


def _kept(o: Operand, r: Reversed, forward: list[Statement], stem: str) -> Operand:
    """The operand, copied if the reverse sweep restores its memory, under a name of its own if that restores its names."""
    f, names = r.facts, set(names_in(o))
    changed = any(f.aliases.stored & set(f.aliases.levels(n)) and not is_number(f.types.get(n, UNKNOWN)) for n in names)
    bound_again = any(not names.isdisjoint(s.bound) for s in walk(tuple(r.reverse)))
    if not (changed or bound_again):
        return o
    held = f.names.fresh(stem)
    forward.append(Bind(held, HELPER["copied"] if changed else "copy", (o,)))
    return Name(held)


def _seed(r: Reversed, request: Request, value: Operand) -> list[Statement]:
    """The seed of a gradient is one; where the result is not certainly a number, it is checked."""
    f = r.facts
    if request.outputs is not None:
        return [Bind(r.seed, "copy", (Const(1.0),))]
    t = f.types.get(value.id, UNKNOWN) if isinstance(value, Name) else UNKNOWN
    one: Statement
    if isinstance(value, Const) or is_number(t) or (t.kind == "array" and t.ndim == 0):
        one = Bind(r.seed, "copy", (Const(1.0),))
    else:
        one = Bind(r.seed, HELPER["scalar_seed"], (value,))
    return [one]


def _section(title: str, statements: list[Statement]) -> list[Statement]:
    return [Comment(title), *statements] if statements else []


def _reverse_section(r: Reversed) -> list[Statement]:
    start: list[Statement] = [Bind(r.registry, "copy", (Pack("dict", ()),))] if r.registry else []
    statements = [*start, *r.reverse]
    if r.may_warn:
        return [REVERSE, With(Const(None), tuple(statements), text=ERRSTATE)]
    return _section(REVERSE.text, statements)


def entry_copies(r: Reversed, more: tuple[str, ...] = ()) -> list[Statement]:
    """Arguments that the primal stores into are copied, so that the caller's stay as they are."""
    types = r.facts.types
    return [
        Bind(p, HELPER["entry_copies" if is_container(types.get(p, UNKNOWN)) else "entry_copy"], (Name(p),))
        for p in (*r.mutated, *more)
    ]


def new_tapes(r: Reversed) -> list[Statement]:
    return [Bind(t, "copy", (Pack("list", ()),)) for t in r.tapes]


def _gradient(w: str, r: Reversed, owned: dict[str, bool]) -> tuple[list[Statement], Operand]:
    """The gradient of one parameter: its adjoint in the parameter's own type and in memory of its own."""
    f = r.facts
    t = f.types.get(w, UNKNOWN)
    bar = r.bars[w]
    if isinstance(bar, Const):
        if t.kind == "float":
            return [], Const(0.0)
        if t.kind == "array":
            zero = f.names.fresh("t")
            return [Bind(zero, "numpy.zeros_like", (Name(w),))], Name(zero)
    if isinstance(bar, Name) and t.kind == "float" and f.types.get(bar.id) is not None and _only_floats(bar.id, r):
        return [], bar
    if isinstance(bar, Name) and t.kind == "array" and owned.get(bar.id):
        return [], bar
    held = f.names.fresh("gradient")
    r.facts.names.taken.add(held)
    helper = "as_gradient"
    if isinstance(bar, Name) and bar.id in owned:
        helper = "shaped_like"
    elif t.kind in ("float", "complex") or t.dtype.startswith(("float", "complex")):
        helper = "array_gradient" if t.kind == "array" else "number_gradient"
    return [Bind(held, HELPER[helper], (bar, Name(w)))], Name(held)


def _only_floats(name: str, r: Reversed) -> bool:
    """Whether every value bound to the name is computed by Python's operators from Python floats."""
    kinds: dict[str, list[Bind]] = {}
    other: set[str] = set()
    for s in walk((*r.forward, *r.reverse)):
        if isinstance(s, Bind):
            kinds.setdefault(s.target, []).append(s)
        elif binds(s) is not None:
            other.add(str(binds(s)))
    seen: set[str] = set()
    work = [name]
    while work:
        n = work.pop()
        if n in seen or n == r.seed:
            continue
        seen.add(n)
        t = r.facts.types.get(n, UNKNOWN)
        if n in kinds and n not in other:
            for s in kinds[n]:
                if not (s.op == "copy" or s.op.startswith(("operator.", "math."))):
                    return False
                work += [m for o in s.args for m in names_in(o)]
        elif t.kind not in ("float", "int"):
            return False
    return True


def result_program(program: Program, name: str, params: tuple[str, ...], body: list[Statement], r: Reversed) -> Program:
    known = program.mentioned
    new = {n for s in walk(tuple(body)) for n in (binds(s) or "",)} - known - set(program.params)
    calls = [s for s in walk((*r.forward, *r.reverse)) if isinstance(s, Call)]
    # Tapes and tuples of adjoints are named, not written where they are used.
    new -= {s.tape or s.target or "" for s in calls if s.tape or is_container(s.summary.result or UNKNOWN)}
    user_bars = {b for n, b in r.facts.bars.items() if n not in program.temporaries}
    temporaries = (frozenset(new) - user_bars - set(r.tapes) - {r.registry}) | program.temporaries
    return replace(program, name=name, params=params, body=tuple(body), temporaries=temporaries)


# -- split form ------------------------------------------------------------------------------------------------


def split_form(
    program: Program, r: Reversed, wrt: tuple[str, ...], outputs: tuple[str, ...] | None
) -> tuple[Program, Program]:
    """The public pair: ``primal(*args) -> (result, tape)`` and ``adjoint(tape, result_bar) -> bars``.

    The adjoint can be called any number of times: it copies the tapes it consumes and the buffers it restores.
    """
    f = r.facts
    reverse: list[Statement] = list(r.reverse)
    if r.registry:
        reverse.insert(0, Bind(r.registry, "copy", (Pack("dict", ()),)))
    closing: list[Statement] = []
    operands: list[Operand] = []
    owned = dict.fromkeys(owned_adjoints(r, wrt), True)  # the primal has run: its operands fit
    for w in wrt:
        statements, operand = _gradient(w, r, owned)
        closing += statements
        operands.append(operand)
    body: list[Statement] = [*reverse, *closing, Return(Pack("tuple", tuple(operands)))]
    needed = exposed(tuple(body))[0] - {r.seed}
    tape = [n for n in in_order(program, r) if n in needed]
    result: Operand = r.result
    if outputs is not None:
        result = Name(outputs[0]) if len(outputs) == 1 else Pack("tuple", tuple(Name(o) for o in outputs))
    held_classes = held_memory(r.forward, f)
    private = _private_parameters(program, r, tape, held_classes)
    forward: list[Statement] = [*entry_copies(r, private), *new_tapes(r), *r.forward]
    outside = (p for p in (*program.params, *program.free) if p not in r.mutated and p not in private)
    owners = frozenset(c for p in outside for c in f.aliases.levels(p))
    copies, operands_kept = packed(tape, owners, held_classes, f)
    forward += copies
    forward = [*unbound(forward, tuple(body), program), *forward]
    packed_tape: Operand = Pack("tuple", tuple(operands_kept))
    result = _result_copy(result, r, tape, held_classes, forward)
    primal = result_program(
        program, f"{program.name}_primal", program.params, [*forward, Return(Pack("tuple", (result, packed_tape)))], r
    )
    holder = f.names.fresh("tape")
    unpack: list[Statement] = [Bind(n, "index", (Name(holder), Const(k))) for k, n in enumerate(tape)]
    unpack += [Bind(n, "builtins.list", (Name(n),)) for n in tape if n in r.tapes]
    unpack += _fresh_buffers(tape, reverse, r)
    body = quiet(body, r)
    adjoint = result_program(program, f"{program.name}_adjoint", (holder, r.seed), [*unpack, REVERSE, *body], r)
    return primal, replace(adjoint, types={}, free=())


def _private_parameters(
    program: Program, r: Reversed, tape: list[str], held: dict[str, frozenset[int]]
) -> tuple[str, ...]:
    """Parameters that loops record by reference: the caller may change them later, so the primal works on a copy."""
    recorded = frozenset().union(*(held.get(t, frozenset()) for t in r.tapes if t in tape))
    return tuple(p for p in program.params if p not in r.mutated and frozenset(r.facts.aliases.levels(p)) & recorded)


def quiet(body: list[Statement], r: Reversed) -> list[Statement]:
    """A body that ends with a return, warnings off where its partials can be infinite."""
    return [With(Const(None), tuple(body[:-1]), text=ERRSTATE), body[-1]] if r.may_warn else body


def _result_copy(
    result: Operand, r: Reversed, tape: list[str], held: dict[str, frozenset[int]], forward: list[Statement]
) -> Operand:
    """The caller may change the result before the pullback: it must share no memory with the tape."""
    f = r.facts
    classes = frozenset().union(*(held.get(n, frozenset()) for n in tape))
    shared = [n for n in names_in(result) if held.get(n, frozenset()) & classes and is_mutable(f.types.get(n, UNKNOWN))]
    if not shared:
        return result
    held = f.names.fresh("result")  # type: ignore[assignment]
    forward.append(Bind(held, HELPER["copied"], (result,)))  # type: ignore[arg-type]
    return Name(held)  # type: ignore[arg-type]


def _fresh_buffers(tape: list[str], reverse: list[Statement], r: Reversed) -> list[Statement]:
    """Copies of the buffers that the reverse sweep restores, so that the tape stays as it is."""
    f = r.facts
    held = held_memory(r.forward, f)
    restored = {f.aliases.classes.get(n) for s in walk(tuple(reverse)) for n in s.stored} - {None}
    consumed = consumed_tapes(r.forward)
    if not any(held.get(n, frozenset()) & restored or n in consumed for n in tape) and not restored & f.aliases.stored:
        return []
    # All that may be stored into is copied together: shadows are found by memory, which must stay shared as it was.
    restored |= f.aliases.stored
    touched = [n for n in tape if held.get(n, frozenset()) & restored and is_mutable(f.types.get(n, UNKNOWN))]
    touched += [n for n in tape if n not in touched and (n in consumed or n in r.tapes and n in r.references)]
    if not touched:
        return []
    # One call copies all of them, each allocation once, and derives views from the copy.
    memory = f.names.fresh("memory")
    out: list[Statement] = [Bind(memory, DETACHED, (Pack("tuple", tuple(Name(n) for n in touched)),))]
    return out + [Bind(n, "index", (Name(memory), Const(k))) for k, n in enumerate(touched)]


def in_order(program: Program, r: Reversed) -> list[str]:
    seen: dict[str, None] = dict.fromkeys((*program.params, *program.free))
    seen.update(dict.fromkeys(r.tapes))
    for s in walk(tuple(r.forward)):
        seen.update((n, None) for n in s.bound if n not in seen)
    return list(seen)


def unbound(forward: list[Statement], later: tuple[Statement, ...], program: Program) -> list[Statement]:
    """Names that ``later`` may read and that the forward sweep binds on some paths only: they start as None."""
    certain = _certainly_bound(forward) | {*program.params, *program.free}
    possible = {n for s in walk(tuple(forward)) for n in s.bound}
    read = exposed(later)[0] & (possible - certain) if possible - certain else set()
    return [Bind(n, "copy", (Const(None),)) for n in sorted(read)]


def _certainly_bound(block: list[Statement] | tuple[Statement, ...]) -> set[str]:
    """Names that every run of the block binds."""
    from adjoint_compiler.ir.nodes import If

    out: set[str] = set()
    for s in block:
        if isinstance(s, If):
            out |= _certainly_bound(s.then) & _certainly_bound(s.orelse)
        elif isinstance(s, With):
            out |= _certainly_bound(s.body)
        elif isinstance(s, Try):
            out.update(s.bound)
        else:
            out.update(s.bound)
    return out


__all__ = ["Effect", "Request", "joint_form", "rename_all", "split_form"]
