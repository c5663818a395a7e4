"""Which names may share memory, and what must be treated as a buffer.

Names are united into classes when one may be, or may be a view of, the other (Steensgaard 1996: flow-insensitive,
by unification). A class that is stored into holds *buffers*; every other array is a *value*.

    row = A[i]           {A, row}
    L = [A]; B = L[0]    {A, B, items of L}

A view that is read only before the next store to its class behaves like a value: it is a *load*.
"""

from __future__ import annotations

from dataclasses import dataclass

from adjoint_compiler.analysis.indexing import index_kind, operand_type
from adjoint_compiler.analysis.loads import LoadFinder
from adjoint_compiler.analysis.places import ENTRY, find_places
from adjoint_compiler.analysis.stopped import stopped_names
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import Path, labelled_blocks
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Statement,
    Store,
    With,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, Type, is_container, is_discrete, is_number, may_be_array
from adjoint_compiler.ir.walk import binds, names_stored, operands_of, walk

# Operations whose result shows one place many times.
REPLICATING = ("numpy.broadcast_to", "numpy.broadcast_arrays", "numpy.lib.stride_tricks.sliding_window_view")


@dataclass(frozen=True)
class Memory:
    """Which names may share memory.

    Attributes:
        classes: class of every name (absent: shares memory with nothing).
        stored: classes whose memory is stored into.
        held: for classes of containers the class of what those hold.
    """

    classes: dict[str, int]
    stored: frozenset[int]
    held: dict[int, int]

    def levels(self, name: str) -> tuple[int, ...]:
        """The class of a name, of what it holds, of what that holds, and so on."""
        out: list[int] = []
        cls = self.classes.get(name)
        while cls is not None and cls not in out:
            out.append(cls)
            cls = self.held.get(cls)
        return tuple(out)

    def stored_levels(self, name: str) -> tuple[int, ...]:
        """The classes of ``levels`` that are stored into."""
        return tuple(cls for cls in self.levels(name) if cls in self.stored)

    def stored_depths(self, name: str) -> tuple[int, ...]:
        """How deep in a container there are arrays that are stored into: 1 for its own items."""
        return tuple(k for k, cls in enumerate(self.levels(name)) if k and cls in self.stored)

    def in_stored_class(self, name: str) -> bool:
        """Whether the name's memory may be stored into."""
        return self.classes.get(name) in self.stored


@dataclass(frozen=True)
class Aliases(Memory):
    """The result of the analysis.

    Attributes:
        loads: names of views that are read only before the next store to their class.
        kinds: ``value``, ``buffer``, ``container`` or ``inert`` for every name.
        dynamic: classes whose shadows are found by memory at run time.
        undecided: names for which view or number cannot be told although it matters.
    """

    loads: frozenset[str]
    kinds: dict[str, str]
    dynamic: frozenset[int]
    undecided: tuple[str, ...]

    def kind(self, name: str) -> str:
        """What the name is: ``value``, ``buffer``, ``container`` or ``inert``."""
        return self.kinds.get(name, "value")


class _Classes:
    """Union-find with one "items" class per class of containers."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, n: str) -> str:
        while self.parent.setdefault(n, n) != n:
            self.parent[n] = self.parent[self.parent[n]]
            n = self.parent[n]
        return n

    def items(self, n: str) -> str:
        return self.find(self.find(n) + "[]")

    def union(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        self.parent[b] = a
        if b + "[]" not in self.parent:
            return
        if a + "[]" in self.parent:
            self.union(a + "[]", b + "[]")
        else:
            self.parent[a + "[]"] = self.find(b + "[]")


def shared_memory(block: Block, types: Types) -> dict[str, str]:
    """For every name of a block, the name that stands for its class: those of one class may share memory."""
    u = _Classes()
    names: dict[str | None, None] = {}
    for s in walk(block):
        _unite(s, u, types)
        names.update(dict.fromkeys((*s.read, binds(s))))
    return {n: u.find(n) for n in names if n}


def shared_classes(program: Program, types: Types) -> Memory:
    """The classes of a program whose names are webs."""
    u = _Classes()
    stored_names: set[str] = set(program.stored)
    names = set(program.params)
    for s in walk(program.body):
        _unite(s, u, types)
        stored_names.update(s.stored)
        names.update(s.read)
        if target := binds(s):
            names.add(target)
    for a, b in program.overlapping:
        _share(a, b, u, types)
    stored_roots = {u.find(n) for n in stored_names}
    ids = {root: k for k, root in enumerate(sorted({u.find(n) for n in (*names, *u.parent)}))}
    classes = {n: ids[u.find(n)] for n in names}
    stored = frozenset(ids[r] for r in stored_roots if r in ids)
    held = {k: ids[u.find(root + "[]")] for root, k in ids.items() if root + "[]" in u.parent}
    return Memory(classes, stored, held)


def analyse_aliases(program: Program, types: Types) -> Aliases:
    """Classes, buffers and loads of a program whose names are webs."""
    memory = shared_classes(program, types)
    classes, stored, held = memory.classes, memory.stored, memory.held
    definition = {s.target: s for s in walk(program.body) if isinstance(s, Bind)}
    finder = LoadFinder(program, types, classes, find_places(program))
    loads: set[str] = set()
    undecided: list[str] = []
    kinds: dict[str, str] = {}
    for n in classes:
        t = types.get(n, UNKNOWN)
        if is_container(t):
            kinds[n] = "container"
        elif is_discrete(t) and t.kind != "array":
            kinds[n] = "inert"
        elif is_number(t) or classes[n] not in stored:
            kinds[n] = "inert" if is_discrete(t) else "value"
        elif n in definition and finder.is_load(definition[n]):
            loads.add(n)
            kinds[n] = "inert" if is_discrete(t) else "value"
        else:
            kinds[n] = "inert" if is_discrete(t) else "buffer"
            if kinds[n] == "buffer" and n in definition and _uncertain(definition[n], types) and may_be_array(t):
                if t.kind != "array":
                    undecided.append(n)
    kinds.update((n, "inert") for n in stopped_names(program))
    dynamic = _dynamic_classes(program, types, classes, stored, kinds, finder)
    dynamic |= _held_as_a_whole(program, classes, stored, kinds, held)
    return Aliases(classes, stored, held, frozenset(loads), kinds, dynamic, tuple(sorted(undecided)))


def _held_as_a_whole(
    program: Program, classes: dict[str, int], stored: frozenset[int], kinds: dict[str, str], held: dict[int, int]
) -> frozenset[int]:
    """Stored classes held by containers that are returned, or given to an operation, as a whole: one adjoint for all items."""
    out: set[int] = set()
    containers = {n for n, kind in kinds.items() if kind == "container"}
    for s in walk(program.body) if containers else ():
        if containers.isdisjoint(s.read):
            continue
        if not isinstance(s, Return) and not (
            isinstance(s, Bind) and s.op not in ("index", "field", "copy", "builtins.len")
        ):
            continue
        for n in (n for o in operands_of(s) for n in names_in(o) if kinds.get(n) == "container"):
            seen: set[int | None] = {None}
            cls = held.get(classes[n])
            while cls not in seen:
                seen.add(cls)
                cls = held.get(cls)  # type: ignore[arg-type]
            out |= seen & stored  # type: ignore[arg-type]
    return frozenset(out)


def _unite(s: Statement, u: _Classes, types: Types) -> None:
    if isinstance(s, Bind):
        if s.op == "index":
            _unite_index(s, u, types)
        elif s.op == "field":
            if isinstance(s.args[0], Name):
                u.union(s.target, u.items(s.args[0].id))
        elif s.op == "copy":
            _unite_value(s.target, s.args[0], u, types)
        elif s.op.startswith("custom."):
            _unite_custom(s, u, types)
        elif s.op in ("builtins.list", "builtins.tuple"):
            for n in names_in(s.args[0]):
                if is_container(types.get(n, UNKNOWN)):
                    u.union(u.items(s.target), u.items(n))
                elif not is_number(types.get(n, UNKNOWN)):
                    u.union(u.items(s.target), n)
        else:
            base = viewed(s)
            if base is not None and not is_number(types.get(s.target, UNKNOWN)):
                target = u.items(s.target) if is_container(types.get(s.target, UNKNOWN)) else s.target
                for n in names_in(base):
                    if is_container(types.get(n, UNKNOWN)):
                        if not s.op.startswith("numpy."):  # NumPy makes new arrays of lists and tuples
                            u.union(target, u.items(n))
                    elif may_be_array(types.get(n, UNKNOWN)):
                        u.union(target, n)
    elif isinstance(s, Store):
        if is_container(types.get(s.target, UNKNOWN)) or types.get(s.target, UNKNOWN).kind == "unknown":
            _unite_items(s.target, s.value, u, types)
    elif isinstance(s, Push):
        _unite_items(s.stack, s.value, u, types)
    elif isinstance(s, Pop):
        if s.target and not is_number(types.get(s.target, UNKNOWN)):
            u.union(s.target, u.items(s.stack))
    elif isinstance(s, Call) and s.target:
        for n in (n for k in s.summary.returns for n in names_in(s.args[k])):
            if not is_number(types.get(n, UNKNOWN)):
                _share(s.target, n, u, types)


def _unite_custom(s: Bind, u: _Classes, types: Types) -> None:
    """What a user's function returns may share memory with what it is given."""

    def unite(name: str, t: Type) -> None:
        if is_container(t):
            for item in t.items:
                unite(u.items(name), item)
        elif not is_number(t) and t.kind not in ("str", "none", "function"):
            u.union(target, name)

    if s.op == "custom.own" or is_number(types.get(s.target, UNKNOWN)):
        return
    target = u.items(s.target) if is_container(types.get(s.target, UNKNOWN)) else s.target
    for operand in s.args[1:2] if s.op == "custom.value" else s.args[1:]:
        for n in names_in(operand):
            unite(n, types.get(n, UNKNOWN))


def _unite_index(s: Bind, u: _Classes, types: Types) -> None:
    base = s.args[0]
    if not isinstance(base, Name):
        for n in names_in(base):
            u.union(s.target, n)
        return
    t = types.get(base.id, UNKNOWN)
    kind = index_kind(t, s.args[1], types)
    if is_container(t):
        if isinstance(s.args[1], Pack) and s.args[1].kind == "slice":
            u.union(u.items(s.target), u.items(base.id))
        elif not is_number(types.get(s.target, UNKNOWN)):
            u.union(s.target, u.items(base.id))
    elif kind in ("view", "unknown") and not is_number(types.get(s.target, UNKNOWN)):
        u.union(s.target, base.id)


def _unite_value(target: str, value: Operand, u: _Classes, types: Types) -> None:
    if isinstance(value, Name):
        if not is_number(types.get(value.id, UNKNOWN)):
            u.union(target, value.id)
    elif isinstance(value, Pack):
        for item in value.items:
            _unite_items(target, item, u, types)


def _unite_items(container: str, value: Operand, u: _Classes, types: Types) -> None:
    """``container`` holds ``value`` as an item."""
    if isinstance(value, Name):
        if not is_number(types.get(value.id, UNKNOWN)):
            u.union(u.items(container), value.id)
    elif isinstance(value, Pack):
        for item in value.items:
            _unite_items(u.items(container), item, u, types)


def _share(a: str, b: str, u: _Classes, types: Types) -> None:
    """Two names may be the same memory, or one a container that holds the other."""
    holders = [is_container(types.get(n, UNKNOWN)) for n in (a, b)]
    u.union(*(u.items(n) if holds else n for n, holds in zip((a, b), holders)))
    if all(holders):
        u.union(a, b)


def _uncertain(s: Bind, types: Types) -> bool:
    """Whether it depends on an unknown type that the binding is a view at all."""
    if s.op != "index":
        return False
    base = operand_type(s.args[0], types)
    return not is_container(base) and index_kind(base, s.args[1], types) == "unknown"


def block_at(body: Block, path: tuple[int | str, ...]) -> Block:
    """The block with the given path."""
    for number, label in zip(path[::2], path[1::2]):
        body = dict(labelled_blocks(body[int(number)]))[str(label)]
    return body


def _dynamic_classes(
    program: Program,
    types: Types,
    classes: dict[str, int],
    stored: frozenset[int],
    kinds: dict[str, str],
    finder: LoadFinder,
) -> frozenset[int]:
    """Classes in which some buffer's shadow cannot be named statically."""
    out: set[int] = set()
    places = finder.places
    for n, kind in kinds.items():
        if kind == "buffer" and len(places[n].defs) != 1:
            out.add(classes[n])
    for s in walk(program.body):
        if isinstance(s, Call) and s.summary.registry:
            out.update(classes[n] for n in names_stored(s))
        target = getattr(s, "target", None)
        if not isinstance(s, (Bind, Pop, Call)) or target is None or kinds.get(target) != "buffer":
            continue
        if not isinstance(s, Bind):
            out.add(classes[target])
            continue
        rule, base = view_rule(s), viewed(s)
        if s.op in ("index", "copy"):
            if not isinstance(base, Name) or is_container(types.get(base.id, UNKNOWN)):
                out.add(classes[target])
            elif s.op == "index" and index_kind(types.get(base.id, UNKNOWN), s.args[1], types) == "unknown":
                out.add(classes[target])
        elif s.op == "field" or s.op in REPLICATING or (rule is not None and rule.view_kind != "always"):
            out.add(classes[target])
        elif rule is not None and not isinstance(base, Name):
            out.add(classes[target])
        if isinstance(base, Name) and places[base.id].defs:
            # A view that outlives the block that made its memory: each run of the block makes other memory.
            made = places[base.id].defs[0]
            if made is not ENTRY:
                start, end = finder.layout.lasting(made)
                if any(not start <= u < end for u in places[target].uses):
                    out.add(classes[target])
    return frozenset(out)


def lasting_block(body: Block, path: Path) -> Path:
    """The outermost block that runs as often as the one at ``path``: those of ``with`` run once, like what is around."""
    while path and isinstance(block_at(body, path[:-2])[int(path[-2])], With):
        path = path[:-2]
    return path


__all__ = ["Aliases", "Type", "analyse_aliases"]
