"""Counters and copied arguments under names of their own, while loops are written.

q = entry_copy(q)                     q@1 = entry_copy(q)
for i in range(n): ...       ->       for i in range(n): ...
for i in range(n): ...                for i@2 in range(n): ...

What hangs on a name that is bound once means the same wherever it is read: parts of arrays then go into loops.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adjoint_compiler.ir.nodes import Bind, Block, For, Name, Program, Statement
from adjoint_compiler.ir.rebuild import map_names, with_blocks
from adjoint_compiler.optimize.rename import rename_all

ENTRY_COPY = "adjoint_compiler.runtime.memory.entry_copy"


def separate_names(program: Program) -> tuple[Program, dict[str, str]]:
    """The program with such names, and the old name of each new one.

    Args:
        program: a generated program.

    >>> loop = lambda: For("i", Name("a"), Name("n"), Name("s"), (Bind("x", "copy", (Name("i"),)),))
    >>> separated, old = separate_names(Program("f", ("a", "n", "s"), (loop(), loop())))
    >>> [s.counter for s in separated.body], old
    (['i', 'i@1'], {'i@1': 'i'})
    """
    work = _Separation(program)
    body = tuple(work.statement(s, {}) for s in program.body)
    temporaries = {n for n, o in work.old.items() if o in program.temporaries}
    return replace(program, body=body, temporaries=program.temporaries | temporaries), work.old


def joined_again(program: Program, old: dict[str, str]) -> Program:
    """The program with its own names."""
    return rename_all(program, dict(old)) if old else program


class _Separation:
    """Renames in one program."""

    def __init__(self, program: Program) -> None:
        self.count = 0
        self.old: dict[str, str] = {}
        bound = Counter(n for s in program.statements for n in s.bound)
        counted = Counter(s.counter for s in program.statements if isinstance(s, For))
        read = Counter(n for s in program.statements for n in s.read)
        within: Counter[str] = Counter()
        nested: set[str] = set()
        for s in program.statements:
            if isinstance(s, For):
                within[s.counter] += sum(x.read.count(s.counter) for x in s.nested)
                nested.update(n for n in s.bound_within if n == s.counter)
        given = {*program.params, *program.free}
        self.counters = {
            c for c, k in counted.items()
            if 1 < k == bound[c] and within[c] == read[c] and c not in nested and c not in given
        }  # fmt: skip
        self.copied = self.entry_copies(program, bound)
        self.copies: dict[str, str] = {}
        self.seen: set[str] = set()

    @staticmethod
    def entry_copies(program: Program, bound: Counter[str]) -> set[str]:
        """Parameters that nothing but a copy of themselves reads, under the same name."""
        out: set[str] = set()
        before: set[str] = set()
        for s in program.body:
            if isinstance(s, Bind) and s.op == ENTRY_COPY and s.args == (Name(s.target),):
                if s.target in program.params and bound[s.target] == 1 and s.target not in before:
                    out.add(s.target)
            before.update((*s.read, *(n for x in s.nested for n in x.read)))
        return out

    def statement(self, s: Statement, change: dict[str, str]) -> Statement:
        """A statement, where counters have been renamed around it."""
        inner = change
        if isinstance(s, For) and s.counter in self.counters:
            if s.counter in self.seen:
                inner = {**change, s.counter: self.renamed(s.counter)}
            self.seen.add(s.counter)
        if isinstance(s, Bind) and s.op == ENTRY_COPY and s.target in self.copied:
            self.copies[s.target] = self.renamed(s.target)
            return replace(s, target=self.copies[s.target])
        blocks: tuple[Block, ...] = tuple(tuple(self.statement(x, inner) for x in b) for b in s.blocks)
        reads, binds = {**self.copies, **change}, {**self.copies, **inner}
        s = map_names(s, lambda n: Name(reads.get(n, n)), lambda n: binds.get(n, n))
        return with_blocks(s, blocks) if blocks else s

    def renamed(self, name: str) -> str:
        """A new name, which no program has: it is there while loops are written only."""
        self.count += 1
        new = f"{name}@{self.count}"
        self.old[new] = name
        return new


__all__ = ["joined_again", "separate_names"]
