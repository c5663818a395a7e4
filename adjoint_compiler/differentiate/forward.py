"""Forward mode: every statement of a program gets the statement that computes its tangent, directly before it.

    y = x * np.sin(x)        ->      y_dot = x_dot * np.sin(x) + np.cos(x) * x_dot * x
                                     y = x * np.sin(x)

The tangents of buffers are stored into as the buffers are, and what makes a view of a buffer makes the same view of its
tangent. A tangent that is computed from the result of its statement comes after it.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.activity import active_names
from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.analysis.shapes import symbolic_shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.differentiate.builder import Builder
from adjoint_compiler.differentiate.forward_custom import CUSTOM, forward_custom, replaced_pairs
from adjoint_compiler.differentiate.forward_leaf import TANGENTS
from adjoint_compiler.differentiate.slots import slot_key
from adjoint_compiler.differentiate.tangents import Companion, ForwardCall, Tangents, tangent
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    DISCARD,
    Bind,
    Block,
    Call,
    Const,
    Effect,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import NONE
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN, Type, is_number
from adjoint_compiler.ir.walk import blocks_of, reads, walk
from adjoint_compiler.rules.expressions import RuleError

EMPTY = (Pack("list", ()), Pack("dict", ()))  # what nothing is in yet, nor in its tangent


def analyse(
    program: Program, types: Types, wrt: tuple[str, ...], outputs: list[str], how: Companion | None = None
) -> Tangents:
    """What forward mode has to know of a program."""
    types = dict(types)
    aliases = analyse_aliases(program, types)
    active = active_names(program, types, aliases, wrt, outputs)
    active = frozenset(n for n in active if aliases.kind(n) != "inert")
    names = Names(program.mentioned)
    names.taken.add(program.name)
    f = Tangents(types, aliases, active, symbolic_shapes(program, types), names, how or TANGENTS)
    f.reshaped = _reshaped(program, f)
    f.replaced = replaced_pairs(program, f)
    return f


def _reshaped(program: Program, f: Tangents) -> frozenset[str]:
    """Names of memory of which it depends on the layout what is a view of it."""
    classes = {
        f.aliases.classes.get(s.target) for s in program.statements
        if isinstance(s, Bind) and (rule := view_rule(s)) is not None
        and (rule.view_kind == "maybe" or "strides" in rule.params)
    }  # fmt: skip
    return frozenset(n for n, c in f.aliases.classes.items() if c in classes)


def forward_block(body: Block, f: Tangents) -> list[Statement]:
    """The statements of a block with their tangent statements."""
    return [x for s in body for x in forward_statement(s, f)]


def forward_statement(s: Statement, f: Tangents) -> list[Statement]:
    """A statement with its tangent statements."""
    if blocks_of(s):
        return [with_blocks(s, tuple(tuple(forward_block(b, f)) for b in blocks_of(s)))]
    b = f.builder(s.span)
    if isinstance(s, Bind) and (s.target in f.active or s.op in CUSTOM[:2]):
        try:
            return _bind(s, b, f)
        except RuleError as fault:
            f.faults.append(fault.diagnostic(s.span))
            return [s]
    if isinstance(s, (Store, Update)) and s.target in f.active:
        return _store(s, b, f)
    if isinstance(s, Push) and s.stack in f.active:
        value = tangent(s.value, b, f)
        return [*b.out, Push(f.dot(s.stack), value, s.span), s]
    if isinstance(s, Pop) and s.stack in f.active:
        target = f.dot(s.target) if s.target in f.active else None
        return [Pop(target, f.dot(s.stack), s.span), s]
    if isinstance(s, Pop) and s.target in f.active:
        return [s, *_bound(str(s.target), f.how.zero(Name(str(s.target)), b), b, f)]
    if isinstance(s, Effect) and s.text == DISCARD and f.is_active(s.args[0]):
        holder = tangent(s.args[0], b, f)
        return [*b.out, replace(s, args=(holder, s.args[1])), s]
    if isinstance(s, Effect) and s.kind == "store" and any(map(f.is_active, s.args)):
        if f.how.update is not None:
            unknown = RuleError(f"what depends on what is not followed through `{s.text}`")
            f.faults.append(unknown.diagnostic(s.span))
            return [s]
        table, x, g, *rest = s.args
        args = (tangent(table, b, f), x, tangent(g, b, f), *rest)
        return [*b.out, replace(s, args=args), s]
    return _call(s, b, f) if isinstance(s, Call) else [s]


def _bind(s: Bind, b: Builder, f: Tangents) -> list[Statement]:
    y = Name(s.target)
    if s.op in CUSTOM:
        return (f.how.custom or forward_custom)(s, b, f)
    if s.op == "copy" and s.args[0] in EMPTY:
        return [replace(s, target=f.dot(s.target)), s]
    if not any(f.is_active(o) for o in s.operands):
        out = _bound(s.target, f.how.zero(y, b), b, f)
        return [s, *out] if any(y.id in reads(x) for x in out) else [*out, s]
    if s.target in s.read:  # the tangent may need what it was, and what it becomes
        y = Name(f.names.fresh("t"))
        f.types[y.id] = f.types.get(s.target, UNKNOWN)
    c = _structure(s, b, f)
    if c is None:
        c = f.how.in_own_memory(f.how.operation(s, y, b, f), s, y, b, f)
    out = _bound(s.target, c, b, f)
    if not any(y.id in reads(x) for x in walk(tuple(out))):
        return [*out, s]
    if y.id == s.target:
        return [s, *out]
    return [replace(s, target=y.id), *out, Bind(s.target, "copy", (y,), (), s.span)]


def _structure(s: Bind, b: Builder, f: Tangents) -> Operand | None:
    """The tangent of another name, of a part, or of an item; None for other operations."""
    if s.op == "copy":
        return tangent(s.args[0], b, f)
    if s.op not in ("index", "field"):
        return None
    base, at = s.args
    t = b.type(base)
    key = Const(at.value) if s.op == "field" and isinstance(at, Const) else at
    if s.op == "field" and isinstance(at, Const) and t.kind == "record" and issubclass(t.cls, tuple):
        key = Const(t.keys.index(at.value)) if at.value in t.keys else key
    x_dot = tangent(base, b, f)
    if is_number(t):  # NumPy's own numbers are indexed like arrays without axes
        x_dot = b.bind(f.how.as_array, x_dot)
    return b.bind("index", x_dot, slot_key(key, t))


def _bound(target: str, c: Operand, b: Builder, f: Tangents) -> list[Statement]:
    """The builder's statements, of which the last one binds the tangent."""
    dot = f.dot(target)
    last = b.out[-1] if b.out else None
    if isinstance(last, Bind) and c == Name(last.target):
        return [*b.out[:-1], replace(last, target=dot)]
    return [*b.out, Bind(dot, "copy", (c,), (), b.span)]


def _store(s: Store | Update, b: Builder, f: Tangents) -> list[Statement]:
    t = f.types.get(s.target, UNKNOWN)
    if isinstance(s, Update):
        if not f.is_active(s.value):
            return [s]
        index = None if s.index is None else slot_key(s.index, t)
        if f.how.update is not None:
            return [*f.how.update(s, index, b, f), s]
        return [*_stored(replace(s, target=f.dot(s.target), index=index), b, f), s]
    return [*_stored(replace(s, target=f.dot(s.target), index=slot_key(s.index, t)), b, f), s]


def _stored(s: Store | Update, b: Builder, f: Tangents) -> list[Statement]:
    value = tangent(s.value, b, f)
    if value == NONE and isinstance(s, Store) and b.type(Name(s.target)).kind == "array":
        value = f.how.nothing
    return [*b.out, replace(s, value=value)]


def _call(s: Call, b: Builder, f: Tangents) -> list[Statement]:
    """A call of a recursive function: of its forward mode, where a tangent goes in or comes out."""
    how = f.calls.get(s.callee, ForwardCall())
    active = how.result and s.target in f.active
    if not active and not any(n in f.active for n in s.stored):
        if s.target in f.active:
            return [s, *_bound(str(s.target), f.how.zero(Name(str(s.target)), b), b, f)]
        return [s]
    dots = tuple(tangent(s.args[k], b, f) for k in how.dots)
    first = len(s.args)
    moved = {k: first + j for j, k in enumerate(how.dots)}

    def both(places: tuple[int, ...]) -> tuple[int, ...]:
        return (*places, *(moved[k] for k in places if k in moved))

    summary = replace(
        s.summary, types=(*s.summary.types, *(s.summary.types[k] for k in how.dots)), mutates=both(s.summary.mutates),
        returns=both(s.summary.returns), refers=True,
    )  # fmt: skip
    call = replace(s, callee=f"{s.callee}_{f.how.suffix}", args=(*s.args, *dots), summary=summary)
    if not how.result:
        return [*b.out, call]
    t = s.summary.result or UNKNOWN
    pair = f.names.fresh("pair")
    f.types[pair] = Type("tuple", items=(t, f.how.type_of(t)))
    out = [*b.out, replace(call, target=pair, summary=replace(summary, result=f.types[pair]))]
    if s.target is not None:
        out.append(Bind(s.target, "index", (Name(pair), Const(0)), (), s.span))
        if s.target in f.active:
            out.append(Bind(f.dot(s.target), "index", (Name(pair), Const(1)), (), s.span))
    return out


__all__ = ["analyse", "forward_block"]
