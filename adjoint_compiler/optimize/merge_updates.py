"""Add to a part of an array once what is added to it twice.

    x_bar[i] -= t                      x_bar[i] += u - t
    x_bar[i] += u             ->

Only in the reverse sweep, where nothing looks at the array in between: sums round in another order then.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.indexing import part_kinds
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Comment,
    Effect,
    Name,
    Operand,
    Program,
    Return,
    Statement,
    Update,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import walk

ADD, SUB = "operator.add", "operator.sub"
Part = tuple[str, Operand]
GONE = Comment("")  # stands where a statement was


def merge_updates(program: Program, types: Types, memory: Memory) -> Program:
    """Merge updates of one part of an array (see the module's text).

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import REVERSE, Const
    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (REVERSE, Update("a", Const(0), ADD, Name("x")), Update("a", Const(0), SUB, Name("y")))
    >>> program, types = Program("f", ("a", "x", "y"), body), {"a": array_type("float64", 1)}
    >>> [getattr(s, "op", "") for s in merge_updates(program, types, shared_classes(program, types)).body]
    ['', 'operator.sub', 'operator.add']
    """
    start = program.reverse_at
    if start is None:
        return program
    merging = _Merging(program, types, memory)
    forward, reverse = program.body[:start], program.body[start:]
    merged = merging.block(reverse)
    if merged is reverse:
        return program
    return replace(program, body=(*forward, *merged), temporaries=program.temporaries | merging.sums)


class _Merging:
    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        self.types, self.memory = types, memory
        mentioned = program.mentioned
        self.names = Names({*mentioned, *program.params, *program.free, program.name})
        self.sums: set[str] = set()

    def block(self, block: Block) -> Block:
        """Rebuild a block; the block itself where nothing is merged."""
        out: list[Statement] = []
        open_: dict[Part, int] = {}  # updates of parts that nothing has looked at since
        for s in block:
            if s.blocks:
                inner = tuple([self.block(b) for b in s.blocks])
                s = s if all(a is b for a, b in zip(inner, s.blocks)) else with_blocks(s, inner)
            part = self.part(s)
            first = out[open_[part]] if part in open_ else None
            if isinstance(s, Update) and isinstance(first, Update) and part is not None:
                out[open_.pop(part)] = GONE
                total, s = self.merged(first, s)
                out.append(total)
            for p in [p for p, k in open_.items() if self.touches(s, out[k])]:
                del open_[p]
            if part is not None:
                open_[part] = len(out)
            out.append(s)
        same = len(out) == len(block) and all(a is b for a, b in zip(out, block))
        return block if same else tuple([s for s in out if s is not GONE])

    def part(self, s: Statement) -> Part | None:
        """The part of an array that a statement adds something else to."""
        if not isinstance(s, Update) or s.index is None or s.op not in (ADD, SUB):
            return None
        mine = set(self.memory.levels(s.target))
        t = self.types.get(s.target, UNKNOWN)
        plain = set(part_kinds(s.index, self.types)) <= {"int", "slice", "ellipsis", "newaxis"}
        apart = all(mine.isdisjoint(self.memory.levels(n)) for n in names_in(s.value))
        return (s.target, s.index) if t.kind == "array" and t.ndim and plain and apart else None

    def merged(self, first: Update, then: Update) -> tuple[Bind, Update]:
        """The sum of what two updates add, and the update that adds it."""
        total = self.names.fresh("t")
        self.sums.add(total)
        if first.op == then.op:
            op, values = ADD, (first.value, then.value)
        else:
            op, values = SUB, (first.value, then.value) if then.op == SUB else (then.value, first.value)
        sign = first.op if first.op == then.op else ADD
        return Bind(total, op, values, (), then.span), replace(then, op=sign, value=Name(total))

    def touches(self, s: Statement, update: Statement) -> bool:
        """Whether a statement may look at what an update changes, or change what it reads."""
        assert isinstance(update, Update)
        fixed = set(update.read)
        own = self.memory.classes.get(update.target)
        read = {self.memory.classes.get(n) for n in names_in(update.value)} - {None}
        for x in walk((s,)):
            if isinstance(x, (Call, Effect, Return)) or not fixed.isdisjoint(x.bound):
                return True
            if update.target in x.read or own is not None and any(own in self.memory.levels(n) for n in x.read):
                return True
            if any(self.memory.classes.get(n) in read for n in x.stored):
                return True
        return False


__all__ = ["merge_updates"]
