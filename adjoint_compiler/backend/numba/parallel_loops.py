"""Loops of ``prange`` in generated code: those whose trips cannot meet stay parallel, all others run one trip after the other.

Where trips add to a number or to an array that all share, they are dealt out in a few runs, each with a sum of its own;
the sums are added up in order afterwards, so that the result does not hang on the number of threads:

                                           trips_2 = trips(0, n, 1)
                                           runs = min(trips_2, 8)
                                           w_bar_parts = np.zeros((runs, w_bar.shape[0]))
    for i in prange(n):                    for run in numba.prange(runs):
        w_bar[k] += g[i] * x[i]     ->         w_bar_own = w_bar_parts[run]
                                               for i in range(run * trips_2 // runs, (run + 1) * trips_2 // runs):
                                                   w_bar_own[k] += g[i] * x[i]
                                           for run in range(runs):
                                               w_bar += w_bar_parts[run]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import exposed
from adjoint_compiler.backend.numba.races import Races, Sharing
from adjoint_compiler.backend.numba.tape_room import bound_once, entries_in_trip
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    For,
    Name,
    Operand,
    Pack,
    Program,
    Statement,
    Store,
    Update,
    While,
)
from adjoint_compiler.ir.operands import WHOLE
from adjoint_compiler.ir.rebuild import map_names, with_blocks
from adjoint_compiler.ir.types import FLOAT, INT, Type, array_type

RUNS = 8


@dataclass(frozen=True)
class Trips:
    """A parallel loop that uses tapes.

    Attributes:
        counter: the counter of the trips, in the loop itself or in one right in it.
        start: where it starts.
        count: how many trips there are.
    """

    counter: str
    start: Operand
    count: Operand


def parallel_loops(program: Program, types: Types, memory: Memory, tapes: set[str]) -> tuple[Program, dict[str, Trips]]:
    """The program with loops of ``prange`` that are parallel only where that is certainly right.

    Args:
        program: a generated program.
        types: the types of its names; those of new names are added.
        memory: which names may share memory.
        tapes: the tapes that are arrays of numbers.

    Returns:
        The program, and what must be known of those loops that use tapes, by their counters.
    """
    work = _Parallel(program, types, memory, tapes)
    body = work.block(program.body, set())
    return replace(program, body=body, temporaries=program.temporaries | work.added), work.trips


def serial_loops(program: Program) -> Program:
    """The program with all its trips one after the other."""
    if not any(isinstance(s, For) and s.parallel for s in program.statements):
        return program
    return replace(program, body=tuple(map(_serial, program.body)))


class _Parallel:
    """Rewrites one program."""

    def __init__(self, program: Program, types: Types, memory: Memory, tapes: set[str]) -> None:
        self.types, self.tapes, self.races = types, tapes, Races(program, types, memory)
        self.names, self.added = Names(program.mentioned), set[str]()
        self.binds = bound_once(program.body)
        self.trips: dict[str, Trips] = {}

    def fresh(self, stem: str, t: Type) -> str:
        """A new name."""
        name = self.names.fresh(stem.partition("@")[0])
        self.types[name] = t
        self.added.add(name)
        return name

    def block(self, block: Block, live: set[str]) -> Block:
        """A block, and the names that may be read after it."""
        out: list[Statement] = []
        for k, s in enumerate(block):
            read, bound = exposed(block[k + 1 :])
            after = read | (live - bound)
            if isinstance(s, For) and s.parallel:
                shared = self.races.sharing(s, after)
                if shared is not None and self.have_places(s, shared):
                    out += self.written(s, shared)
                    continue
                s = replace(s, parallel=False)
            if s.blocks:
                again = set().union(*(exposed(b)[0] for b in s.blocks)) if isinstance(s, (For, While)) else set()
                s = with_blocks(s, tuple(self.block(b, after | again | set(s.read)) for b in s.blocks))
            out.append(s)
        return tuple(out)

    def have_places(self, loop: For, shared: Sharing) -> bool:
        """Whether each trip's entries on the tapes have a place that is known before it."""
        if not self.tapes.issuperset(shared.tapes):
            return False
        return all(entries_in_trip(loop, t, (), self.binds, lambda: "t") is not None for t in shared.tapes)

    def written(self, loop: For, shared: Sharing) -> list[Statement]:
        """A loop that is parallel."""
        inner = tuple(_serial(s) for s in loop.body)
        loop = replace(loop, body=inner, backward=False)
        if not shared.numbers and not shared.arrays:
            if not shared.tapes:
                return [loop]
            counter = self.fresh(loop.counter, INT)
            count, before = self.counted(loop)
            self.trips[counter] = Trips(counter, loop.start, Name(count))
            body = _renamed(loop.body, {loop.counter: counter})
            return [*before, replace(loop, counter=counter, body=body)]
        return self.in_runs(loop, shared)

    def counted(self, loop: For) -> tuple[str, list[Statement]]:
        """The name of the number of trips, and what binds it."""
        count = self.fresh("trips_made", INT)
        return count, [Bind(count, "numba.trips", (loop.start, loop.stop, loop.step), (), loop.span)]

    def in_runs(self, loop: For, shared: Sharing) -> list[Statement]:
        """A loop over runs of trips, each of which has sums of its own."""
        count, out = self.counted(loop)
        runs, run, again = self.fresh("runs", INT), self.fresh("run", INT), self.fresh("run", INT)
        out.append(Bind(runs, "builtins.min", (Name(count), Const(RUNS)), (), loop.span))
        enter: list[Statement] = []
        leave: list[Statement] = []
        add: list[Statement] = []
        change: dict[str, str] = {}
        for n in (*shared.arrays, *shared.numbers):
            array = n in shared.arrays
            rank = (self.types[n].ndim or 0) if array else 0
            parts = self.fresh(f"{n}_parts", array_type("float64", rank + 1))
            change[n] = own = self.fresh(f"{n}_own", self.types[n] if array else FLOAT)
            part = self.fresh(f"{n}_part", self.types[n] if array else FLOAT)
            lengths: list[Operand] = [Name(runs)]
            if array:
                shape = self.fresh("t", Type("tuple", items=(INT,) * rank))
                out.append(Bind(shape, "attribute.shape", (Name(n),), (), loop.span))
                for k in range(rank):
                    lengths.append(Name(self.fresh("t", INT)))
                    out.append(Bind(lengths[-1].id, "index", (Name(shape), Const(k)), (), loop.span))  # type: ignore[union-attr]
            sizes = Pack("tuple", tuple(lengths))
            out.append(Bind(parts, "numpy.zeros", (sizes,), (), loop.span))
            if array:
                enter.append(Bind(own, "index", (Name(parts), Name(run)), (), loop.span))
            else:
                enter.append(Bind(own, "copy", (Const(0.0),), (), loop.span))
                leave.append(Store(parts, Name(run), Name(own), loop.span))
            add.append(Bind(part, "index", (Name(parts), Name(again)), (), loop.span))
            if array:
                add.append(Update(n, WHOLE, "operator.add", Name(part), loop.span))
            else:
                add.append(Bind(n, "operator.add", (Name(n), Name(part)), (), loop.span))
        first = self.end(loop, Name(run), count, runs, enter)
        next_ = self.fresh("t", INT)
        enter.append(Bind(next_, "operator.add", (Name(run), Const(1)), (), loop.span))
        last = self.end(loop, Name(next_), count, runs, enter)
        trips = For(loop.counter, first, last, Const(1), _renamed(loop.body, change), None, loop.span)
        if shared.tapes:
            self.trips[run] = Trips(loop.counter, loop.start, Name(count))
        body = (*enter, trips, *leave)
        out.append(For(run, Const(0), Name(runs), Const(1), body, None, loop.span, parallel=True))
        out.append(For(again, Const(0), Name(runs), Const(1), tuple(add), None, loop.span))
        return out

    def end(self, loop: For, run: Operand, count: str, runs: str, out: list[Statement]) -> Operand:
        """Where a run begins: ``start + run * count // runs``."""
        scaled, place, at = (self.fresh("t", INT) for _ in range(3))
        out.append(Bind(scaled, "operator.mul", (run, Name(count)), (), loop.span))
        out.append(Bind(place, "operator.floordiv", (Name(scaled), Name(runs)), (), loop.span))
        if loop.start == Const(0):
            return Name(place)
        out.append(Bind(at, "operator.add", (loop.start, Name(place)), (), loop.span))
        return Name(at)


def _serial(s: Statement) -> Statement:
    """A statement whose loops are not parallel: what is in a loop that is."""
    if isinstance(s, For) and s.parallel:
        s = replace(s, parallel=False)
    return with_blocks(s, tuple(tuple(map(_serial, b)) for b in s.blocks)) if s.blocks else s


def _renamed(block: Block, change: dict[str, str]) -> Block:
    def to(n: str) -> str:
        return change.get(n, n)

    def renamed(s: Statement) -> Statement:
        s = map_names(s, lambda n: Name(to(n)), to)
        return with_blocks(s, tuple(tuple(map(renamed, b)) for b in s.blocks)) if s.blocks else s

    return tuple(map(renamed, block))


__all__ = ["Trips", "parallel_loops", "serial_loops"]
