"""Room on tapes before loops whose trips can be counted there: what is recorded in them then needs no look at the size.

for i in range(n):                                y_tape = with_room(y_tape, y_top, trips(0, n, 1) * trips(0, m, 1))
    for j in range(m):                     ->     for i in range(n):
        if y_top == y_tape.size:                      for j in range(m):
            y_tape = grown(y_tape)                        y_tape[y_top] = y
        y_tape[y_top] = y                                 y_top = y_top + 1
        y_top = y_top + 1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from adjoint_compiler.ir.nodes import Bind, Block, Const, For, Name, Operand, Push, Statement
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


def find_room(body: Block, tapes: set[str], fresh: Callable[[], str]) -> Room:
    """Where room can be made for the entries of tapes.

    Args:
        body: the statements of a program.
        tapes: the names of its tapes.
        fresh: gives new names.
    """
    room = Room()
    binds = {s.target: s for s in walk(body) if isinstance(s, Bind)}
    defs: dict[str, int] = {}
    for s in walk(body):
        for n in s.bound:
            defs[n] = defs.get(n, 0) + 1
    _Finder(room, tapes, fresh, {n: s for n, s in binds.items() if defs[n] == 1}).block(body)
    return room


class _Finder:
    """Looks at loops, outer ones first."""

    def __init__(self, room: Room, tapes: set[str], fresh: Callable[[], str], binds: dict[str, Bind]) -> None:
        self.room, self.tapes, self.fresh, self.binds = room, tapes, fresh, binds

    def block(self, block: Block) -> None:
        """All loops of a block, and those in them for what cannot be counted before them."""
        for s in block:
            if isinstance(s, For) and not s.until:
                self.loop(s)
            for inner in s.blocks:
                self.block(inner)

    def loop(self, loop: For) -> None:
        """The tapes whose entries in a loop can be counted before it."""
        pushes: dict[str, list[tuple[Push, list[For]]]] = {}
        doubtful: set[str] = set()
        self.collect(loop, [loop], True, pushes, doubtful)
        inside = {loop.counter, *loop.bound_within}
        for tape, found in pushes.items():
            if tape in doubtful or any(id(p) in self.room.sure for p, _ in found):
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
        pushes: dict[str, list[tuple[Push, list[For]]]],
        doubtful: set[str],
    ) -> None:
        """The pushes in a loop, each with the loops around it; of doubtful tapes some happen in some trips only."""
        for block in s.blocks:
            for inner in block:
                if isinstance(inner, Push) and inner.stack in self.tapes:
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
