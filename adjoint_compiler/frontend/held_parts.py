"""Lists and dicts that an object holds throughout, and recursive functions read, are passed to them in its place.

def visit(i):                              def visit(i, entries):
    visited.entries[i] = True      ->          entries[i] = True
    visit(i + 1)                               visit(i + 1, entries)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Bind, Block, Call, Const, Name, Program, Statement, Store, Update
from adjoint_compiler.ir.operands import is_field
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_block

Part = tuple[str, str]  # the object's name, and the attribute's


def pass_held_parts(cx: Context, program: Program, callees: dict[str, Any]) -> Program:
    """The outermost program with what it does before its calls; the callees are changed."""
    if not callees or not cx.objects:
        return program
    blocks = (program.body, *(c.body for c in callees.values()))
    part_of = _parts_held(cx, tuple(s for b in blocks for s in walk(b)))
    names: dict[Part, str] = {}
    for c in callees.values():
        c.body = _with_parameters(cx, c, part_of, names)
    if not names:
        return program
    for c in callees.values():
        c.body = _read_before_calls(c.body, names)
    return replace(program, body=_read_before_calls(program.body, names))


def _parts_held(cx: Context, everything: tuple[Statement, ...]) -> Callable[[Statement], Part | None]:
    """What tells which part of an object a statement reads, if that is a container which the object holds throughout."""
    types = types_so_far(cx)
    changed = {
        s.index.value
        for s in everything
        if isinstance(s, (Store, Update)) and isinstance(s.index, Const) and is_field(s.index)
    }
    bound = Counter(n for s in everything for n in names_bound(s))
    copies = {s.target: a.id for s in everything if isinstance(s, Bind) and bound[s.target] == 1 and (a := _copied(s))}

    def part_of(s: Statement) -> Part | None:
        if not isinstance(s, Bind) or s.op != "attribute" or not isinstance(s.args[0], Name):
            return None
        me, field = s.args[0].id, s.args[1]
        while me in copies:
            me = copies[me]
        t = types.get(me, UNKNOWN)
        if bound[me] != 1 or t.kind != "record" or not isinstance(field, Const) or field.value in changed:
            return None
        kind = t.items[t.keys.index(field.value)].kind if field.value in t.keys else ""
        return (me, field.value) if kind in ("list", "dict") else None

    return part_of


def _with_parameters(cx: Context, c: Any, part_of: Callable[[Statement], Part | None], names: dict[Part, str]) -> Block:
    """The body of a callee that reads names of its own in place of the parts of objects from outside."""
    own = {*c.params, *(n for s in walk(c.body) for n in names_bound(s))}

    def named(s: Statement) -> list[Statement]:
        part = part_of(s)
        if part is None or part[0] in own or not isinstance(s, Bind):
            return [s]
        if part not in names:
            names[part] = cx.names.fresh(part[1])
        return [replace(s, op="copy", args=(Name(names[part]),))]

    body = map_block(c.body, named)
    read = {n for s in walk(body) for n in reads(s)}

    def used(s: Statement) -> list[Statement]:
        return [] if isinstance(s, Bind) and _copied(s) and s.target not in read else [s]

    return map_block(body, used) if body != c.body else c.body


def _read_before_calls(block: Block, names: dict[Part, str]) -> Block:
    """The block with the parts of its own objects read before its calls."""
    own = {n for s in walk(block) for n in names_bound(s)}
    parts = [(n, me, field) for (me, field), n in names.items() if me in own]

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Call):
            return [s]
        return [*(Bind(n, "attribute", (Name(me), Const(field)), (), s.span) for n, me, field in parts), s]

    return map_block(block, change)


def _copied(s: Bind) -> Name | None:
    """The name that a statement gives another name."""
    return s.args[0] if s.op == "copy" and isinstance(s.args[0], Name) else None


__all__ = ["pass_held_parts"]
