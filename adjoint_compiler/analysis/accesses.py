"""Which parts of arrays the statements of a reverse sweep touch.

A part is a range of integers along each axis; its bounds are sums of loop counters and of integers that do not change
(:mod:`affine`). A range may be larger than what is touched, never smaller: what is not known is all of the axis.

    for i in reversed(range(n)):
        x[i] = saved.pop()           touches [i, i + 1) of x
        y += a[i, :i] @ x[:i]        touches [0, i) of x, and of a [i, i + 1) along one axis and [0, i) along the other
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adjoint_compiler.analysis.affine import Affine, Limits, Symbol, is_never_negative, symbol
from adjoint_compiler.analysis.indexing import index_parts, part_kind
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Comment,
    Const,
    For,
    If,
    Name,
    Operand,
    Pack,
    Statement,
    Update,
    While,
    With,
)
from adjoint_compiler.ir.operands import EVERY, NONE, WHOLE
from adjoint_compiler.ir.types import INT, UNKNOWN
from adjoint_compiler.ir.walk import walk

FRESH = ("numpy.zeros", "numpy.zeros_like", "numpy.ones_like", "numpy.empty", "numpy.empty_like", "numpy.full_like", "method.copy",
         "adjoint_compiler.runtime.memory.copied")  # fmt: skip
PARTS = (
    "index",
    "copy",
    "adjoint_compiler.runtime.broadcasting.unbroadcast",
)  # operations on what they may return a part of
OPPOSITE = {"operator.lt": "operator.ge", "operator.ge": "operator.lt", "operator.gt": "operator.le",
            "operator.le": "operator.gt", "operator.eq": "operator.ne", "operator.ne": "operator.eq"}  # fmt: skip
SIZES = ("builtins.len", "range_length", "attribute.size", "attribute.ndim")
ZERO, ONE = Affine(0), Affine(1)
Range = tuple[Affine, "Affine | None"]  # from, up to (not included); None: to the end
ALL: Range = (ZERO, None)


@dataclass(frozen=True, eq=False)
class Site:
    """Where a statement is.

    Attributes:
        number: its number in program order.
        loops: the sites of the loops around it, outermost first.
        blocks: the blocks that it is in, each by the number it starts at, with the number of the statement that it is in there.
    """

    number: int
    statement: Statement
    loops: tuple[Site, ...]
    blocks: tuple[tuple[int, int], ...]

    def is_before(self, other: Site) -> bool:
        """Whether every run that comes to the other has come by here since it entered the innermost block of this one."""
        depth = len(self.blocks) - 1
        if len(other.blocks) <= depth or self.blocks[:depth] != other.blocks[:depth]:
            return False
        mine, its = self.blocks[depth], other.blocks[depth]
        return mine[0] == its[0] and mine[1] < its[1]

    def is_followed_by(self, other: Site) -> bool:
        """Whether every run that comes by here comes to the other one in the same run of the innermost block of both."""
        return len(self.blocks) == len(other.blocks) and self.is_before(other)


@dataclass(frozen=True)
class Access:
    """What a statement touches: a range along each axis of an array; ``exact`` where all of that certainly is touched."""

    site: Site
    root: str
    ranges: tuple[Range, ...]
    exact: bool


@dataclass
class Accesses:
    """The statements of a reverse sweep, and what they may touch.

    Attributes:
        sites: its statements, in program order.
        defs: where it binds names.
        earlier: what binds names before it.
        once: of that what is in no loop or branch, by identity.
    """

    types: Types
    sites: list[Site] = field(default_factory=list)
    defs: dict[str, list[Site]] = field(default_factory=dict)
    earlier: dict[str, list[Statement]] = field(default_factory=dict)
    once: set[int] = field(default_factory=set)

    def add_earlier(self, block: Block) -> None:
        """Note what the forward sweep binds."""
        for s in walk(block):
            for n in s.bound:
                self.earlier.setdefault(n, []).append(s)
        self.once = {id(s) for s in block}

    def add(self, block: Block, loops: tuple[Site, ...] = (), blocks: tuple[tuple[int, int], ...] = ()) -> None:
        """Number the statements of a block, and of those nested in it."""
        self._add(block, loops, blocks, len(self.sites))

    def _add(self, block: Block, loops: tuple[Site, ...], blocks: tuple[tuple[int, int], ...], mark: int) -> None:
        for s in block:
            number = len(self.sites)
            site = Site(number, s, loops, (*blocks, (mark, number)))
            self.sites.append(site)
            for n in s.bound:
                self.defs.setdefault(n, []).append(site)
            if isinstance(s, Update) and s.index is None and self.types.get(s.target, UNKNOWN).kind != "array":
                self.defs.setdefault(s.target, []).append(site)  # a number is bound anew
            if isinstance(s, With):  # which runs once, like what is around it
                self._add(s.body, loops, blocks, mark)
                continue
            inner = (*loops, site) if isinstance(s, (For, While)) else loops
            for label, b in enumerate(s.blocks):
                self.add(b, inner, (*site.blocks, (-1, label)))

    # -- integers --------------------------------------------------------------------------------------------

    def integer(self, o: Operand, site: Site) -> Affine | None:
        """An integer operand as a sum: of counters, of what the reverse sweep does not bind, and of what it binds once."""
        if isinstance(o, Const):
            return Affine(o.value) if type(o.value) is int else None
        if not isinstance(o, Name):
            return None
        defs = self.defs.get(o.id, [])
        for loop in reversed(site.loops):
            if isinstance(loop.statement, For) and loop.statement.counter == o.id:
                return None if any(loop in d.loops for d in defs) else symbol(loop)
        whole = self.types.get(o.id, UNKNOWN) == INT
        if not defs:
            return symbol(o.id) if whole else None
        if len(defs) != 1 or not defs[0].is_before(site):
            return None
        made = defs[0].statement
        if isinstance(made, Bind) and made.op in ("copy", "operator.add", "operator.sub"):
            terms = [self.integer(a, defs[0]) for a in made.args]
            if len(terms) == 2 and terms[0] is not None and terms[1] is not None:
                return terms[0].plus(terms[1], 1 if made.op == "operator.add" else -1)
            if made.op == "copy" and terms[0] is not None:
                return terms[0]
        if isinstance(made, Bind) and made.op == "operator.mul":
            terms = [self.integer(a, defs[0]) for a in made.args]
            for number, other in (terms, terms[::-1]):
                if number is not None and other is not None and not number.terms:
                    return ZERO.plus(other, number.const)
        return symbol(defs[0]) if whole and isinstance(made, Bind) else None

    def limits(self, s: Symbol) -> Limits:
        """How deep in loops a symbol is bound, and the least and the largest that it can be."""
        if isinstance(s, Site) and isinstance(s.statement, For):
            f = s.statement
            first, stop = self.integer(f.start, s), self.integer(f.stop, s)
            step = f.step.value if isinstance(f.step, Const) and type(f.step.value) is int else 0
            last = None if stop is None else stop.plus(ONE, -1 if step > 0 else 1)
            return len(s.loops) + 1, *((first, last) if step > 0 else (last, first) if step < 0 else (None, None))
        made = self.earlier.get(s, []) if isinstance(s, str) else []
        return 0, ZERO if len(made) == 1 and self._is_size(made[0]) else None, None

    def _is_size(self, s: Statement) -> bool:
        if not isinstance(s, Bind) or s.op != "index" or not isinstance(s.args[0], Name):
            return isinstance(s, Bind) and s.op in SIZES
        shape = self.earlier.get(s.args[0].id, [])
        return len(shape) == 1 and isinstance(shape[0], Bind) and shape[0].op == "attribute.shape"

    # -- parts of arrays -------------------------------------------------------------------------------------

    def access(self, name: str, index: Operand, site: Site) -> Access | None:
        """What ``name[index]`` is at a statement; None where it cannot be told of which array it is a part."""
        ranges: tuple[Range, ...] | None = None
        exact, at = True, site
        while True:
            t = self.types.get(name, UNKNOWN)
            if t.kind != "array" or not t.ndim:
                return None
            made = self._made(name, at)
            if made is None:
                return None
            s = made.statement
            if not isinstance(s, Bind) or s.op not in PARTS or not isinstance(s.args[0], Name):
                if made.loops and (not isinstance(s, Bind) or s.op not in FRESH):
                    return None
                if ranges is None:
                    ranges, exact = self._ranges(index, t.ndim, site)
                return Access(site, name, ranges, exact)
            # a part of a part lies in the part
            base = self.types.get(s.args[0].id, UNKNOWN)
            exact = exact and index == WHOLE and ranges is None and s.op == "index"
            if s.op == "index":
                ranges, sure = self._ranges(s.args[1], base.ndim or 0, made)
                exact = exact and sure
            name, at = s.args[0].id, made

    def _made(self, name: str, at: Site) -> Site | None:
        """Where a name was bound to what it is at a statement; a place before all where the reverse sweep does not bind it."""
        defs = self.defs.get(name, [])
        if defs:
            sure = len(defs) == 1 and name not in self.earlier and defs[0].is_before(at)
            return defs[0] if sure else None
        before = self.earlier.get(name, [])
        steady = len(before) == 1 and isinstance(before[0], Bind) and id(before[0]) in self.once
        if not steady or any(len(self.earlier.get(n, ())) > 1 or n in self.defs for n in before[0].read):
            return Site(-1, Comment(""), (), ((-2, -1),))
        return Site(-1, before[0], (), ((-2, -1),))

    def _ranges(self, index: Operand, ndim: int, site: Site) -> tuple[tuple[Range, ...], bool]:
        """The ranges that a subscript selects, or that contain what it selects, and whether they are exact."""
        parts = [p for p in index_parts(index) if part_kind(p, self.types) != "newaxis"]
        kinds = [part_kind(p, self.types) for p in parts]
        if not set(kinds) <= {"int", "slice", "ellipsis"} or len(parts) - kinds.count("ellipsis") > ndim:
            return (ALL,) * ndim, False
        if "ellipsis" not in kinds:
            parts, kinds = [*parts, WHOLE], [*kinds, "ellipsis"]
        at = kinds.index("ellipsis")
        parts[at : at + 1] = [EVERY] * (ndim - len(parts) + 1)
        found = [self._range(p, site) for p in parts]
        return tuple([r for r, _ in found]), all(exact for _, exact in found)

    def _range(self, part: Operand, site: Site) -> tuple[Range, bool]:
        if not isinstance(part, Pack):
            place = self._place(part, site)
            return (ALL, False) if place is None else ((place, place.plus(ONE)), True)
        start, stop, step = part.items if part.kind == "slice" else (NONE, NONE, Const(0))
        low = ZERO if start == NONE else self._place(start, site)
        high = None if stop == NONE else self._place(stop, site)
        if step not in (NONE, Const(1)):
            return ALL, False
        return (low or ZERO, high), low is not None and (high is not None or stop == NONE)

    def _place(self, o: Operand, site: Site) -> Affine | None:
        """An integer that certainly counts from the front: one that is not negative."""
        place = self.integer(o, site)
        if place is None or is_never_negative(place, self.limits):
            return place
        told = self._conditions(site)
        return place if any(is_never_negative(place.plus(least, -1), self.limits) for least in told) else None

    def _conditions(self, site: Site) -> Iterator[Affine]:
        """What is zero or more because of the branches that a statement is in."""
        for (_, number), (kind, label) in zip(site.blocks, site.blocks[1:]):
            branch = self.sites[number] if kind < 0 <= number else None
            if branch is None or not isinstance(branch.statement, If) or not isinstance(branch.statement.cond, Name):
                continue
            defs = self.defs.get(branch.statement.cond.id, [])
            test = defs[0].statement if len(defs) == 1 and defs[0].is_before(branch) else None
            if isinstance(test, Bind) and test.op in OPPOSITE:
                a, b = (self.integer(o, defs[0]) for o in test.args)
                if a is not None and b is not None:
                    yield from self._not_negative(OPPOSITE[test.op] if label else test.op, a.plus(b, -1))

    def _not_negative(self, op: str, difference: Affine) -> Iterator[Affine]:
        """What is zero or more where a difference compares with zero like this."""
        if op in ("operator.ge", "operator.eq"):
            yield difference
        elif op == "operator.gt" or (op == "operator.ne" and is_never_negative(difference, self.limits)):
            yield difference.plus(ONE, -1)
        elif op in ("operator.lt", "operator.le"):
            yield Affine(-1 if op == "operator.lt" else 0).plus(difference, -1)


__all__ = ["ALL", "ONE", "Access", "Accesses", "Site"]
