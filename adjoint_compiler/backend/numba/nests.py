"""Nests of loops as they are put together, and one nest in the place of several that run over the same lengths.

for i in range(n):                            for i in range(n):
    t[i] = A_bar[i + 1] * 0.5                     t[i] = A_bar[i + 1] * 0.5
for i in range(n):                     ->         B_bar[i] += t[i]
    B_bar[i] += t[i]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from adjoint_compiler.analysis.shapes import Dim
from adjoint_compiler.backend.numba.leaves import Leaf
from adjoint_compiler.ir.nodes import Span, Statement
from adjoint_compiler.ir.walk import reads

Dims = tuple[Dim, ...]


@dataclass
class Fit:
    """What one expression reads, found while it is asked whether loops can compute it.

    Attributes:
        dims: the symbolic shape that the loops run over.
        sliced: whether the array that gives the loops their lengths is cut.
        repeats: whether arrays may be repeated along axes of one element: their lengths are the target's.
        leaves: the arrays that are read.
        likes: arrays whose shape alone is read.
        checks: those whose lengths are not known to be those of the loops.
        repeated: those that may be repeated.
        operations: how many operations on arrays there are.
    """

    dims: Dims
    sliced: bool
    repeats: bool = False
    leaves: dict[str, Leaf] = field(default_factory=dict)
    likes: list[Leaf] = field(default_factory=list)
    checks: dict[Dims, Leaf] = field(default_factory=dict)
    repeated: dict[str, Leaf] = field(default_factory=dict)
    operations: int = 0


@dataclass(frozen=True)
class Access:
    """An array that a nest reads, stores into, or adds to, element by element."""

    leaf: Leaf
    how: str  # "read", "store", "add"

    def meets(self, other: Access, memory: Callable[[str], int | None]) -> bool:
        """Whether the order of the two matters, elements of other trips included."""
        if self.how == other.how == "read" or self.how == other.how == "add":
            return False
        a, b = self.leaf, other.leaf
        if a.base != b.base and (memory(a.base) is None or memory(a.base) != memory(b.base)):
            return False
        return not (a.base == b.base and a.index == b.index and a.axes == b.axes)


@dataclass(frozen=True)
class Nest:
    """A nest of loops.

    Attributes:
        dims: the lengths of its loops.
        like: the name of an array that has these lengths.
        before: what comes before it: parts of arrays, checks, new memory.
        body: what each trip does.
        accesses: the arrays that it uses.
        span: the statement that it stands for.
        after: what comes after it; it then stays alone.
    """

    dims: Dims
    like: str
    before: tuple[Statement, ...]
    body: tuple[Statement, ...]
    accesses: tuple[Access, ...]
    span: Span
    after: tuple[Statement, ...] = ()

    def joined(self, other: Nest) -> Nest:
        """One nest that does what both do, in each trip one after the other."""
        return replace(
            self, before=(*self.before, *other.before), body=(*self.body, *other.body),
            accesses=(*self.accesses, *other.accesses),
        )  # fmt: skip


def join_nests(
    items: list[Nest | Statement], same: Callable[[Dims, Dims], bool], memory: Callable[[str], int | None]
) -> list[Nest | Statement]:
    """Join nests that follow one another, where no trip of the later one needs another trip of the earlier one.

    Args:
        items: the statements of a block, with nests among them.
        same: whether two symbolic shapes certainly are the same.
        memory: the class of memory that a name means.
    """
    out: list[Nest | Statement] = []
    for item in items:
        last = out[-1] if out else None
        if isinstance(item, Nest) and isinstance(last, Nest) and _joinable(last, item, same, memory):
            out[-1] = last.joined(item)
        else:
            out.append(item)
    return out


def _joinable(a: Nest, b: Nest, same: Callable[[Dims, Dims], bool], memory: Callable[[str], int | None]) -> bool:
    if a.after or b.after or len(a.dims) != len(b.dims) or not same(a.dims, b.dims):
        return False
    used = {n for s in a.body for n in (*reads(s), *s.stored)}
    if used.intersection(n for s in b.before for n in s.bound):
        return False  # they are other arrays from here on
    return not any(x.meets(y, memory) for x in a.accesses for y in b.accesses)


__all__ = ["Access", "Dims", "Fit", "Nest", "join_nests"]
