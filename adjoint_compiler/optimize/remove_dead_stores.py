"""Remove what the reverse sweep stores where nothing reads it again: values put back, and adjoints set to zero.

    for i in reversed(range(n)):                 for i in reversed(range(n)):
        x[i] = x_tape.pop()               ->         y_bar += x[:i] * x_bar[i]
        y_bar += x[:i] * x_bar[i]
        x_bar[i] = 0.0

What is put back comes from a tape; what goes onto that tape in the forward sweep is removed, too. Only arrays that the
function makes itself are looked at: what the caller holds is read after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from adjoint_compiler.analysis.accesses import Access, Accesses, Site
from adjoint_compiler.analysis.meetings import is_covered, meetings
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.recording import needs_of
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Effect,
    Name,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import WHOLE, names_in
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.remove_dead_code import remove_dead_code
from adjoint_compiler.optimize.rename import map_block

MOST = 50_000  # pairs of a store and a read that are compared, so that long programs compile in reasonable time
OWN = (HELPER["entry_copy"], HELPER["entry_copies"])
BY_MEMORY = (HELPER["shadow"], HELPER["from_shadows"])  # arrays that are found while running


def remove_dead_stores(program: Program, types: Types, memory: Memory) -> Program:
    """Remove stores that nothing reads (see the module's text).

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import REVERSE, Const, Return
    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (REVERSE, Bind("a", "numpy.zeros", (Const(3),)), Store("a", Const(0), Const(1.0)), Return(Name("n")))
    >>> program, types = Program("f", ("n",), body), {"a": array_type("float64", 1)}
    >>> [type(s).__name__ for s in remove_dead_stores(program, types, shared_classes(program, types)).body]
    ['Comment', 'Return']
    """
    start = program.reverse_at
    if start is None or finds_memory(program.body):
        return program
    forward, reverse = program.body[:start], program.body[start:]
    dead = _DeadStores(program, forward, reverse, types, memory).find()
    if not dead:
        return program
    return remove_dead_code(replace(program, body=_without(program.body, dead)))


def finds_memory(block: Block) -> bool:
    """Whether some array is found while running, so that it does not show which one it is."""
    return any(
        isinstance(s, (Call, Effect)) and s.stored or isinstance(s, Bind) and s.op in BY_MEMORY for s in walk(block)
    )


class _DeadStores:
    def __init__(self, program: Program, forward: Block, reverse: Block, types: Types, memory: Memory) -> None:
        self.memory = memory
        self.accesses = Accesses(types)
        self.accesses.add_earlier(forward)
        self.accesses.add(reverse)
        own = {s.target for s in forward if isinstance(s, Bind) and s.op in OWN}
        given = [n for n in (*program.params, *program.free) if n not in own]
        self.foreign = {cls for n in given for cls in memory.levels(n)}
        self.reads: dict[int, list[Access | None]] = {}
        self.stores: dict[int, list[Access]] = {}

    def find(self) -> set[int]:
        """The stores that nothing reads, by identity."""
        candidates = [site for site in self.accesses.sites if isinstance(site.statement, Store)]
        mine = {s: a for s in candidates if (a := self.stored(s)) is not None}
        if not mine:
            return set()
        classes = {self.memory.classes.get(a.root) for a in mine.values()}
        shapes = self.outlines()
        for site in self.accesses.sites:
            for n in _contents(site.statement) if not shapes.intersection(site.statement.bound) else ():
                levels = self.memory.levels(n)
                for cls in classes.intersection(levels):
                    found = self.read(n, site) if levels[0] == cls else None
                    self.reads.setdefault(cls, []).append(found)  # type: ignore[arg-type]
        for a in mine.values():
            self.stores.setdefault(self.memory.classes[a.root], []).append(a)
        if sum(len(self.stores.get(cls, ())) * len(reads) for cls, reads in self.reads.items()) > MOST:
            return set()
        dead = {site for site, a in mine.items() if self.is_dead(a)}
        alive = {id(site.statement) for site in candidates if site not in dead}  # one may stand in several places
        return {id(site.statement) for site in dead} - alive

    def outlines(self) -> set[str]:
        """The names of which nothing but the shape is read."""
        needs = [need for site in self.accesses.sites for need in needs_of(site.statement)]
        return {n for n, contents in needs if not contents} - {n for n, contents in needs if contents}

    def stored(self, site: Site) -> Access | None:
        """What a store overwrites of an array that the function made; None for all others."""
        s = site.statement
        assert isinstance(s, Store)
        cls = self.memory.classes.get(s.target)
        return None if cls is None or cls in self.foreign else self.accesses.access(s.target, s.index, site)

    def read(self, name: str, site: Site) -> Access | None:
        """What a statement reads of a name's memory."""
        s = site.statement
        if isinstance(s, Bind) and s.op == "index" and s.args[0] == Name(name):
            return self.accesses.access(name, s.args[1], site)
        if isinstance(s, Update) and s.target == name and name not in names_in(s.value):
            return self.accesses.access(name, WHOLE if s.index is None else s.index, site)
        return self.accesses.access(name, WHOLE, site)

    def is_dead(self, store: Access) -> bool:
        """Whether every read that comes later reads other parts, or what was stored there in between."""
        cls = self.memory.classes[store.root]
        others = [a for a in self.stores[cls] if a is not store]
        for read in self.reads.get(cls, ()):
            cases = meetings(store, read, self.accesses)
            if cases is None:
                return False
            assert read is not None
            if not all(any(is_covered(store, read, case, k) for k in others) for case in cases):
                return False
        return True


def _contents(s: Statement) -> Iterator[str]:
    """The names whose memory a statement reads; a view reads nothing itself."""
    if isinstance(s, Store):
        yield from (*names_in(s.value), *names_in(s.index))
    elif isinstance(s, Bind) and s.op != "index" and view_rule(s) is not None and _only_shows(s):
        return
    else:
        yield from dict.fromkeys(n for n, contents in needs_of(s) if contents)


def _only_shows(s: Bind) -> bool:
    rule = view_rule(s)
    return rule is not None and rule.view_kind == "always"


def _without(body: Block, dead: set[int]) -> Block:
    """The program without dead stores, and without what only they took from tapes."""
    statements = walk(body)
    values = {s.value.id for s in statements if id(s) in dead and isinstance(s, Store) and isinstance(s.value, Name)}
    uses = Counter(n for s in statements for n in s.read)
    pops: dict[str, list[Pop]] = {}
    pushes: dict[str, list[Push]] = {}
    for s in statements:
        if isinstance(s, Pop):
            pops.setdefault(s.stack, []).append(s)
        elif isinstance(s, Push):
            pushes.setdefault(s.stack, []).append(s)
    gone = set(dead)
    for stack, taken in pops.items():
        put = pushes.get(stack, [])
        unread = [s for s in taken if s.target in values and uses[str(s.target)] == 1]
        if not unread or uses[stack] != len(taken) + len(put):
            continue
        if len(unread) == len(taken):
            gone.update(map(id, (*taken, *put)))
            continue
        for s in unread:  # what is put on the tape for a statement is taken from it for the same one
            here = [x for x in put if x.span == s.span]
            if len(here) == 1 and [x for x in taken if x.span == s.span] == [s]:
                gone |= {id(s), id(here[0])}
    return map_block(body, lambda s: [] if id(s) in gone else [s])


__all__ = ["finds_memory", "remove_dead_stores"]
