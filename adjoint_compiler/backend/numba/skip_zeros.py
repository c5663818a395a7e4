"""Reverse loops that only pass on an adjoint that may be zero are left out where it is.

distance_bar = 0.0                                distance_bar = 0.0
if nearest:                                       if nearest:
    distance_bar = distance_bar + total_bar           distance_bar = distance_bar + total_bar
for a in range(n):                        ->      if distance_bar != 0.0:
    x_bar[a] += distance_bar * 2 * x[a]               for a in range(n):
                                                          x_bar[a] += distance_bar * 2 * x[a]

Only in the last form of a program: were it differentiated again, what hangs on the adjoint would be lost where it is zero.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Comment,
    Const,
    For,
    If,
    Name,
    Operand,
    Pop,
    Program,
    Push,
    Statement,
    Update,
)
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.walk import names_bound, reads, walk

GUARD = "adjoint_compiler.runtime.broadcasting.guarded"


def skip_zeros(program: Program, types: Types) -> Program:
    """The program with such loops of its reverse sweep under conditions.

    Args:
        program: a generated program.
        types: the types of its names.
    """
    work = _Zeros(program, types)
    start = next((k for k, s in enumerate(program.body) if s == Comment("reverse sweep")), len(program.body))
    body = (*program.body[:start], *work.block(program.body[start:]))
    return replace(program, body=body, temporaries=program.temporaries | work.added)


class _Zeros:
    """Rewrites one program."""

    def __init__(self, program: Program, types: Types) -> None:
        self.types = types
        statements = walk(program.body)
        self.names = Names({n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params})
        self.added: set[str] = set()
        self.reads: dict[str, int] = {}
        for s in statements:
            for n in s.read:
                self.reads[n] = self.reads.get(n, 0) + 1
        self.zero = _may_be_zero(statements)

    def block(self, block: Block) -> Block:
        """A block; loops with other loops around them first."""
        out: list[Statement] = []
        for s in block:
            name = self.adjoint(s) if isinstance(s, For) else None
            if name is not None:
                test = self.names.fresh("t")
                self.added.add(test)
                out.append(Bind(test, "operator.ne", (Name(name), Const(0.0)), ()))
                out.append(If(Name(test), (s,), ()))
            else:
                out.append(with_blocks(s, tuple(map(self.block, s.blocks))) if s.blocks else s)
        return tuple(out)

    def adjoint(self, loop: For) -> str | None:
        """The number whose multiples are all that a loop adds to anything."""
        if loop.until:
            return None
        inside = set(loop.bound_within)
        given = {n for s in loop.nested for n in s.read} - inside
        for name in sorted(given & self.zero):
            t = self.types.get(name)
            if (
                t is not None
                and (t.kind == "float" or t.dtype == "float64" and t.kind == "scalar")
                and self.passes(loop, name)
            ):
                return name
        return None

    def passes(self, loop: For, name: str) -> bool:
        """Whether a loop does nothing where ``name`` is zero."""
        zero = {name}
        used: dict[str, int] = {}
        for s in loop.nested:
            if isinstance(s, Update) and s.op in ("operator.add", "operator.sub", "scatter_add"):
                if s.index is None or not _is_zero(s.value, zero):
                    return False
            elif isinstance(s, Bind) and s.op.startswith(
                ("operator.", "numpy.", "index", "copy", "math.", "attribute.", "numba.", GUARD)
            ):
                if s.op in ("numpy.empty", "numpy.zeros") or s.op.startswith("numpy.random"):
                    return False
                if _stays_zero(s, zero):
                    zero.add(s.target)
                elif s.target in zero:
                    return False
            elif not isinstance(s, (For, If, Comment)):
                return False
            for n in s.read:
                used[n] = used.get(n, 0) + 1
        # what is bound in it is not read elsewhere
        return all(used.get(n, 0) == self.reads.get(n, 0) for n in loop.bound_within) and bool(loop.nested)


def _is_zero(o: Operand, zero: set[str]) -> bool:
    return isinstance(o, Name) and o.id in zero


def _stays_zero(s: Bind, zero: set[str]) -> bool:
    """Whether the result is zero where the names in ``zero`` are."""
    known = [_is_zero(a, zero) for a in s.args]
    if s.op == "operator.mul":
        return any(known)
    if s.op in ("operator.add", "operator.sub"):
        return all(known)
    if s.op in ("operator.neg", "copy", "operator.truediv"):
        return known[0]
    return s.op == GUARD and known[1]


def _may_be_zero(statements: list[Statement]) -> set[str]:
    """Names that are zero unless some condition holds, and those that are taken from tapes of such names."""
    reset = {s.target for s in statements if isinstance(s, Bind) and s.op == "copy" and s.args == (Const(0.0),)}
    branches = {n for s in statements if isinstance(s, If) for n in s.bound_within}
    names = reset & branches
    stacks = {s.stack for s in statements if isinstance(s, Push) and _is_zero(s.value, names)}
    return names | {s.target for s in statements if isinstance(s, Pop) and s.stack in stacks and s.target}


__all__ = ["skip_zeros"]
