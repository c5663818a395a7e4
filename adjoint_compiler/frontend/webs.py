"""Rename variables so that each name is one web of definitions and uses.

    x = np.sin(x)            x_2 = np.sin(x)
    x = x * x         ->     x_3 = x_2 * x_2

Definitions that can reach a common use share a name (loop-carried variables, joins of branches); all others get names
of their own, so straight-line code overwrites nothing.

Where control flow meets, the definitions of a name that come together are one *join*, which counts as a definition from
there on; only a join that some use reads makes one web of what it joins. So one walk in program order is enough.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import NESTING, Block, For, If, Name, Program, Statement, Try, While, With
from adjoint_compiler.ir.rebuild import map_names, with_blocks


def rename_webs(program: Program, last_of: frozenset[str] | None = None) -> Program:
    """Give every web of definitions its own name (see the module's text).

    Args:
        program: the program.
        last_of: rename only these names, and let the last web keep the name, not the first; the others become
            temporaries (for adjoints, whose last value is the one that counts).

    >>> from adjoint_compiler.ir.nodes import Bind, Return
    >>> body = (Bind("x", "numpy.sin", (Name("x"),)), Bind("x", "operator.mul", (Name("x"), Name("x"))), Return(Name("x")))
    >>> [s.target for s in rename_webs(Program("f", ("x",), body)).body[:2]]
    ['x2', 'x3']
    """
    given = (*program.params, *program.free)
    several = _bound_again(program, given)
    if last_of is not None:
        several &= last_of
    if not several:
        return program
    webs = _Webs(several)
    for n in given:
        webs.define(n, 0)
    webs.flow(program.body)
    webs.settle()
    naming = _Naming(webs, program, given, last_of is not None)
    body = naming.block(program.body)
    out = program if body is program.body else replace(program, body=body)
    if last_of is None or not naming.renamed:
        return out
    own = {new for new, old in naming.renamed.items() if old in program.primal}
    return replace(out, temporaries=program.temporaries | {*naming.renamed}, primal=program.primal | own)


def _bound_again(program: Program, given: tuple[str, ...]) -> set[str]:
    """The names with more than one definition."""
    once = set(given)
    again: set[str] = set()
    for s in program.statements:
        for n in s.bound:
            (again if n in once else once).add(n)
    return again


class _Webs:
    """The definitions and joins of the names that have several, by number, and which of them are one web.

    Attributes:
        names: the names.
        stems: the name of each definition or join.
        joined: what each join joins; None for definitions.
        read_at: what a statement (by its number in program order) reads under a name.
        bound_at: what it binds.
    """

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.stems: list[str] = []
        self.joined: list[list[int] | None] = []
        self.parent: list[int] = []
        self.number = 0
        self.env: dict[str, int] = {}
        self.read_at: dict[int, dict[str, int]] = {}
        self.bound_at: dict[tuple[int, str], int] = {}
        self.used: list[int] = []

    # -- one walk in program order ---------------------------------------------------------------------------

    def define(self, name: str, number: int) -> None:
        """A definition, by a statement or (number 0) of a parameter."""
        if name in self.names:
            self.env[name] = self.bound_at[number, name] = self._new(name, None)

    def _new(self, name: str, joined: list[int] | None) -> int:
        self.stems.append(name)
        self.joined.append(joined)
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def _join(self, name: str, *parts: int | None) -> int | None:
        known = dict.fromkeys(p for p in parts if p is not None)
        return self._new(name, list(known)) if len(known) > 1 else next(iter(known), None)

    def flow(self, block: Block) -> None:
        """Walk a block."""
        for s in block:
            self.number += 1
            k = self.number
            if type(s) not in NESTING:
                if not self.names.isdisjoint(s.read):
                    self.read(s, k)
                for n in s.bound:
                    if n in self.names:
                        self.define(n, k)
            elif isinstance(s, If):
                self.read(s, k)
                self.branch(s)
            elif isinstance(s, With):
                self.read(s, k)
                self.flow(s.body)
            elif isinstance(s, Try):
                self.attempt(s, k)
            elif isinstance(s, (For, While)):
                self.loop(s, k)

    def read(self, s: Statement, number: int) -> None:
        """What the statement itself reads."""
        for n in s.read:
            if n in self.env:
                here = self.read_at.setdefault(number, {})
                if n in here:
                    self.unite(here[n], self.env[n])
                here[n] = self.env[n]
                self.used.append(self.env[n])

    def branch(self, s: If) -> None:
        """Both branches begin with what is known here; what differs after them is joined."""
        changed = [n for n in s.bound_within if n in self.names]
        before = self._now(changed)
        self.flow(s.then)
        then = self._now(changed)
        self._put(before)
        self.flow(s.orelse)
        self._put({n: self._join(n, then[n], self.env.get(n)) for n in changed})

    def attempt(self, s: Try, number: int) -> None:
        """What the body binds may be bound afterwards, or be what it was."""
        changed = [n for n in s.bound_within if n in self.names]
        before = self._now(changed)
        self.flow(s.body)
        self._put({n: self._join(n, before[n], self.env.get(n)) for n in changed})
        for n in s.bound:
            if n in self.names:
                self.define(n, number)

    def loop(self, s: For | While, number: int) -> None:
        """What a loop changes is joined at its head; the body's end is added to that once it is known."""
        if isinstance(s, For):
            self.read(s, number)
        heads: dict[str, int] = {}
        for n in (*s.bound_within, *s.bound):
            if n in self.names and n not in heads:
                heads[n] = self._new(n, [self.env[n]] if n in self.env else [])
        self.env.update(heads)
        tested: dict[str, int | None] = {}
        if isinstance(s, For):
            self.define(s.counter, number)
            if s.counter in heads:
                self._add(heads[s.counter], self.env[s.counter])
        else:
            self.flow(s.header)
            self.read(s, number)
            tested = self._now(list(heads))
        self.flow(s.body)
        if s.until:
            self.read(s, number)
        for n, head in heads.items():
            self._add(head, self.env[n])
        self._put({n: self._join(n, tested.get(n), head) for n, head in heads.items()})

    def _add(self, join: int, part: int) -> None:
        joined = self.joined[join]
        assert joined is not None
        joined.append(part)

    def _now(self, names: list[str]) -> dict[str, int | None]:
        return {n: self.env.get(n) for n in names}

    def _put(self, values: dict[str, int | None]) -> None:
        for n, v in values.items():
            if v is None:
                self.env.pop(n, None)
            else:
                self.env[n] = v

    # -- webs ------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Unite what the joins that are read join."""
        work, seen = self.used, set(self.used)
        while work:
            join = work.pop()
            for part in self.joined[join] or ():
                self.unite(join, part)
                if part not in seen:
                    seen.add(part)
                    work.append(part)

    def find(self, d: int) -> int:
        """The first definition (or, as long as there is none, a join) of a web."""
        parent = self.parent
        while parent[d] != d:
            parent[d] = parent[parent[d]]
            d = parent[d]
        return d

    def unite(self, a: int, b: int) -> None:
        a, b = self.find(a), self.find(b)
        if (self.joined[a] is not None, a) > (self.joined[b] is not None, b):
            a, b = b, a
        self.parent[b] = a


NOTHING: dict[str, int] = {}


class _Reading(dict[str, Name]):
    def __missing__(self, name: str) -> Name:
        made = self[name] = Name(name)
        return made


class _Naming:
    """Names for webs, chosen in the order in which the program mentions them.

    Attributes:
        renamed: the names given to webs that could not keep theirs, and those.
    """

    def __init__(self, webs: _Webs, program: Program, given: tuple[str, ...], keep_last: bool) -> None:
        self.webs, self.program = webs, program
        self.chosen = {webs.bound_at[0, n]: n for n in given if n in webs.names}
        self.renamed: dict[str, str] = {}
        if keep_last:
            last = {n: d for (number, n), d in webs.bound_at.items() if n not in given}
            self.chosen.update((webs.find(d), n) for n, d in last.items())
        self.taken = set(self.chosen.values())
        self.number = 0
        self.reading = _Reading()

    @cached_property
    def names(self) -> Names:
        """All names of the program are taken."""
        names = Names()
        names.taken |= {*self.program.mentioned, self.program.name}
        return names

    def name_of(self, d: int) -> str:
        root = self.webs.find(d)
        if root not in self.chosen:
            stem = self.webs.stems[root]
            name = stem if stem not in self.taken else self.names.fresh(stem)
            if name != stem:
                self.renamed[name] = stem
            self.chosen[root] = name
            self.taken.add(name)
        return self.chosen[root]

    def block(self, block: Block) -> Block:
        """A block with its names; the block itself where nothing changes."""
        out = tuple([self.statement(s) for s in block])
        return block if all(new is old for new, old in zip(out, block)) else out

    def statement(self, s: Statement) -> Statement:
        self.number += 1
        k, webs = self.number, self.webs
        read = webs.read_at.get(k, NOTHING)
        if read or not webs.names.isdisjoint(s.bound):
            s = map_names(
                s,
                lambda n: self.reading[self.name_of(read[n]) if n in read else n],
                lambda n: self.name_of(webs.bound_at[k, n]) if n in webs.names else n,
            )
        blocks = s.blocks
        if not blocks:
            return s
        new = tuple([self.block(b) for b in blocks])
        return s if all(a is b for a, b in zip(new, blocks)) else with_blocks(s, new)
