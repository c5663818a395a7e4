"""Remove copies of names and constants.

t = a * b                x = a * b
x = t             ->     y = x + 1
y = x + 1

What can be done with the copies is decided round by round on the places of the names that they mention; the program is
rewritten once, at the end.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.places import ENTRY, Place, find_places
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    For,
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
from adjoint_compiler.ir.rebuild import map_names, with_blocks


def propagate_copies(program: Program) -> Program:
    """Let the name that is copied to, or the one copied from, do the work of both (see the module's text).

    >>> from adjoint_compiler.ir.nodes import Return
    >>> body = (Bind("t", "numpy.sin", (Name("a"),)), Bind("x", "copy", (Name("t"),)), Return(Name("x")))
    >>> [s.target for s in propagate_copies(Program("f", ("a",), body)).body[:-1]]
    ['x']
    """
    statements = program.statements
    copies = {k: s for k, s in enumerate(statements) if isinstance(s, Bind) and s.op == "copy"}
    if not copies:
        return program
    work = _Copies(program, statements, copies)
    while work.drop_returned() or work.coalesce() or work.prefer_user_names() or work.forward():
        pass
    if not work.changes and not work.dropped:
        return program
    return replace(program, body=_Rewriting(work).block(program.body))


class _Copies:
    """The copies of a program as they stand after the changes made so far.

    Attributes:
        live: target and source of every copy, by the number of its statement.
        dropped: the numbers of copies that are gone.
        changes: the names replaced, round by round, and whether where they are bound, too.
    """

    def __init__(self, program: Program, statements: tuple[Statement, ...], copies: dict[int, Bind]) -> None:
        self.temporaries = program.temporaries
        self.live = {k: (s.target, s.args[0]) for k, s in copies.items()}
        self.dropped: set[int] = set()
        self.changes: list[tuple[dict[str, Operand], bool]] = []
        sources = (source.id for _, source in self.live.values() if isinstance(source, Name))
        self.places = find_places(program, dict.fromkeys([*(t for t, _ in self.live.values()), *sources]))
        self.fixed = {*program.params, *program.free}  # names that cannot take another's
        self.in_place: set[str] = set()  # names that cannot become constants
        self.rebound: set[str] = set()
        for s in statements:
            if type(s) is Bind:
                continue
            if isinstance(s, (Store, Update)):
                self.in_place.add(s.target)
                if isinstance(s, Update) and s.index is None:
                    self.rebound.add(s.target)
            elif isinstance(s, (Push, Pop)):
                self.in_place.add(s.stack)
            elif isinstance(s, (For, While)):
                if s.until:
                    self.in_place.add(s.until)
                if isinstance(s, For):
                    self.fixed.add(s.counter)

    # -- the changes -----------------------------------------------------------------------------------------

    def drop_returned(self) -> bool:
        """``t = x; ...; x = t`` in one block, with no other definition of x in between: x still is what it was."""
        found = False
        for k, (target, source) in list(self.live.items()):
            if not isinstance(source, Name) or target in self.rebound or source.id in self.rebound:
                continue
            taken = self.places[source.id].defs
            if len(taken) != 1 or not self._is_copy(taken[0].number, source.id, target):
                continue
            start, here = taken[0], next(d for d in self.places[target].defs if d.number == k)
            between = (start.number < d.number < k for d in self.places[target].defs)
            if start.number < k and _block(start) == _block(here) and not any(between):
                self._drop(k)
                found = True
        return found

    def _is_copy(self, number: int, target: str, source: str) -> bool:
        """Whether a statement is a copy of one name to another."""
        found = self.live.get(number)
        return found is not None and found[0] == target and isinstance(o := found[1], Name) and o.id == source

    def coalesce(self) -> bool:
        """``t = ...; x = t`` where t has no other use: bind x directly."""
        change: dict[str, str] = {}
        taken: set[str] = set()
        for target, source in self.live.values():
            if not isinstance(source, Name) or source.id in self.fixed or source.id == target:
                continue
            if source.id in taken or source.id in change or target in taken or target in change:
                continue
            if len(self.places[source.id].uses) == 1 and self._all_before(source.id, target):
                change[source.id] = target
                taken.add(target)
        return self._rename(change)

    def _all_before(self, source: str, target: str) -> bool:
        """Whether every definition of the source precedes the copy in the same run of its block, as the target's uses follow."""
        if not self.places[target].is_own():
            return False
        copy = self.places[target].defs[0]
        return all(copy.start <= d.number < copy.number for d in self.places[source].defs)

    def prefer_user_names(self) -> bool:
        """``t = ...; row = t``, both with one definition: the temporary takes the user's name."""
        change: dict[str, str] = {}
        for target, source in self.live.values():
            if not isinstance(source, Name) or source.id not in self.temporaries or target in self.temporaries:
                continue
            old, new = self.places[source.id], self.places[target]
            if source.id in change or target in change.values() or not (new.is_own() and old.is_own()):
                continue
            if _block(old.defs[0]) == _block(new.defs[0]):
                change[source.id] = target
        return self._rename(change)

    def forward(self) -> bool:
        """``x = y`` where both have one definition, or y has its last before any loop or branch: use y for x."""
        change: dict[str, Operand] = {}
        for target, source in self.live.values():
            if target in change or target in self.rebound or not self.places[target].is_own():
                continue
            if isinstance(source, Const):
                change[target] = source
            elif isinstance(source, Name) and source.id not in self.rebound:
                defs, copy = self.places[source.id].defs, self.places[target].defs[0]
                if len(defs) == 1 or all(d is ENTRY or (d.start == 0 and d.number < copy.number) for d in defs):
                    change[target] = source
        for x in list(change):
            if x in self.in_place and isinstance(_end(change, x), Const):
                del change[x]
        change = {x: _end(change, x) for x in change}
        if change:
            for k in [k for k, (target, _) in self.live.items() if target in change]:
                self._drop(k)
            self._replace(change, False)
        return bool(change)

    # -- keeping the books -----------------------------------------------------------------------------------

    def _rename(self, change: dict[str, str]) -> bool:
        if change:
            self._replace({old: Name(new) for old, new in change.items()}, True)
            for k in [
                k for k, (target, source) in self.live.items() if isinstance(source, Name) and source.id == target
            ]:
                self._drop(k)
        return bool(change)

    def _replace(self, change: dict[str, Operand], where_bound: bool) -> None:
        """Note that names are replaced where they are read (and bound)."""
        self.changes.append((change, where_bound))
        for old, new in change.items():
            gone = self.places.pop(old)
            if isinstance(new, Name):
                self.places[new.id].uses += gone.uses
                self.places[new.id].defs += gone.defs
                for special in (self.fixed, self.in_place, self.rebound):
                    if old in special:
                        special.add(new.id)
        for k, (target, source) in self.live.items():
            renamed = change.get(target) if where_bound else None
            if isinstance(source, Name) and source.id in change:
                source = change[source.id]
            self.live[k] = (renamed.id if isinstance(renamed, Name) else target, source)

    def _drop(self, number: int) -> None:
        target, source = self.live.pop(number)
        self.dropped.add(number)
        self.places[target].defs = [d for d in self.places[target].defs if d.number != number]
        if isinstance(source, Name):
            self.places[source.id].uses.remove(number)


def _block(place: Place) -> tuple[int, int]:
    return place.start, place.end


def _end(change: dict[str, Operand], name: str) -> Operand:
    """Where a chain of copies ends."""
    o = change[name]
    while isinstance(o, Name) and o.id in change:
        o = change[o.id]
    return o


class _Rewriting:
    """The program without the dropped copies, all replacements made; what has none stays the same object."""

    def __init__(self, work: _Copies) -> None:
        self.dropped = work.dropped
        self.read: dict[str, Operand] = {}
        self.bound: dict[str, str] = {}
        self.names = {n for change, _ in work.changes for n in change}
        for name in self.names:
            o: Operand = Name(name)
            bound = name
            for change, where_bound in work.changes:
                o = change.get(o.id, o) if isinstance(o, Name) else o
                new = change.get(bound) if where_bound else None
                bound = new.id if isinstance(new, Name) else bound
            self.read[name], self.bound[name] = o, bound
        self.number = -1

    def block(self, block: Block) -> Block:
        out: list[Statement] = []
        others = self.names.isdisjoint
        for s in block:
            self.number += 1
            if self.number in self.dropped:
                continue
            if not others(s.read) or (s.bound and not others(s.bound)):
                s = map_names(s, lambda n: self.read.get(n) or Name(n), lambda n: self.bound.get(n, n))
            if s.blocks:
                new = tuple([self.block(b) for b in s.blocks])
                if not all(a is b for a, b in zip(new, s.blocks)):
                    s = with_blocks(s, new)
            out.append(s)
        same = len(out) == len(block) and all(new is old for new, old in zip(out, block))
        return block if same else tuple(out)
