"""What the statements lowered so far tell of the types of names.

Lowering asks before all statements are there: whether an operand is an object, how long a tuple is. Between two questions a
few statements are added, and most of them bind new names; so the answer to the last question is extended, and only where a
statement tells something new of a name known before, all of them are looked at again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from adjoint_compiler.analysis.inference import infer_types, puts_into_containers
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.resolve import resolve
from adjoint_compiler.ir.joins import join
from adjoint_compiler.ir.nodes import Bind, Block, Const, If, Name, Pack, Program, Push, Statement, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import INT, NEVER, Type, type_of
from adjoint_compiler.ir.walk import names_bound, walk

Blocks = tuple[list[Statement], ...]


@dataclass
class Known:
    """The answer to a question, which the next one extends.

    Attributes:
        early: the types before what is known only further down was added to them.
        types: the types.
        seen: the statements they are made from, by identity; they are held, so that no later one is taken for one of them.
        definitions: how often names are bound.
        constants: the statements that bind names to constants.
        unbound: names that were read, and of which nothing was known.
        told: names whose types tell others something: they are read by more than what is put into them.
        fresh: names that are bound to new containers; what others are bound to may be part of something.
        changing: whether anything is put into containers.
        blocks: the open blocks, and how many statements of each were seen.
        outside: how many names from outside, and parameters, there were.
    """

    early: Types
    types: Types
    seen: dict[int, Statement] = field(default_factory=dict)
    definitions: Counter[str] = field(default_factory=Counter)
    constants: dict[str, Bind] = field(default_factory=dict)
    unbound: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    changing: bool = False
    blocks: list[tuple[list[Statement], int]] = field(default_factory=list)
    outside: tuple[int, int] = (0, 0)

    def add(self, statements: Iterable[Statement]) -> None:
        """Note statements that the types are made from."""
        for s in statements:
            self.seen[id(s)] = s
            for name in defined(s):
                self.definitions[name] += 1
            if type(s) is Bind and s.op == "copy" and isinstance(s.args[0], Const):
                self.constants[s.target] = s
            if type(s) is Bind and s.op == "copy" and isinstance(s.args[0], Pack):
                self.fresh.add(s.target)
            self.unbound.update(n for n in s.read if n not in self.types)
            self.told.update(_told(s))

    def note(self, cx: Context, blocks: Blocks) -> None:
        """Note how far lowering was."""
        self.blocks, self.outside = [(b, len(b)) for b in blocks], _outside(cx)

    def is_of(self, cx: Context, blocks: Blocks) -> bool:
        """Whether nothing was lowered since."""
        return (
            self.outside == _outside(cx)
            and len(blocks) == len(self.blocks)
            and all(b is held and len(b) == n for b, (held, n) in zip(blocks, self.blocks))
        )

    def already(self, blocks: Blocks) -> list[int]:
        """How many statements of each block were seen."""
        seen = {id(b): n for b, n in self.blocks}
        return [seen.get(id(b), 0) for b in blocks]


def types_so_far(cx: Context) -> Types:
    """The types of all names, as far as the statements lowered so far tell."""
    blocks = (*cx.enclosing, cx.block)
    known: Known | None = cx.known_types
    if known is not None and not known.is_of(cx, blocks) and not _extend(cx, known, blocks):
        known = None
    if known is None:
        known = cx.known_types = _from_all(cx, blocks)
    return known.types


def types_of(cx: Context, body: Block) -> Types:
    """The types of all names, as far as some statements tell; the counters of loops still open are ints."""
    return _inferred(cx, body, cx.types, cx.types, cx.free)[1]


def defined(s: Statement) -> tuple[str, ...]:
    """The names that a statement gives other values."""
    return (s.target,) if isinstance(s, Update) else names_bound(s)


def _told(s: Statement) -> Iterable[str]:
    """The names whose types tell a statement something; what is put into a list tells something of the list alone."""
    if s.blocks:
        return ()
    return names_in(s.value) if isinstance(s, Push) else s.read


def _from_all(cx: Context, blocks: Blocks) -> Known:
    """The answer from all statements."""
    body = tuple(s for block in blocks for s in block)
    statements = walk(body)
    named = {*cx.types, *cx.free}.union(*(s.read for s in statements), *(defined(s) for s in statements))
    found = _inferred(cx, body, cx.types, cx.types, cx.free)
    early, types = ({n: t for n, t in types.items() if n in named} for types in found)
    known = Known(early, types)
    known.add(statements)
    known.changing = puts_into_containers(statements)
    known.note(cx, blocks)
    return known


def _extend(cx: Context, known: Known, blocks: Blocks) -> bool:
    """Add to an answer what the statements since then tell; False if they tell something of what was known before."""
    added = tuple(s for block, at in zip(blocks, known.already(blocks)) for s in block[at:] if id(s) not in known.seen)
    new = [s for s in walk(added) if id(s) not in known.seen]
    outside = [n for n in (*cx.free, *cx.types) if n not in known.types] if known.outside != _outside(cx) else []
    bound = {*outside, *(n for s in new for n in defined(s))}
    if any(n in known.constants and known.definitions[n] == 1 for n in bound):
        return False  # it is no constant any more
    if any(isinstance(s, If) and (not isinstance(s.cond, Name) or s.cond.id in known.constants) for s in new):
        return False  # one of its branches is left out
    if not bound.isdisjoint(known.unbound) or (not known.changing and puts_into_containers(new)):
        return False
    if any(_is_imprecise(known.types.get(n, NEVER)) for s in new for n in s.read):
        return False  # all statements together may tell more of it
    given = {n: t for n in outside if (t := cx.types.get(n))}
    named = sorted(bound.union(*(s.read for s in new)))
    constants = tuple(c for n in named if (c := known.constants.get(n)) and known.definitions[n] == 1)
    before = [{n: t for n in named if (t := types.get(n))} for types in (known.early, known.types)]
    free = {n: f for n in named if (f := cx.free.get(n))}
    # what is nested in statements is among them itself
    alone = [with_blocks(s, ((),) * len(s.blocks)) if s.blocks else s for s in new]
    found = _inferred(cx, (*constants, *alone), {**given, **before[0]}, {**given, **before[1]}, free)
    changed = {n for now, types in zip(found, before) for n, t in types.items() if now[n] is not t and now[n] != t}
    if any(n in known.told or n not in known.fresh or known.definitions[n] > 1 for n in changed):
        return False
    for now, types in zip(found, (known.early, known.types)):
        types.update((n, now[n]) for n in named if n in now)
    known.add(new)
    known.note(cx, blocks)
    return True


def _is_imprecise(t: Type) -> bool:
    """Whether a type, or that of something it holds, is not known."""
    return t.kind == "unknown" or any(map(_is_imprecise, t.items)) or (type(t.cls) is Type and _is_imprecise(t.cls))


def _outside(cx: Context) -> tuple[int, int]:
    """How many names from outside, and parameters, there are."""
    return len(cx.free), len(cx.types)


def _inferred(cx: Context, body: Block, known: Types, late: Types, outside: dict[str, Any]) -> tuple[Types, Types]:
    """The types of names without, and with, what is known only further down; and of some that are made meanwhile.

    ``known`` and ``late`` are what other statements tell, and ``outside`` the names from outside.
    """
    statements = walk(body)
    bound = {n for s in statements for n in names_bound(s)} | {*known, *outside}
    counters = {n: INT for s in statements for n in s.read if n not in bound and n in cx.counters}
    given = {**known, **counters}
    program = Program("so_far", tuple(given), body, given, tuple(outside))
    free = {n: type_of(f.value) for n, f in outside.items()}
    for _ in range(2):
        types = infer_types(program, free, tolerant=True)
        program, _faults = resolve(program, types)
    types = infer_types(program, free, tolerant=True)
    later = {n: t for n in types if (t := cx.late.get(n)) and n not in free and _comes_to(types[n], t)}
    if not later:
        return types, types
    given = {**given, **late}
    program = replace(program, params=tuple(given), types=given)
    return types, infer_types(program, {**free, **later}, tolerant=True)


def _comes_to(now: Type, later: Type) -> bool:
    """Whether a name that has one type so far may have another in the end."""
    return now != later and (now.kind in ("none", "never", "unknown") or join(now, later) == later)


__all__ = ["types_of", "types_so_far"]
