"""Replace names throughout a program (the shared tool of the rewrites)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adjoint_compiler.ir.nodes import Block, Name, Operand, Program, Statement
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

    def to(n: str) -> str:
        return change.get(n, n)

    def renamed(s: Statement) -> list[Statement]:
        touched = any(n in change for n in s.read) or any(n in change for n in s.bound)
        return [map_names(s, lambda n: Name(to(n)), to) if touched else s]

    return map_statements(program, renamed)


def map_statements(program: Program, change: Callable[[Statement], list[Statement]]) -> Program:
    """Rebuild a program, each statement replaced by a list (nested blocks are done first)."""
    body = map_block(program.body, change)
    return program if body is program.body else replace(program, body=body)


def map_block(block: Block, change: Callable[[Statement], list[Statement]]) -> Block:
    """Rebuild a block, each statement replaced by a list (nested blocks are done first)."""
    out: list[Statement] = []
    for s in block:
        inner = s.blocks
        if inner:
            rebuilt = tuple([map_block(b, change) for b in inner])
            if any(new is not old for new, old in zip(rebuilt, inner)):
                s = with_blocks(s, rebuilt)
        out += change(s)
    same = len(out) == len(block) and all(new is old for new, old in zip(out, block))
    return block if same else tuple(out)
