"""What must be treated as a buffer, and where its shadow is found.

A class of names that may share memory (:mod:`memory`) and is stored into holds *buffers*; every other array is a *value*. A view
that is read only before the next store to its class behaves like a value: it is a *load*.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from adjoint_compiler.analysis.indexing import index_kind, operand_type
from adjoint_compiler.analysis.loads import LoadFinder
from adjoint_compiler.analysis.memory import Memory, shared_classes
from adjoint_compiler.analysis.places import ENTRY, Places, find_places
from adjoint_compiler.analysis.stopped import stopped_names
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import Path, labelled_blocks
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Name,
    Pack,
    Pop,
    Program,
    Return,
    With,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import (
    UNKNOWN,
    Type,
    is_container,
    is_discrete,
    is_number,
    may_be_array,
    may_be_container,
)
from adjoint_compiler.ir.walk import binds

# Operations whose result shows one place many times.
STRIDED = (
    "numpy.lib.stride_tricks.sliding_window_view", "numpy.lib.stride_tricks.as_strided", "adjoint_compiler.runtime.moving.strided",
)  # fmt: skip
REPLICATING = ("numpy.broadcast_to", "numpy.broadcast_arrays", *STRIDED)


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

    def is_dynamic(self, name: str) -> bool:
        """Whether the shadow of a buffer or container is found by memory at run time."""
        return self.classes.get(name) in self.dynamic and self.kind(name) in ("buffer", "container")

    def shadow_depths(self, name: str, nesting: int | None = None) -> tuple[int, ...]:
        """How deep in a container there is what has a shadow of its own: 0 for the container itself.

        Where containers of one class hold one another, ``nesting`` says how far down to look.
        """
        deep = [k for k in self.stored_depths(name) if nesting is None or k <= nesting]
        levels = self.levels(name)
        for k in range(len(levels), (nesting or 0) + 1):
            around = self.held.get(levels[-1])
            if around is None:
                break
            levels = (*levels, around)
            deep += [k] if around in self.stored else []
        return ((0,) if self.is_dynamic(name) else ()) + tuple(deep)


def analyse_aliases(program: Program, types: Types) -> Aliases:
    """Classes, buffers and loads of a program whose names are webs."""
    memory = shared_classes(program, types)
    classes, stored, held = memory.classes, memory.stored, memory.held
    definition = {s.target: s for s in program.statements if isinstance(s, Bind)}
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
    containers = {
        n
        for n, kind in kinds.items()
        if kind == "container" or kind == "value" and may_be_container(types.get(n, UNKNOWN))
    }
    dynamic |= _held_as_a_whole(program, classes, stored, containers, held)
    dynamic |= _dynamic_containers(program, memory, kinds, finder.places)
    return Aliases(classes, stored, held, frozenset(loads), kinds, dynamic, tuple(sorted(undecided)))


def _held_as_a_whole(
    program: Program, classes: dict[str, int], stored: frozenset[int], containers: set[str], held: dict[int, int]
) -> frozenset[int]:
    """Stored classes held by containers that are returned, or given to an operation, as a whole: one adjoint for all items."""
    out: set[int] = set()
    for s in program.statements if containers else ():
        if containers.isdisjoint(s.read):
            continue
        if not isinstance(s, Return) and not (
            isinstance(s, Bind) and s.op not in ("index", "field", "copy", "builtins.len")
        ):
            continue
        for n in (n for o in s.operands for n in names_in(o) if n in containers):
            seen: set[int | None] = {None}
            cls = held.get(classes[n])
            while cls not in seen:
                seen.add(cls)
                cls = held.get(cls)  # type: ignore[arg-type]
            out |= seen & stored  # type: ignore[arg-type]
    return frozenset(out)


def _dynamic_containers(
    program: Program, memory: Memory, kinds: dict[str, str], places: dict[str, Places]
) -> frozenset[int]:
    """Stored classes of containers in which a name may mean one of several, or one that another container holds.

    All names of any other class mean the one container that the class's first name is bound to.
    """
    names: dict[int, list[str]] = {}
    for n, kind in kinds.items():
        if kind == "container" and memory.classes[n] in memory.stored:
            names.setdefault(memory.classes[n], []).append(n)
    if not names:
        return frozenset()
    roots = [n for n in (*program.params, *program.free, *container_roots(program)) if kinds.get(n) == "container"]
    made = Counter(memory.classes[n] for n in roots)
    held = set(memory.held.values())

    def one_meaning(n: str) -> bool:
        return places[n].is_own() or places[n].defs == [ENTRY]

    return frozenset(
        c for c, members in names.items()
        if made[c] > 1 or c in held or (len(members) > 1 and not all(map(one_meaning, members)))
    )  # fmt: skip


def container_roots(program: Program) -> list[str]:
    """The names that are bound to something new, once for each such binding."""
    return [
        str(binds(s)) for s in program.statements
        if binds(s) is not None and not (isinstance(s, Bind) and is_other_name(s))
    ]  # fmt: skip


def is_other_name(s: Bind) -> bool:
    """Whether a container that is bound is one that exists already, under a name or in another container."""
    if s.op == "copy":
        return isinstance(s.args[0], Name)
    return s.op == "field" or (s.op == "index" and not (isinstance(s.args[1], Pack) and s.args[1].kind == "slice"))


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
    for s in program.statements:
        if isinstance(s, Call) and s.summary.registry:
            out.update(classes[n] for n in s.stored)
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
        elif s.op == "field" or s.op in REPLICATING or (rule is not None and rule.view_kind not in ("always", "item")):
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
