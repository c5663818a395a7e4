"""Calls of recursive functions, which are differentiated to internal pairs.

    half = power(x, n // 2)        half, half_tape = power_primal(x, n // 2)
                             ->    ...
                                   x_bar += power_adjoint(half_tape, half_bar, x, n // 2)

The adjoint puts memory that the primal stored into back as it was, in place, and adds to the shadows it is given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adjoint_compiler.analysis.uses import Occurrences
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.adjoints import accumulate, shadow_of, take
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Call, Const, Name, Operand, Program, Push, Statement, Summary
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, Type, is_container, is_number
from adjoint_compiler.ir.walk import names_stored, reads, walk
from adjoint_compiler.optimize.rename import map_statements

DROPPED = "_"


def is_paired(s: Summary) -> bool:
    """Whether a derivative flows through the callee, so that it has an adjoint."""
    return bool(s.bars or s.shadows)


def is_active(s: Call, active: frozenset[str]) -> bool:
    """Whether the adjoint of a call has something to do."""
    return is_paired(s.summary) and (s.target in active or any(n in active for n in names_stored(s)))


def open_calls(program: Program, active: frozenset[str], names: Names) -> Program:
    """Call the primals of internal pairs, and name the tapes of those calls that are active.

    >>> body = (Call("y", "f", (Name("x"),), summary=Summary(bars=(0,), seeded=True)),)
    >>> from adjoint_compiler.ir.nodes import Return
    >>> program = Program("g", ("x",), (*body, Return(Name("y"))))
    >>> open_calls(program, frozenset({"x", "y"}), Names()).body[0].tape
    'y_tape'
    """
    read = {n for s in program.statements for n in reads(s)}

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Call):
            return [s]
        target = s.target if s.target in read else None
        if not is_paired(s.summary):
            return [replace(s, target=target)]
        tape = DROPPED
        if is_active(s, active):
            tape = names.fresh(f"{target or s.callee}_tape")
            if s.summary.seeded:  # the adjoint takes that of the result, also where nobody reads this
                target = s.target or names.fresh("unused")
        return [replace(s, target=target, callee=f"{s.callee}_primal", tape=tape)]

    return map_statements(program, change)


def reverse_call(s: Call, b: Builder, f: Facts) -> None:
    """Write the call of the adjoint, and what its results are added to."""
    if s.tape is None or s.tape == DROPPED:
        return
    summary = s.summary
    given: list[Operand] = [Name(s.tape)]
    if summary.seeded and s.target is not None:
        f.types.setdefault(s.target, summary.result or UNKNOWN)
        given.append(_seed(s.target, b, f))
    first = len(given)
    given += [s.args[k] for k in summary.reads]
    mutated = [first + j for j, k in enumerate(summary.reads) if k in summary.mutates]
    shadows = [Name(f.registry)] if summary.registry else [_shadow(s.args[k], b, f) for k in summary.shadows]
    mutated += range(len(given), len(given) + len(shadows))
    types = tuple(summary.types[k] for k in summary.bars)
    result = types[0] if len(types) == 1 else Type("tuple", items=types)
    target = b.names.fresh("bars" if len(types) > 1 else "t") if types else None
    if target is not None:
        b.types[target] = result
    callee = f"{s.callee.removesuffix('_primal')}_adjoint"
    b.emit(Call(target, callee, (*given, *shadows), s.span, summary=Summary(result=result, mutates=tuple(mutated))))
    for j, k in enumerate(summary.bars):
        if target is not None and f.is_active(s.args[k]):
            bar: Operand = Name(target) if len(types) == 1 else b.bind("index", Name(target), Const(j))
            accumulate(s.args[k], bar, b, f)


def _seed(target: str, b: Builder, f: Facts) -> Operand:
    """The adjoint of the call's result."""
    if target not in f.active:
        seed = b.names.fresh("t")
        b.types[seed] = f.types.get(target, UNKNOWN)
        b.emit(Bind(seed, "zero", (Name(target),), (), b.span))
        return Name(seed)
    if f.aliases.kind(target) == "buffer":
        return Name(shadow_of(target, b, f))
    return take(target, b, f)


def _shadow(o: Operand, b: Builder, f: Facts) -> Operand:
    """The shadow of an argument that the callee stores into; for one without, memory that nobody looks at."""
    if isinstance(o, Name) and o.id in f.active and f.aliases.kind(o.id) in ("buffer", "container"):
        return Name(shadow_of(o.id, b, f))
    return b.bind(HELPER["zeros_like"] if is_container(b.type(o)) else "numpy.zeros_like", o)


def given_shadows(program: Program, f: Facts, occ: dict[str, Occurrences], entry: frozenset[str]) -> frozenset[str]:
    """The shadows of containers that are passed with the call.

    Raises:
        DifferentiationError: AC001 for a parameter that is such a container, and something else at times.
    """
    containers = [p for p in program.params if p in entry and f.aliases.kind(p) == "container"]
    rebound = [p for p in containers if p in occ and len(occ[p].defs) > 1]
    if rebound:
        message = f"`{rebound[0]}` of a recursive function is changed, and bound to another container"
        raise DifferentiationError(
            Diagnostic("AC001", program.span, message, (), "give the other one a name of its own")
        )
    return frozenset(f.bar(p) for p in containers if not f.aliases.is_dynamic(p))


def held_memory(forward: Iterable[Statement], f: Facts) -> dict[str, frozenset[int]]:
    """The classes of memory that names hold: arrays their own, containers what is in them, too.

    Tapes of calls hold what the callee stores into, lists what is put into them.
    """
    held = {n: frozenset(f.aliases.levels(n)) for n in f.aliases.classes if not is_number(f.types.get(n, UNKNOWN))}
    for s in walk(tuple(forward)):
        if isinstance(s, Call) and s.tape and s.summary.refers:
            held[s.tape] = frozenset(f.aliases.classes[n] for n in names_stored(s))
        elif (
            isinstance(s, Bind)
            and s.target not in held
            and s.op in ("index", "method.get")
            and isinstance(s.args[0], Name)
        ):
            # A slot saved before it is stored into: what it holds is held by the container, too.
            if is_container(f.types.get(s.args[0].id, UNKNOWN)):
                held[s.target] = held.get(s.args[0].id, frozenset())
        elif isinstance(s, Bind) and s.target not in held and s.op == "copy" and isinstance(s.args[0], Name):
            held[s.target] = held.get(s.args[0].id, frozenset())
        elif isinstance(s, Push):
            held[s.stack] = held.get(s.stack, frozenset()).union(*(held.get(n, frozenset()) for n in names_in(s.value)))
    return held


def consumed_tapes(forward: Iterable[Statement]) -> frozenset[str]:
    """The tapes of calls, and lists of such, whose adjoints change what they hold."""
    out: set[str] = set()
    for s in walk(tuple(forward)):
        if isinstance(s, Call) and s.tape and s.summary.consumes:
            out.add(s.tape)
        elif isinstance(s, Push) and out.intersection(names_in(s.value)):
            out.add(s.stack)
    return frozenset(out)


__all__ = ["consumed_tapes", "given_shadows", "held_memory", "is_active", "is_paired", "open_calls", "reverse_call"]
