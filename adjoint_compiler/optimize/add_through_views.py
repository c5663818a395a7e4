"""Add to the adjoint of an array itself what is collected for a part of it.

    for i in reversed(range(n)):                 for i in reversed(range(n)):
        row = a[i]                                   row = a[i]
        row_bar = np.zeros(row.shape)      ->        row_bar = a_bar[i]
        row_bar[0] += y_bar * row[1]                 row_bar[0] += y_bar * row[1]
        a_bar[i] += row_bar

The part is a view of the array, and so may its adjoint be: nothing is allocated, and nothing is added twice. That holds where
both adjoints are only added to between the two statements, so that it does not matter when. Sums are then in another order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from adjoint_compiler.analysis.indexing import index_type, part_kinds
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Block, Const, Name, Operand, Program, Statement, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.optimize.remove_dead_stores import finds_memory

ZEROS = ("numpy.zeros", "numpy.zeros_like")
SUMS = ("operator.add", "operator.sub")
BASIC = {"int", "slice", "ellipsis"}


def add_through_views(program: Program, types: Types, memory: Memory) -> Program:
    """Let adjoints of parts be parts of adjoints (see the module's text).

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import REVERSE
    >>> from adjoint_compiler.ir.types import array_type
    >>> a, row, a_bar, row_bar = map(Name, ("a", "row", "a_bar", "row_bar"))
    >>> body = (REVERSE, Bind("a_bar", "numpy.zeros_like", (a,)), Bind("row", "index", (a, Const(1))),
    ...         Bind("row_bar", "numpy.zeros_like", (row,)), Update("row_bar", Const(0), "operator.add", Const(2.0)),
    ...         Update("a_bar", Const(1), "operator.add", row_bar))
    >>> program = Program("f", ("a",), body)
    >>> types = {n: array_type("float64", k) for n, k in (("a", 2), ("a_bar", 2), ("row", 1), ("row_bar", 1))}
    >>> found = add_through_views(program, types, shared_classes(program, types))
    >>> [(s.target, s.op) for s in found.body if isinstance(s, Bind)], len(found.body)
    ([('a_bar', 'numpy.zeros_like'), ('row', 'index'), ('row_bar', 'index')], 5)
    """
    start = program.reverse_at
    if start is None or finds_memory(program.body):
        return program
    views = _Views(program, types, memory)
    reverse = views.block(program.body[start:])
    return program if reverse is None else replace(program, body=(*program.body[:start], *reverse))


@dataclass
class _Views:
    """Looks for adjoints of parts in the blocks of one program."""

    program: Program
    types: Types
    memory: Memory

    def __post_init__(self) -> None:
        self.made: dict[str, list[Statement]] = {}
        for s in self.program.statements:
            for n in s.bound:
                self.made.setdefault(n, []).append(s)

    def block(self, block: Block) -> Block | None:
        """A block whose adjoints of parts are views; None where nothing changes."""
        gone: set[int] = set()
        changed: dict[int, Statement] = {}
        for at, s in enumerate(block):
            if isinstance(s, Bind) and s.op in ZEROS and (last := self.collected(s, block, at)) is not None:
                end = block[last]
                assert isinstance(end, Update) and end.index is not None
                gone.add(last)
                changed[at] = Bind(s.target, "index", (Name(end.target), end.index), (), s.span)
            elif s.blocks:
                inner = [self.block(b) for b in s.blocks]
                if any(b is not None for b in inner):
                    changed[at] = with_blocks(s, tuple(b if b is not None else old for b, old in zip(inner, s.blocks)))
        if not changed:
            return None
        return tuple(changed.get(k, s) for k, s in enumerate(block) if k not in gone)

    def collected(self, zeros: Bind, block: Block, at: int) -> int | None:
        """Where what is collected in zeros is added to the adjoint of an array, of whose part they have the shape."""
        own = zeros.target
        if len(self.made[own]) != 1:
            return None
        last = next((k for k in range(at + 1, len(block)) if self.is_end(block[k], own)), None)
        if last is None:
            return None
        end = block[last]
        assert isinstance(end, Update)
        if not self.is_part(zeros, end, block[:at]) or any(own in s.read for s in _all(block[last + 1 :])):
            return None
        for s in _all(block[at + 1 : last]):
            if set(s.bound) & {end.target, *names_in(end.index)} or not self.only_adds(s, own, end.target):
                return None
        elsewhere = sum(own in s.read for s in self.program.statements)
        within = sum(own in s.read for s in _all(block[at + 1 : last + 1]))
        return last if elsewhere == within else None

    @staticmethod
    def is_end(s: Statement, own: str) -> bool:
        """Whether a statement adds the whole of what was collected to a part of something."""
        return (
            isinstance(s, Update)
            and s.op == SUMS[0]
            and s.value == Name(own)
            and s.index is not None
            and s.target != own
        )

    def only_adds(self, s: Statement, own: str, whole: str) -> bool:
        """Whether a statement does nothing with the two adjoints, or adds something else to one of them."""
        classes = {self.memory.classes.get(own, own), self.memory.classes.get(whole, whole)}
        touched = {n for n in s.read if n in (own, whole) or self.memory.classes.get(n, n) in classes}
        if not touched:
            return True
        if not isinstance(s, Update) or s.op not in SUMS or touched != {s.target}:
            return False
        return s.target in (own, whole) and s.target not in (*names_in(s.value), *names_in(s.index or Const(None)))

    def is_part(self, zeros: Bind, end: Update, before: Block) -> bool:
        """Whether zeros have the shape of a part of an array whose adjoint the end adds to, at the same place."""
        part, holder = self.shape_of(zeros), self.maker(end.target)
        array = self.shape_of(holder) if holder is not None else None
        if part is None or array is None or end.index is None:
            return False
        here = next(([s] for s in reversed(before) if part in (*s.bound, *s.bound_within)), None)
        for s in here or self.made.get(part, [end]):
            if not isinstance(s, Bind) or s.op != "index" or s.args != (Name(array), end.index):
                return False
        t, own = self.types.get(end.target, UNKNOWN), self.types.get(zeros.target, UNKNOWN)
        if (
            t.kind != "array"
            or own.kind != "array"
            or not own.ndim
            or not set(part_kinds(end.index, self.types)) <= BASIC
        ):
            return False
        return index_type(t, end.index, self.types) == own

    def maker(self, name: str) -> Bind | None:
        """The one statement that makes an array of zeros."""
        made = self.made.get(name, ())
        return made[0] if len(made) == 1 and isinstance(made[0], Bind) and made[0].op in ZEROS else None

    def shape_of(self, zeros: Bind) -> str | None:
        """The name of the array that zeros have the shape of."""
        given: Operand = zeros.args[0]
        if zeros.kwargs or len(zeros.args) != 1 or not isinstance(given, Name):
            return None
        if zeros.op == ZEROS[1]:
            return given.id
        made = self.made.get(given.id, ())
        shapes = {s.args[0] for s in made if isinstance(s, Bind) and s.op == "attribute.shape"}
        one = next(iter(shapes), None)
        return one.id if len(shapes) == 1 == len(set(map(type, made))) and isinstance(one, Name) else None


def _all(block: Iterable[Statement]) -> Iterator[Statement]:
    """The statements of a block, with those within others."""
    for s in block:
        yield s
        yield from s.nested


__all__ = ["add_through_views"]
