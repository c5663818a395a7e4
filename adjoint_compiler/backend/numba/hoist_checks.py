"""Checks of the indices that a loop runs through are made once, before it.

    for i in range(n):                       check_span(y, 0, 0, n, 1, 1, 0)
        check_index(y, 0, i)          ->     for i in range(n):
        s = s + x[i] * y[i]                      s = s + x[i] * y[i]

A loop without checks is one that a compiler can vectorize. Only loops that raise nothing else, print nothing and are not left
early are relieved of theirs: an exception comes earlier then, and is the same.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Block, Call, Const, Effect, For, Name, Operand, Program, Statement, While
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN

Line = tuple[int, Operand]  # what an index is: a factor times the counter, and an operand that no trip changes


def hoist_checks(program: Program, types: Types) -> Program:
    """The program with checks of indices before loops in place of inside of them (see the module's text).

    >>> from adjoint_compiler.ir.types import INT
    >>> body = (Effect("check", (Name("y"), Const(0), Name("i")), text="check_index"),)
    >>> loop = For("i", Const(0), Name("n"), Const(1), body)
    >>> [s.text for s in hoist_checks(Program("f", ("y", "n"), (loop,)), {"i": INT}).body if isinstance(s, Effect)]
    ['check_span']
    """
    body = _block(program.body, types)
    return program if body is program.body else replace(program, body=body)


def _block(block: Block, types: Types) -> Block:
    out: list[Statement] = []
    for s in block:
        if s.blocks:
            inner = tuple([_block(b, types) for b in s.blocks])
            s = with_blocks(s, inner) if any(a is not b for a, b in zip(inner, s.blocks)) else s
        out += _hoisted(s, types) if isinstance(s, For) else [s]
    same = len(out) == len(block) and all(a is b for a, b in zip(out, block))
    return block if same else tuple(out)


def _hoisted(loop: For, types: Types) -> list[Statement]:
    if loop.until is not None or not isinstance(loop.step, Const) or not all(map(_is_quiet, loop.nested)):
        return [loop]
    changed = {*loop.bound_within, loop.counter}
    checks: list[Statement] = []
    body: list[Statement] = []
    for s in loop.body:
        line = None
        if isinstance(s, Effect) and s.text == "check_index" and changed.isdisjoint(names_in(s.args[0])):
            line = _line(s.args[2], loop, changed, types)
        if line is None or not isinstance(s, Effect):
            body.append(s)
            continue
        span = (loop.start, loop.stop, loop.step, Const(line[0]), line[1])
        check = Effect("check", (s.args[0], s.args[1], *span), s.span, "check_span")
        if check not in checks:
            checks.append(check)
    return [*checks, replace(loop, body=tuple(body))] if checks else [loop]


def _is_quiet(s: Statement) -> bool:
    """Whether a statement raises nothing but for an index, and ends no loop early."""
    if isinstance(s, Effect):
        return s.text in ("check_index", "check_span")
    return not isinstance(s, (Call, While)) and getattr(s, "until", None) is None


def _line(o: Operand, loop: For, changed: set[str], types: Types) -> Line | None:
    """How an index depends on the counter."""
    if o == Name(loop.counter):
        return 1, Const(0)
    if _is_fixed(o, changed, types):
        return 0, o
    made = [s for s in loop.nested if isinstance(o, Name) and o.id in s.bound]
    if len(made) != 1 or made[0] not in loop.body or not isinstance(made[0], Bind):
        return None
    op, args = made[0].op, made[0].args
    if op not in ("operator.add", "operator.sub"):
        return None
    left, right = args
    if left == Name(loop.counter) and _is_fixed(right, changed, types):
        if op == "operator.add":
            return 1, right
        return (1, Const(-right.value)) if isinstance(right, Const) else None
    if right == Name(loop.counter) and _is_fixed(left, changed, types):
        return (1 if op == "operator.add" else -1), left
    return None


def _is_fixed(o: Operand, changed: set[str], types: Types) -> bool:
    """Whether an operand is one integer in all trips."""
    if isinstance(o, Const):
        return type(o.value) is int
    return isinstance(o, Name) and o.id not in changed and types.get(o.id, UNKNOWN).kind == "int"


__all__ = ["hoist_checks"]
