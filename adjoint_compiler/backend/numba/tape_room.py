"""Room on tapes before loops whose trips can be counted there: what is recorded in them then needs no look at the size.

for i in range(n):                                y_tape = with_room(y_tape, y_top, trips(0, n, 1) * trips(0, m, 1))
    for j in range(m):                     ->     for i in range(n):
        if y_top == y_tape.size:                      for j in range(m):
            y_tape = grown(y_tape)                        y_tape[y_top] = y
        y_tape[y_top] = y                                 y_top = y_top + 1
        y_top = y_top + 1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from adjoint_compiler.ir.nodes import Bind, Block, Const, For, Name, Operand, Pop, Push, Statement
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.walk import walk

PURE = ("attribute.shape", "attribute.size", "builtins.len", "operator.add", "operator.sub", "operator.mul", "copy")


@dataclass
class Room:
    """What is known of the pushes of a program.

    Attributes:
        before: for loops, by identity, the tapes that get room before them, and for how many entries.
        sure: the pushes, by identity, that find room.
    """

    before: dict[int, list[tuple[str, list[Statement], Operand]]] = field(default_factory=dict)
    sure: set[int] = field(default_factory=set)


def find_room(body: Block, tapes: set[str], fresh: Callable[[], str], others: Collection[str] = ()) -> Room:
    """Where room can be made for the entries of tapes.

    Args:
        body: the statements of a program.
        tapes: the names of its tapes.
        fresh: gives new names.
        others: the counters of loops that are left out.
    """
    room = Room()
    _Finder(room, tapes, fresh, bound_once(body), others).block(body)
    return room


def bound_once(body: Block) -> dict[str, Bind]:
    """The names that are bound in one place, with what binds them."""
    binds = {s.target: s for s in walk(body) if isinstance(s, Bind)}
    defs = Counter(n for s in walk(body) for n in s.bound)
    return {n: s for n, s in binds.items() if defs[n] == 1}


def entries_in_trip(
    loop: For, tape: str, around: Collection[str], binds: dict[str, Bind], fresh: Callable[[], str]
) -> tuple[list[Statement], Operand] | None:
    """How many entries of a tape each trip of a loop pushes, or takes; None if that is not the same for all, or not known.

    Args:
        loop: the loop.
        tape: the name of the tape.
        around: what must not be used for counting, but for what the loop binds.
        binds: the names that are bound once.
        fresh: gives new names.
    """
    finder = _Finder(Room(), {tape}, fresh, binds)
    pushes: dict[str, list[tuple[Push | Pop, list[For]]]] = {}
    doubtful: set[str] = set()
    finder.collect(loop, [], True, pushes, doubtful)
    before: list[Statement] = []
    total: Operand | None = None
    kinds = {type(p) for p, _ in pushes.get(tape, ())}
    if doubtful or len(kinds) != 1:
        return None
    for _, nest in pushes[tape]:
        count = finder.product(nest, {*around, loop.counter, *loop.bound_within}, before) if nest else Const(1)
        if count is None:
            return None
        total = count if total is None else finder.bind("operator.add", (total, count), before)
    return None if total is None else (before, total)


class _Finder:
    """Looks at loops, outer ones first."""

    def __init__(
        self,
        room: Room,
        tapes: set[str],
        fresh: Callable[[], str],
        binds: dict[str, Bind],
        others: Collection[str] = (),
    ) -> None:
        self.room, self.tapes, self.fresh, self.binds, self.others = room, tapes, fresh, binds, others

    def block(self, block: Block) -> None:
        """All loops of a block, and those in them for what cannot be counted before them."""
        for s in block:
            if isinstance(s, For) and s.counter in self.others:
                continue
            if isinstance(s, For) and not s.until:
                self.loop(s)
            for inner in s.blocks:
                self.block(inner)

    def loop(self, loop: For) -> None:
        """The tapes whose entries in a loop can be counted before it."""
        pushes: dict[str, list[tuple[Push | Pop, list[For]]]] = {}
        doubtful: set[str] = set()
        self.collect(loop, [loop], True, pushes, doubtful)
        inside = {loop.counter, *loop.bound_within}
        for tape, found in pushes.items():
            found = [(p, nest) for p, nest in found if isinstance(p, Push)]
            if not found or tape in doubtful or any(id(p) in self.room.sure for p, _ in found):
                continue
            before: list[Statement] = []
            total: Operand | None = None
            for _, nest in found:
                count = self.product(nest, inside, before)
                if count is None:
                    break
                total = count if total is None else self.bind("operator.add", (total, count), before)
            else:
                if total is not None:
                    self.room.before.setdefault(id(loop), []).append((tape, before, total))
                    self.room.sure.update(id(p) for p, _ in found)

    def collect(
        self,
        s: Statement,
        nest: list[For],
        exact: bool,
        pushes: dict[str, list[tuple[Push | Pop, list[For]]]],
        doubtful: set[str],
    ) -> None:
        """What is pushed and taken in a loop, each with the loops around it; of doubtful tapes some happen in some trips only."""
        for block in s.blocks:
            for inner in block:
                if isinstance(inner, (Push, Pop)) and inner.stack in self.tapes:
                    pushes.setdefault(inner.stack, []).append((inner, nest))
                    if not exact:
                        doubtful.add(inner.stack)
                elif inner.blocks:
                    counted = isinstance(inner, For) and not inner.until
                    more = [*nest, inner] if isinstance(inner, For) else nest
                    self.collect(inner, more, exact and counted, pushes, doubtful)

    def product(self, nest: list[For], inside: set[str], before: list[Statement]) -> Operand | None:
        """How many trips the innermost of some loops makes in all."""
        total: Operand | None = None
        for loop in nest:
            ends = [self.outside(o, inside, before) for o in (loop.start, loop.stop, loop.step)]
            if None in ends:
                return None
            count = self.bind("numba.trips", tuple(o for o in ends if o is not None), before)
            total = count if total is None else self.bind("operator.mul", (total, count), before)
        return total

    def outside(self, o: Operand, inside: set[str], before: list[Statement], depth: int = 0) -> Operand | None:
        """An operand as it can be computed before the loop; None where it hangs on what the loop binds."""
        if inside.isdisjoint(names_in(o)):
            return o
        made = self.binds.get(o.id) if isinstance(o, Name) else None
        if made is None or made.kwargs or depth > 6:
            return None
        number = made.op == "index" and isinstance(made.args[1], Const) and type(made.args[1].value) is int
        shape = number and isinstance(made.args[0], Name) and self.is_shape(made.args[0].id)
        if made.op not in PURE and not shape:
            return None
        args = [self.outside(a, inside, before, depth + 1) for a in made.args]
        return None if None in args else self.bind(made.op, tuple(a for a in args if a is not None), before)

    def is_shape(self, name: str) -> bool:
        """Whether a name is the shape of an array."""
        return name in self.binds and self.binds[name].op == "attribute.shape"

    def bind(self, op: str, args: tuple[Operand, ...], before: list[Statement]) -> Operand:
        """A new temporary."""
        name = self.fresh()
        before.append(Bind(name, op, args))
        return Name(name)
