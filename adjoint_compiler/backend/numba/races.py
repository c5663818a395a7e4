"""Which loops of ``prange`` can run their trips at the same time, in the forward sweep and in the reverse sweep.

A trip may bind names of its own, read what no trip changes, and change memory that no other trip touches: parts of arrays
whose subscripts along one axis are sums with the loop's counter, so that those of different trips lie apart, and arrays
that it makes. Where trips only add to a number or to an array, each thread can add to one of its own. What it puts on
tapes has a place that hangs on the counter. Everything else has the loop run one trip after the other.

    for i in prange(n):
        y_bar[i] = 0.0                              apart: [i, i + 1)
        x_bar[2 * i + 1] += t * x[2 * i]            apart: [2 i + 1, 2 i + 2), and one multiple of i
        w_bar[k] += t * x[2 * i]                    only added to
        x_bar[i - 1] += t                           with the line above, not apart: may be touched by another trip
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adjoint_compiler import rules
from adjoint_compiler.analysis.accesses import FRESH, Access, Accesses, Site
from adjoint_compiler.analysis.affine import Affine
from adjoint_compiler.analysis.indexing import index_parts, part_kind
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import exposed
from adjoint_compiler.ir.nodes import (
    Bind,
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
    Store,
    Update,
    While,
)
from adjoint_compiler.ir.operands import WHOLE, names_in
from adjoint_compiler.ir.types import UNKNOWN, Type, is_number
from adjoint_compiler.ir.walk import walk

SUMS = ("operator.add", "operator.sub")
ADDED = (*SUMS, "scatter_add")
KINDS = (Bind, Store, Update, For, While, If, Comment, Push, Pop)
PLAIN = ("copy", "index", "zero", "accumulate", "numba.plus", "numba.choose", "numba.exp_of", "numba.log_of",
         "numba.tanh_of", "numba.tied_share", "numba.nan_share", "adjoint_compiler.runtime.broadcasting.guarded",
         "builtins.len", "builtins.min", "builtins.max", "range_length", *FRESH)  # fmt: skip
BASIC = {"int", "slice", "ellipsis", "newaxis"}


@dataclass(frozen=True)
class Sharing:
    """What trips that run at the same time share.

    Attributes:
        numbers: numbers that all add to.
        arrays: arrays that all add to.
        tapes: tapes, in which each has a place.
    """

    numbers: tuple[str, ...]
    arrays: tuple[str, ...]
    tapes: tuple[str, ...]


@dataclass(frozen=True)
class Touch:
    """What a statement of a loop does with memory: ``read``, ``store`` or ``add``."""

    how: str
    name: str
    index: Operand
    statement: Statement


def rebound(s: Statement) -> tuple[str, ...]:
    """The names that a statement gives a new value; updates of numbers included, as all without a subscript."""
    return (*s.bound, s.target) if isinstance(s, Update) and s.index is None else s.bound


class Races:
    """Decides of the loops of one program."""

    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        self.program, self.types, self.memory = program, types, memory

    def sharing(self, loop: For, after: set[str]) -> Sharing | None:
        """What the trips of a loop share if they can run at the same time; None if they cannot.

        Args:
            loop: the loop.
            after: the names that may be read after it.
        """
        statements = walk(loop.body)
        if loop.until or loop.step != Const(1) or loop.counter in after or not all(map(self.is_plain, statements)):
            return None
        numbers = self.numbers(loop, statements, after)
        if numbers is None:
            return None
        arrays = self.arrays(loop, statements)
        tapes = sorted({s.stack for s in statements if isinstance(s, (Push, Pop))})
        return None if arrays is None else Sharing(numbers, arrays, tuple(tapes))

    def is_plain(self, s: Statement) -> bool:
        """Whether a statement does nothing but compute, and can raise nothing: arrays that meet may not fit each other."""
        if isinstance(s, (Push, Pop)) or not isinstance(s, KINDS):
            return isinstance(s, (Push, Pop))
        operands = (*s.args, *(o for _, o in s.kwargs)) if isinstance(s, Bind) else s.operands
        if not all(map(self.is_simple, operands)):
            return False
        if isinstance(s, (Store, Update)):
            return not any(map(self.is_array, names_in(s.value)))
        if not isinstance(s, Bind) or s.op in PLAIN or s.op.startswith("attribute."):
            return True
        rule = rules.TABLE.by_key.get(s.op)
        elementwise = s.op.startswith("operator.") and s.op != "operator.matmul"
        elementwise = elementwise or (rule is not None and rule.kind == "elementwise")
        return elementwise and sum(self.is_array(n) for o in operands for n in names_in(o)) < 2

    def is_simple(self, o: Operand) -> bool:
        """Whether an operand is made of numbers, arrays of numbers and shapes."""
        return all(_is_simple(self.types.get(n, UNKNOWN)) for n in names_in(o))

    def numbers(self, loop: For, statements: list[Statement], after: set[str]) -> tuple[str, ...] | None:
        """The numbers that trips only add to; None where they hand on something else."""
        first, _ = exposed(loop.body)
        changed = dict.fromkeys(n for s in statements for n in rebound(s))
        out = []
        for n in changed:
            if n == loop.counter:
                return None
            if n not in first and n not in after:
                continue
            t = self.types.get(n, UNKNOWN)
            double = t.kind == "float" or t.kind in ("scalar", "number") and t.dtype in ("float64", "")
            if not double or not _only_added_to(n, statements):
                return None
            out.append(n)
        return tuple(out)

    def arrays(self, loop: For, statements: list[Statement]) -> tuple[str, ...] | None:
        """The arrays that trips only add to; None where a trip may touch what another one changes."""
        accesses, sites = self.accesses(loop)
        own = {n for s in statements for n in s.bound}
        found: dict[object, list[tuple[Touch, Access | None]]] = {}
        for touch in self.touches(statements):
            site = sites[id(touch.statement)]
            access = accesses.access(touch.name, touch.index, site)
            if access is not None and access.root in own:
                continue  # made in this trip
            root = touch.name if access is None else access.root
            cls = self.memory.classes.get(root)
            found.setdefault(root if cls is None else cls, []).append((touch, access))
        at = sites[id(loop)]
        added = []
        for touched in found.values():
            if all(t.how == "read" for t, _ in touched):
                continue
            known = [a for _, a in touched if a is not None]
            if len(known) < len(touched) or len({a.root for a in known}) > 1:
                return None
            if lie_apart(known, at):
                continue
            if not self.only_added_to(known[0].root, touched, statements):
                return None
            added.append(known[0].root)
        return tuple(added)

    def only_added_to(self, root: str, touched: list[tuple[Touch, Access | None]], statements: list[Statement]) -> bool:
        """Whether statements do nothing with an array but add to it, and look at its shape."""
        t = self.types.get(root, UNKNOWN)
        if t.kind != "array" or t.dtype != "float64" or not t.ndim:
            return False
        if not all(touch.how == "add" and touch.name == root for touch, _ in touched):
            return False
        for s in statements:
            if isinstance(s, Update) and s.target == root:
                if root in (*names_in(s.value), *names_in(s.index)):
                    return False
            elif root in s.read and not (isinstance(s, Bind) and s.op.startswith("attribute.")):
                return False
        return True

    def accesses(self, loop: For) -> tuple[Accesses, dict[int, Site]]:
        """The statements of a loop, and what is bound outside of it."""
        accesses = Accesses(self.types)
        within = walk((loop,))
        inside, own = {id(s) for s in within}, {n for s in within for n in s.bound}
        for s in walk(self.program.body):
            if id(s) not in inside:
                for n in s.bound if own.isdisjoint(s.bound) else ():
                    accesses.earlier.setdefault(n, []).append(s)
        accesses.once = {id(s) for s in self.program.body}
        accesses.add((loop,))
        return accesses, {id(site.statement): site for site in accesses.sites}

    def touches(self, statements: list[Statement]) -> Iterator[Touch]:
        """What statements do with the memory of arrays."""
        for s in statements:
            if isinstance(s, Store):
                yield Touch("store", s.target, s.index, s)
                yield from self.whole(s, (s.value,))
            elif isinstance(s, Update):
                if s.index is not None or self.is_array(s.target):
                    yield Touch("add" if s.op in ADDED else "store", s.target, WHOLE if s.index is None else s.index, s)
                yield from self.whole(s, (s.value, *(() if s.index is None else (s.index,))))
            elif isinstance(s, Push):
                yield from self.whole(s, (s.value,))
            elif isinstance(s, Bind):
                yield from self.of_bind(s)

    def of_bind(self, s: Bind) -> Iterator[Touch]:
        """What an operation reads: nothing where it only takes a part, or a shape."""
        if s.op.startswith("attribute.") or s.op == "builtins.len":
            return
        if s.op == "copy" and isinstance(s.args[0], Name):
            return
        if s.op == "index" and isinstance(s.args[0], Name) and self.is_array(s.args[0].id):
            base, index = s.args[0].id, s.args[1]
            basic = {part_kind(p, self.types) for p in index_parts(index)} <= BASIC
            if not basic or not self.is_array(s.target):
                yield Touch("read", base, index, s)
            yield from self.whole(s, (index,))
            return
        yield from self.whole(s, (*s.args, *(o for _, o in s.kwargs)))

    def whole(self, s: Statement, operands: tuple[Operand, ...]) -> Iterator[Touch]:
        """The arrays among operands, read whole."""
        for o in operands:
            yield from (Touch("read", n, WHOLE, s) for n in names_in(o) if self.is_array(n))

    def is_array(self, name: str) -> bool:
        """Whether a name is, or may be, an array."""
        return not is_number(self.types.get(name, UNKNOWN)) and self.types.get(name, UNKNOWN).kind != "tuple"


def lie_apart(accesses: list[Access], loop: Site) -> bool:
    """Whether, along one axis, what different trips of a loop touch never is the same.

    Args:
        accesses: all that touches some array in the loop.
        loop: where the loop is.
    """
    return any(_apart(accesses, loop, axis) for axis in range(min(len(a.ranges) for a in accesses)))


def _apart(accesses: list[Access], loop: Site, axis: int) -> bool:
    ends: list[tuple[int, Affine, Affine]] = []
    for a in accesses:
        low, high = a.ranges[axis]
        if high is None:
            return False
        k, rest = _multiple(low, loop)
        other, last = _multiple(high, loop)
        if k <= 0 or k != other or not _steady(rest, loop) or not _steady(last, loop):
            return False
        ends.append((k, rest, last))
    k, origin, _ = ends[0]
    lows, highs = [low.plus(origin, -1) for _, low, _ in ends], [high.plus(origin, -1) for *_, high in ends]
    if any(other != k for other, *_ in ends) or any(x.terms for x in (*lows, *highs)):
        return False
    return max(x.const for x in highs) - min(x.const for x in lows) <= k


def _multiple(sum_: Affine, loop: Site) -> tuple[int, Affine]:
    """How often the counter of a loop is in a sum, and the rest of it."""
    k = dict(sum_.terms).get(loop, 0)
    return k, Affine(sum_.const, tuple((s, n) for s, n in sum_.terms if s is not loop))


def _steady(sum_: Affine, loop: Site) -> bool:
    """Whether a sum is the same in all trips."""
    return not any(isinstance(s, Site) and (s is loop or loop in s.loops) for s, _ in sum_.terms)


def _only_added_to(name: str, statements: list[Statement]) -> bool:
    """Whether a number leaves some statements as what it was and what does not hang on it, by sums over temporaries too.

    >>> add = Bind("t", "operator.add", (Name("s"), Name("a")))
    >>> _only_added_to("s", [add, Bind("s", "operator.sub", (Name("t"), Name("b")))]), _only_added_to("s", [add])
    (True, True)
    >>> _only_added_to("s", [add, Bind("s", "operator.mul", (Name("t"), Name("b")))])
    False
    """
    sums, before = {name}, 0
    while len(sums) > before:
        before = len(sums)
        for s in statements:
            read = sums.intersection(s.read)
            if not read and sums.isdisjoint(rebound(s)):
                continue
            if isinstance(s, Update) and s.index is None and s.target in sums and s.op in SUMS:
                if not sums.isdisjoint(names_in(s.value)):
                    return False
                continue
            if not isinstance(s, Bind) or s.op not in (*SUMS, "copy") or s.kwargs:
                return False
            first, *others = s.args
            if (
                not isinstance(first, Name)
                or first.id not in sums
                or any(n in sums for o in others for n in names_in(o))
            ):
                return False
            sums.add(s.target)
    return True


def _is_simple(t: Type) -> bool:
    if t.kind == "tuple":
        return all(i.kind == "int" for i in t.items or ()) and t.items is not None
    return is_number(t) or t.kind == "bool" or t.kind == "array" and t.dtype != "object"


__all__ = ["Races", "Sharing"]
