"""Where names are defined and used, by number: statements are numbered in program order, so that a block is an interval.

    0  t = a * b
    1  for i in range(n):
    2      u = t + i          u is defined at 2 in block [2, 4), i at 1 in the same block
    3      x = u * u
    4  y = x

A statement of the interval that follows a definition is one that the same run of the block comes to after it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from adjoint_compiler.ir.nodes import Block, For, Program, blocks_of, names_bound, nested, reads


class Place(NamedTuple):
    """The number of a definition, and the first number of its block and the one after its last."""

    number: int
    start: int
    end: int


ENTRY = Place(-1, 0, 0)  # where parameters and free names are defined


@dataclass
class Places:
    """The definitions and the uses of one name; a statement that reads it twice is there twice."""

    defs: list[Place] = field(default_factory=list)
    uses: list[int] = field(default_factory=list)

    def is_own(self) -> bool:
        """Whether there is one definition, and all uses follow it in the same run of the same block."""
        if len(self.defs) != 1 or self.defs[0] is ENTRY:
            return False
        number, _, end = self.defs[0]
        return all(number < u < end for u in self.uses)


def find_places(program: Program, names: Collection[str]) -> dict[str, Places]:
    """The definitions and uses of some names.

    >>> from adjoint_compiler.ir.nodes import Bind, Name, Return
    >>> body = (Bind("t", "numpy.sin", (Name("x"),)), Return(Name("t")))
    >>> find_places(Program("f", ("x",), body), ["t"])
    {'t': Places(defs=[Place(number=0, start=0, end=2)], uses=[1])}
    """
    out = {n: Places() for n in names}
    for p in (*program.params, *program.free):
        if p in out:
            out[p].defs.append(ENTRY)
    _collect(program.body, 0, out)
    return out


def _collect(block: Block, start: int, out: dict[str, Places]) -> int:
    """Note the places in a block that begins at a number; returns the number after it."""
    end = start + len(block) + sum(len(nested(s)) for s in block)
    number = start
    for s in block:
        for n in reads(s):
            if n in out:
                out[n].uses.append(number)
        for n in names_bound(s):
            if n in out:
                inner = isinstance(s, For)  # its counter belongs to the body
                out[n].defs.append(
                    Place(number, *((number + 1, number + 1 + len(nested(s))) if inner else (start, end)))
                )
        number += 1
        for b in blocks_of(s):
            number = _collect(b, number, out)
    return number
