"""Tuples and lists that are joined, or made to grow, written out by their items.

t = (a, b) + u             t = (a, b, u[0])
L = M + [a]         ->     joined = []; for k in range(len(M)): joined.append(M[k]); joined.append(a); L = list(joined)
L += M                     for k in range(len(M)): L.append(M[k])

A new list is copied from the one that is built: then the name it gets is not that of a list that changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.joining import JOINS, joined_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Const, For, Name, Operand, Pack, Push, Span, Statement

Fresh = Callable[[str, bool], str]  # a new name with this stem; whether it is a temporary


def join_sequences(s: Bind, types: Types, fresh: Fresh) -> list[Statement] | None:
    """The statements of a sum or multiple of tuples or lists; None for other statements."""
    if s.op not in JOINS:
        return None
    joined = joined_type(s.op, s.args, [operand_type(a, types) for a in s.args])
    if joined is None or all(isinstance(a, Const) or _constant(a) for a in s.args if a is not _count(s, types)):
        return None
    if joined.kind == "tuple":
        return _join_tuples(s, types, fresh)
    out = fresh("joined", True)
    body: list[Statement] = [Bind(out, "copy", (Pack("list", ()),), (), s.span)]
    count = _count(s, types)
    if count is None:
        for a in s.args:
            body += extend(out, a, s.span, fresh)
    else:
        (sequence,) = (_made_once(a, s.span, fresh, body) for a in s.args if a is not count)
        inner = extend(out, sequence, s.span, fresh)
        body.append(For(fresh("k", False), Const(0), count, Const(1), tuple(inner), None, s.span))
    return [*body, Bind(s.target, "builtins.list", (Name(out),), (), s.span)]


def _made_once(o: Operand, span: Span, fresh: Fresh, out: list[Statement]) -> Operand:
    """What is repeated, with names for the containers in it: `[[x]] * 2` holds one list twice."""
    if not isinstance(o, Pack):
        return o
    items = [operation("copy", i, span=span, fresh=fresh, out=out) if isinstance(i, Pack) else i for i in o.items]
    return replace(o, items=tuple(items))


def operation(op: str, *args: Operand, span: Span, fresh: Fresh, out: list[Statement], stem: str = "t") -> Name:
    """Bind a new name to an operation."""
    target = fresh(stem, True)
    out.append(Bind(target, op, args, (), span))
    return Name(target)


def extend(out: str, items: Operand, span: Span, fresh: Fresh) -> list[Statement]:
    """Append the items of a sequence to a list."""
    if isinstance(items, Pack):
        return [Push(out, item, span) for item in items.items]
    length, counter, item = fresh("n", True), fresh("k", False), fresh("item", True)
    body = (Bind(item, "index", (items, Name(counter)), (), span), Push(out, Name(item), span))
    return [
        Bind(length, "builtins.len", (items,), (), span),
        For(counter, Const(0), Name(length), Const(1), body, None, span),
    ]


def _constant(operand: Operand) -> bool:
    """Whether nothing is read to make the sequence: it is joined while running, and has no derivative."""
    return isinstance(operand, Pack) and all(isinstance(i, Const) for i in operand.items)


def _count(s: Bind, types: Types) -> Operand | None:
    """How often ``*`` repeats."""
    if s.op != "operator.mul":
        return None
    return next(a for a in s.args if operand_type(a, types).kind in ("int", "bool"))


def _join_tuples(s: Bind, types: Types, fresh: Fresh) -> list[Statement]:
    before: list[Statement] = []
    count = _count(s, types)
    items: list[Operand] = []
    for a in s.args:
        if a is count:
            continue
        if isinstance(a, Pack):
            items += list((a if count is None else _made_once(a, s.span, fresh, before)).items)  # type: ignore[union-attr]
            continue
        for k in range(len(operand_type(a, types).items)):
            item = fresh("item", True)
            before.append(Bind(item, "index", (a, Const(k)), (), s.span))
            items.append(Name(item))
    if isinstance(count, Const) and isinstance(count.value, int):
        items = items * count.value
    return [*before, Bind(s.target, "copy", (Pack("tuple", tuple(items)),), (), s.span)]


__all__ = ["extend", "join_sequences", "operation"]
