"""Where names are defined and used, by number: statements are numbered in program order, so that a block is an interval.

    0  t = a * b
    1  for i in range(n):
    2      u = t + i          u is defined at 2 in block [2, 4), i at 1 in the same block
    3      x = u * u
    4  y = x

A statement of the interval that follows a definition is one that the same run of the block comes to after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection
from typing import NamedTuple

from adjoint_compiler.ir.nodes import NESTING, Block, For, Program, With


class Place(NamedTuple):
    """The number of a definition, and the first number of its block and the one after its last."""

    number: int
    start: int
    end: int


ENTRY = Place(-1, 0, 0)  # where parameters and free names are defined


class Places:
    """The definitions and the uses of one name; a statement that reads it twice is there twice."""

    __slots__ = ("defs", "uses")

    def __init__(self) -> None:
        self.defs: list[Place] = []
        self.uses: list[int] = []

    def __repr__(self) -> str:
        return f"Places(defs={self.defs}, uses={self.uses})"

    def is_own(self) -> bool:
        """Whether there is one definition, and all uses follow it in the same run of the same block."""
        if len(self.defs) != 1 or self.defs[0] is ENTRY:
            return False
        number, _, end = self.defs[0]
        return all(number < u < end for u in self.uses)


def find_places(program: Program, names: Collection[str] | None = None) -> dict[str, Places]:
    """The definitions and uses of some names, or of all that occur.

    >>> from adjoint_compiler.ir.nodes import Bind, Name, Return
    >>> body = (Bind("t", "numpy.sin", (Name("x"),)), Return(Name("t")))
    >>> find_places(Program("f", ("x",), body), ["t"])
    {'t': Places(defs=[Place(number=0, start=0, end=2)], uses=[1])}
    """
    out = _AllPlaces() if names is None else {n: Places() for n in names}
    look = out.__getitem__ if names is None else out.get
    for p in (*program.params, *program.free):
        if (found := look(p)) is not None:
            found.defs.append(ENTRY)
    _collect(program.body, 0, look, None if names is None else frozenset(out))
    return out


class _AllPlaces(dict[str, Places]):
    def __missing__(self, name: str) -> Places:
        found = self[name] = Places()
        return found


def _collect(block: Block, start: int, look: Callable[[str], Places | None], names: frozenset[str] | None) -> int:
    """Note the places of some names, or of all, in a block that begins at a number; returns the number after it."""
    number = start
    home: tuple[int, int] | None = None
    for s in block:
        if names is None or not names.isdisjoint(s.read):
            for n in s.read:
                if (found := look(n)) is not None:
                    found.uses.append(number)
        if s.bound and (names is None or not names.isdisjoint(s.bound)):
            for n in s.bound:
                if (found := look(n)) is None:
                    continue
                if isinstance(s, For):  # its counter belongs to the body
                    found.defs.append(Place(number, number + 1, number + 1 + len(s.nested)))
                else:
                    home = home or (start, start + size(block))
                    found.defs.append(Place(number, *home))
        number += 1
        for b in s.blocks:
            number = _collect(b, number, look, names)
    return number


def size(block: Block) -> int:
    """How many statements there are in a block, nested ones included."""
    return len(block) + sum(len(s.nested) for s in block if type(s) in NESTING)


class Layout:
    """Which statements of a block hold which numbers.

    Attributes:
        numbers: the numbers of a block's own statements, by the number that it starts at.
        around: for the block of a ``with``, by that number, the start and end of the block that the statement is in.
    """

    def __init__(self, program: Program) -> None:
        self.numbers: dict[int, list[int]] = {}
        self.around: dict[int, tuple[int, int]] = {}
        self._add(program.body, 0)

    def _add(self, block: Block, start: int) -> int:
        if not block:
            return start
        number, end = start, start + size(block)
        own = self.numbers[start] = []
        for s in block:
            own.append(number)
            number += 1
            if isinstance(s, With):
                self.around[number] = start, end
            for b in s.blocks:
                number = self._add(b, number)
        return number

    def holder(self, place: Place, number: int) -> tuple[int, int]:
        """The number of that statement of a place's block that is, or holds, another one; and the number after its last."""
        own = self.numbers[place.start]
        k = bisect_right(own, number) - 1
        return own[k], own[k + 1] if k + 1 < len(own) else place.end

    def lasting(self, place: Place) -> tuple[int, int]:
        """The outermost block that runs as often as a place's: those of ``with`` run once, like what is around."""
        start, end = place.start, place.end
        while start in self.around:
            start, end = self.around[start]
        return start, end
