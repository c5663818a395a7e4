"""Which part of a buffer is saved where, when it need not be saved store by store.

A loop whose reverse reads nothing of a buffer may overwrite it step by step: what all its stores touch is saved once,
before the loop. Stores that follow one another and together overwrite about all of a buffer save it whole.

    for i in range(1, n):              q_saved = q[1:n].copy()
        q[i] = flux[i] - flux[i-1]     for i in range(1, n): ...

A region may be larger than what is overwritten, never smaller; its subscript holds slices only, since a loop that does
not run must not ask for elements that are not there.
"""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_parts, operand_type
from adjoint_compiler.analysis.uses import Path
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.differentiate.fragment import Fragment
from adjoint_compiler.differentiate.recording import Recording, Region
from adjoint_compiler.ir.nodes import Bind, Const, For, Name, Operand, Pack, Statement, Store, Update
from adjoint_compiler.ir.operands import EVERY, NONE, WHOLE, names_in
from adjoint_compiler.ir.types import INT, UNKNOWN
from adjoint_compiler.ir.walk import names_stored

MANY = 1000  # a dimension of unknown length is taken to be long when sizes of regions are compared


def classes_stored(r: Recording, loop: Fragment) -> set[int]:
    """The classes of memory that a loop stores into."""
    classes = r.facts.aliases.classes
    found = {classes.get(n) for fragment in _leaves(loop) for n in names_stored(fragment.statement)}
    return {cls for cls in found if cls in r.facts.aliases.stored}


def regions_of_loop(r: Recording, loop: Fragment, cls: int) -> tuple[Region, ...] | None:
    """Regions that contain all that a loop stores into memory of a class; None where that cannot be told."""
    out: dict[Region, None] = {}
    for fragment in _leaves(loop):
        s = fragment.statement
        if not any(r.facts.aliases.classes.get(n) == cls for n in names_stored(s)):
            continue
        if not isinstance(s, (Store, Update)):
            return None
        t = r.facts.types.get(s.target, UNKNOWN)
        if t.kind != "array" or not t.ndim or not _is_outside(r, s.target, loop.path):
            return None
        region = _Bounds(r, loop).region(s)
        if region is None:
            return None
        out[region] = None
    return tuple(out)


def _leaves(fragment: Fragment) -> list[Fragment]:
    return [x for block in fragment.blocks.values() for f in block.fragments for x in (_leaves(f) or [f])]


def _is_outside(r: Recording, name: str, path: Path) -> bool:
    """Whether a name is bound outside of the loop only."""
    return name in r.occ and all(d[: len(path)] != path for d in r.occ[name].defs)


class _Bounds:
    """Finds the bounds of one loop's subscripts."""

    def __init__(self, r: Recording, loop: Fragment) -> None:
        self.r, self.loop = r, loop
        self.setup: list[Bind] = []

    def region(self, s: Store | Update) -> Region | None:
        if s.index is None or s.index == WHOLE:
            return Region(s.target, WHOLE)
        parts = [self.part(p) for p in index_parts(s.index)]
        if any(p is None for p in parts):
            return None
        known = [p for p in parts if p is not None]
        return Region(s.target, known[0] if len(known) == 1 else Pack("tuple", tuple(known)), tuple(self.setup))

    def part(self, part: Operand) -> Operand | None:
        """A slice that contains all that a part of a subscript selects while the loop runs."""
        if part == WHOLE:
            return part
        if isinstance(part, Const) and type(part.value) is int:
            k = part.value
            return _slice(Const(k), NONE if k == -1 else Const(k + 1))
        if isinstance(part, Pack) and part.kind == "slice":
            return part if all(_is_outside(self.r, n, self.loop.path) for n in names_in(part)) else None
        if not isinstance(part, Name) or self.r.facts.types.get(part.id, UNKNOWN) != INT:
            return None
        if _is_outside(self.r, part.id, self.loop.path):
            low = self.lower(part)
            return _slice(part, self.plus(part, 1)) if low is not None and low >= 0 else None
        return self.counter(part)

    def counter(self, part: Name) -> Operand | None:
        """The range of a counter of the loop, or of one inside, plus a constant."""
        offset = 0
        definition = self.definition(part.id)
        while isinstance(definition, Bind) and definition.op in ("operator.add", "operator.sub"):
            base, by = definition.args
            if not isinstance(base, Name) or not isinstance(by, Const) or type(by.value) is not int:
                return None
            offset += by.value if definition.op == "operator.add" else -by.value
            definition = self.definition(base.id)
        if not isinstance(definition, For) or not isinstance(definition.step, Const):
            return None
        start, stop, step = definition.start, definition.stop, definition.step.value
        if any(not _is_outside(self.r, n, self.loop.path) for o in (start, stop) for n in names_in(o)):
            return None
        if step == -1:
            start, stop, offset, step = stop, start, offset + 1, 1
        low = self.lower(start)
        if type(step) is not int or step < 1 or low is None or low + offset < 0:
            return None
        return _slice(self.plus(start, offset), self.plus(stop, offset), NONE if step == 1 else Const(step))

    def plus(self, o: Operand, k: int) -> Operand:
        if k == 0:
            return o
        if isinstance(o, Const):
            return Const(o.value + k)
        bound = self.r.facts.reserve(("bound", self.loop.path, o, k), "bound")
        self.r.facts.types[bound] = INT
        op, by = ("operator.add", k) if k > 0 else ("operator.sub", -k)
        self.setup.append(Bind(bound, op, (o, Const(by)), (), self.loop.statement.span))
        return Name(bound)

    def definition(self, name: str) -> Statement | None:
        return _definition(self.r, name)

    def lower(self, o: Operand) -> int | None:
        """A number that an int certainly is not below; None when there is none."""
        if isinstance(o, Const):
            return o.value if type(o.value) is int else None
        s = self.definition(o.id) if isinstance(o, Name) else None
        if isinstance(s, For) and isinstance(s.step, Const):
            low = self.lower(s.start if s.step.value > 0 else s.stop)
            return low if low is None or s.step.value > 0 else low + 1
        if not isinstance(s, Bind):
            return None
        if s.op in ("builtins.len", "range_length", "attribute.size", "attribute.ndim"):
            return 0
        if s.op == "index" and isinstance(s.args[0], Name):
            shape = self.definition(s.args[0].id)
            return 0 if isinstance(shape, Bind) and shape.op == "attribute.shape" else None
        if s.op == "copy":
            return self.lower(s.args[0])
        if s.op in ("operator.add", "operator.sub") and len(s.args) == 2:
            a, b = self.lower(s.args[0]), self.lower(s.args[1])
            if s.op == "operator.add":
                return None if a is None or b is None else a + b
            return a - b if a is not None and b is not None and isinstance(s.args[1], Const) else None
        return None


def _definition(r: Recording, name: str) -> Statement | None:
    """The one statement that binds a name."""
    defs = r.occ[name].defs if name in r.occ else []
    if len(defs) != 1 or defs[0] == ():
        return None
    return r.statements[defs[0][:-2] if defs[0][-1] == -1 else defs[0]]


def _slice(start: Operand, stop: Operand, step: Operand = NONE) -> Operand:
    return Pack("slice", (start, stop, step))


def allocation(r: Recording, cls: int) -> str | None:
    """The name of the one array that all memory of a class lies in, bound once; None where there may be several."""
    f = r.facts
    if cls in f.aliases.dynamic or cls in f.aliases.held.values():
        return None
    found = []
    for n, c in f.aliases.classes.items():
        if c != cls or n not in r.occ:
            continue
        defs = r.occ[n].defs
        if len(defs) != 1:
            return None
        s = None if defs[0] == () else r.statements.get(defs[0])
        if s is not None and not isinstance(s, Bind):
            return None
        rule = rules.TABLE.by_key.get(s.op) if isinstance(s, Bind) else None
        viewing = s is not None and view_rule(s) is not None
        if s is None or (rule is not None and not viewing and s.op not in ("copy", "index")):
            found.append(n)
        elif rule is None or not viewing or s.op == "copy" or rule.view_kind == "maybe":
            return None
    t = f.types.get(found[0], UNKNOWN) if len(found) == 1 else UNKNOWN
    return found[0] if t.kind == "array" and t.ndim else None


def covers(r: Recording, s: Store | Update | Region, cls: int) -> bool:
    """Whether a store overwrites all memory of a class."""
    parts = [WHOLE] if s.index is None else index_parts(s.index)
    return all(p in (WHOLE, EVERY) for p in parts) and allocation(r, cls) == s.target


def is_about_all(r: Recording, regions: list[Region], whole: str) -> bool:
    """Whether regions together are about as large as an array (what is saved is right in either case)."""
    ndim = r.facts.types[whole].ndim or 0
    sizes = [_size(r, region, ndim) if region.target == whole else None for region in regions]
    return None not in sizes and sum(n for n in sizes if n is not None) >= 0.9 * MANY**ndim


def _size(r: Recording, region: Region, ndim: int) -> int | None:
    """About how many elements a region has if every dimension is ``MANY``; None when that cannot be told."""
    made = {s.target: s for s in region.setup}

    def value(o: Operand) -> int | None:
        if isinstance(o, Const):
            return o.value if type(o.value) is int else None
        s = _definition(r, o.id) if isinstance(o, Name) else None
        s = made.get(o.id, s) if isinstance(o, Name) else s
        if isinstance(s, Bind) and s.op in ("builtins.len", "attribute.size") and s.args[0] == Name(region.target):
            return MANY
        if isinstance(s, Bind) and s.op in ("operator.add", "operator.sub"):
            a, b = value(s.args[0]), value(s.args[1])
            return None if a is None or b is None else a + b if s.op == "operator.add" else a - b
        return None

    total, parts = 1, index_parts(region.index)
    if region.index == WHOLE:
        return int(MANY**ndim)
    for part in parts:
        if isinstance(part, Pack) and part.kind == "slice":
            start, stop, step = (None if o == NONE else value(o) for o in part.items)
            if any(v is None and o != NONE for v, o in zip((start, stop, step), part.items)):
                return None
            total *= len(range(MANY)[slice(start, stop, step)])
        elif operand_type(part, r.facts.types) != INT:
            return None
    return int(total * MANY ** (ndim - len(parts)))


__all__ = ["allocation", "covers", "is_about_all", "regions_of_loop"]
