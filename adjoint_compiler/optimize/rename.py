"""Replace names throughout a program (the shared tool of the rewrites)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from adjoint_compiler.ir.nodes import Bind, Block, Name, Operand, Program, Statement
from adjoint_compiler.ir.rebuild import map_names, with_blocks


def rename_reads(program: Program, change: dict[str, Operand]) -> Program:
    """Replace reads of names by operands."""

    def read(n: str) -> Operand:
        return change.get(n, Name(n))

    def renamed(s: Statement) -> list[Statement]:
        return [map_names(s, read, lambda n: n) if any(n in change for n in s.read) else s]

    return map_statements(program, renamed)


def rename_all(program: Program, change: dict[str, str]) -> Program:
    """Rename names where they are bound and where they are read."""
    body = rename_block(program.body, change)
    return program if body is program.body else replace(program, body=body)


def rename_block(block: Block, change: dict[str, str]) -> Block:
    """Rename names in a block as :func:`rename_all` does in a program."""

    def to(n: str) -> str:
        return change.get(n, n)

    def renamed(s: Statement) -> list[Statement]:
        touched = any(n in change for n in s.read) or any(n in change for n in s.bound)
        return [map_names(s, lambda n: Name(to(n)), to) if touched else s]

    return map_block(block, renamed)


def map_statements(
    program: Program, change: Callable[[Statement], list[Statement]], ops: Collection[str] | None = None
) -> Program:
    """Rebuild a program, each statement replaced by a list (nested blocks are done first).

    Args:
        program: the program.
        change: gives what replaces a statement.
        ops: it is asked of bindings by these operations only; None: of all statements.
    """
    body = map_block(program.body, change, ops)
    return program if body is program.body else replace(program, body=body)


def map_block(
    block: Block, change: Callable[[Statement], list[Statement]], ops: Collection[str] | None = None
) -> Block:
    """Rebuild a block as :func:`map_statements` does a program."""
    out: list[Statement] = []
    for s in block:
        inner = s.blocks
        if inner:
            rebuilt = tuple([map_block(b, change, ops) for b in inner])
            if any(new is not old for new, old in zip(rebuilt, inner)):
                s = with_blocks(s, rebuilt)
        if ops is None or (type(s) is Bind and s.op in ops):
            out += change(s)
        else:
            out.append(s)
    same = len(out) == len(block) and all(new is old for new, old in zip(out, block))
    return block if same else tuple(out)
