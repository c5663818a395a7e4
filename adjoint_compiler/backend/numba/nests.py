"""Nests of loops as they are put together, and one nest in the place of several that run over the same lengths.

for i in range(n):                            for i in range(n):
    t[i] = A_bar[i + 1] * 0.5                     t[i] = A_bar[i + 1] * 0.5
for i in range(n):                     ->         B_bar[i] += t[i]
    B_bar[i] += t[i]
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace

from adjoint_compiler.analysis.shapes import Dim
from adjoint_compiler.backend.numba.leaves import Leaf
from adjoint_compiler.ir.nodes import Bind, Effect, Name, Span, Statement, Store, Update
from adjoint_compiler.ir.walk import reads

Dims = tuple[Dim, ...]
Likes = tuple[tuple[str, int], ...]


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
        ends: single axes of which that is so, with the loops that run along them.
        stretches: whether arrays that are not cut may be read where those that give the loops their lengths are.
        trial: whether arrays are only looked for, whatever their lengths.
        repeated: those that may be repeated.
        operations: how many operations on arrays there are.
    """

    dims: Dims
    sliced: bool
    repeats: bool = False
    leaves: dict[str, Leaf] = field(default_factory=dict)
    likes: list[Leaf] = field(default_factory=list)
    checks: dict[Dims, Leaf] = field(default_factory=dict)
    ends: list[tuple[Leaf, int, int]] = field(default_factory=list)
    repeated: dict[str, Leaf] = field(default_factory=dict)
    stretches: bool = False
    trial: bool = False
    operations: int = 0


@dataclass(frozen=True)
class Access:
    """An array that a nest uses.

    Attributes:
        leaf: the array, or a part of it.
        how: ``read``, ``store`` or ``add``: one element in each trip; ``scan``: more are read; ``sum``: trips add to one.
    """

    leaf: Leaf
    how: str

    def meets(self, other: Access, memory: Callable[[str], int | None]) -> bool:
        """Whether the order of the two matters, elements of other trips included."""
        ways = {self.how, other.how}
        if ways <= {"read", "scan"} or ways <= {"add", "sum"}:
            return False
        a, b = self.leaf, other.leaf
        if a.base != b.base and (memory(a.base) is None or memory(a.base) != memory(b.base)):
            return False
        return not ways.isdisjoint(("scan", "sum")) or a.base != b.base or a.index != b.index or a.axes != b.axes


@dataclass(frozen=True)
class Nest:
    """A nest of loops.

    Attributes:
        dims: the lengths of its loops.
        like: for each of them an array that has it, and along which axis.
        before: what comes before it: parts of arrays, checks, new memory.
        body: what each trip does.
        accesses: the arrays that it uses.
        span: the statement that it stands for.
        after: what comes after it.
    """

    dims: Dims
    like: Likes
    before: tuple[Statement, ...]
    body: tuple[Statement, ...]
    accesses: tuple[Access, ...]
    span: Span
    after: tuple[Statement, ...] = ()

    def joined(self, other: Nest) -> Nest:
        """One nest that does what both do, in each trip one after the other."""
        return replace(
            self, before=(*self.before, *other.before), body=(*self.body, *other.body),
            accesses=(*self.accesses, *other.accesses), after=(*self.after, *other.after),
        )  # fmt: skip


def join_nests(
    items: list[Nest | Statement],
    same: Callable[[Nest, Nest], bool],
    memory: Callable[[str], int | None],
    telling: Container[int],
) -> list[Nest | Statement]:
    """Join nests that follow one another, where no trip of the later one needs another trip of the earlier one.

    Args:
        items: the statements of a block, with nests among them.
        same: whether a nest and a later one certainly run over the same lengths.
        memory: the class of memory that a name means.
        telling: the statements, by identity, that tell of lengths that they are the same.
    """
    out: list[Nest | Statement] = []
    for item in items:
        k = _partner(out, item, same, memory, telling) if isinstance(item, Nest) else None
        earlier = out[k] if k is not None else None
        if isinstance(earlier, Nest) and isinstance(item, Nest) and k is not None:
            out[k] = earlier.joined(item)
        else:
            out.append(item)
    return out


def _partner(
    before: list[Nest | Statement],
    nest: Nest,
    same: Callable[[Nest, Nest], bool],
    memory: Callable[[str], int | None],
    telling: Container[int],
) -> int | None:
    """The number of the last nest before another one that it can be joined with, past what may as well come behind it."""
    for k in reversed(range(len(before))):
        if _joins(before[k], nest, same, memory):
            return k
        if not _may_follow(before[k], nest, memory, telling):
            return None
    return None


def _may_follow(s: Nest | Statement, nest: Nest, memory: Callable[[str], int | None], telling: Container[int]) -> bool:
    """Whether what comes before a nest may as well come behind it: neither needs what the other computes or stores."""
    if isinstance(s, Nest):
        own = [*s.before, *s.body, *s.after]
    elif isinstance(s, (Bind, Store, Update)):
        own = [s]
    else:
        return False
    if any(isinstance(x, Effect) or id(x) in telling for x in own):
        return False  # the nest may run over lengths that are the same where this has not raised
    later = [*nest.before, *nest.body, *nest.after]

    def meets(a: list[Statement], b: list[Statement]) -> bool:
        bound, stored = {n for x in a for n in x.bound}, {n for x in a for n in x.stored}
        named = {n for x in b for n in (*x.read, *x.bound)}
        used = {n for x in b for n in (*x.read, *x.bound) if not _is_view(x, memory)}
        classes = {memory(n) for n in stored} - {None}
        return not named.isdisjoint(bound) or not used.isdisjoint(stored) or any(memory(n) in classes for n in used)

    return not meets(own, later) and not meets(later, own)


def _is_view(s: Statement, memory: Callable[[str], int | None]) -> bool:
    """Whether a binding is of a part of an array, of which it reads no element."""
    if not isinstance(s, Bind) or s.op != "index" or not isinstance(s.args[0], Name):
        return False
    return memory(s.target) is not None and memory(s.target) == memory(s.args[0].id)


def _joins(
    a: Nest | Statement, b: Nest, same: Callable[[Nest, Nest], bool], memory: Callable[[str], int | None]
) -> bool:
    """Whether one nest may do in each trip what two do one after the other."""
    if not isinstance(a, Nest):
        return False
    later = {n for s in (*b.before, *b.body) for n in s.read}
    ended = {n for s in a.after for n in s.bound}
    if not all(isinstance(s, Bind) for s in a.after) or ended & later:
        return False
    if len(a.dims) != len(b.dims) or not same(a, b):
        return False
    used = {n for s in (*a.body, *a.after) for n in (*reads(s), *s.stored)} | ended
    if used.intersection(n for s in b.before for n in s.bound):
        return False  # they are other arrays from here on
    return not any(x.meets(y, memory) for x in a.accesses for y in b.accesses)


__all__ = ["Access", "Dims", "Fit", "Likes", "Nest", "join_nests"]
