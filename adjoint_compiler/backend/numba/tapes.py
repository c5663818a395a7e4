"""Tapes of numbers as arrays that grow, in the place of lists.

y_tape = []                           y_tape, y_top = np.empty(64), 0
y_tape.append(y)               ->     if y_top == y_tape.size:
                                          y_tape = grown(y_tape)
                                      y_tape[y_top] = y
                                      y_top = y_top + 1
y = y_tape.pop()                      y_top = y_top - 1
                                      y = y_tape[y_top]
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.parallel_loops import Trips
from adjoint_compiler.backend.numba.part_tapes import FROM, ONTO
from adjoint_compiler.backend.numba.tape_room import bound_once, entries_in_trip, find_room
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    For,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Statement,
    Store,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import Type
from adjoint_compiler.ir.walk import names_bound, reads, walk

FIRST_SIZE = 64
DTYPES = {"bool": "bool", "int": "int64", "float": "float64", "number": "float64", "complex": "complex128"}


def number_tapes(program: Program, types: Types) -> dict[str, str]:
    """The lists that only are pushed onto and popped from and hold numbers of one dtype, with that."""
    return {t: d for t in _lists(program) if (d := _dtype(t, program, types)) is not None}


def array_tapes(
    program: Program, types: Types, known: dict[str, str] | None = None, trips: dict[str, Trips] | None = None
) -> tuple[Program, dict[str, str]]:
    """The program with arrays for lists that only are pushed onto and popped from, and hold numbers of one dtype.

    Args:
        program: a generated program: a joint function, or the primal of a pair, whose tapes leave it as parts of an
            array; or, with ``known``, the adjoint of that pair, which they enter.
        types: the types of its names.
        known: the dtypes of tapes that are such arrays.
        trips: of parallel loops that use tapes, what must be known, by their counters.

    Returns:
        The program, and the dtypes of its tapes.
    """
    found = number_tapes(program, types)
    dtypes = {**found, **(known or {})}
    if not dtypes:
        return program, {}
    work = _Tapes(program, dtypes, trips or {})
    body = work.block(program.body)
    return replace(program, body=body, temporaries=program.temporaries | work.added), found


class _Tapes:
    """Rewrites the statements of one program."""

    def __init__(self, program: Program, dtypes: dict[str, str], trips: dict[str, Trips]) -> None:
        statements = walk(program.body)
        self.names = Names(
            {n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free}
        )
        self.dtypes = dtypes
        self.tops = {t: self.names.fresh((t[:-5] if t.endswith("_tape") else t) + "_top") for t in sorted(dtypes)}
        self.added: set[str] = set()
        self.trips, self.apart = trips, False
        self.copied = {s.target for s in statements if isinstance(s, Bind) and s.op == "builtins.list"}
        self.binds = bound_once(program.body)
        self.room = find_room(program.body, set(dtypes), self.temporary, trips)

    def temporary(self) -> str:
        """A new name."""
        name = self.names.fresh("t")
        self.added.add(name)
        return name

    def block(self, statements: Block) -> Block:
        """A block."""
        return tuple(x for s in statements for x in self.statement(s))

    def statement(self, s: Statement) -> list[Statement]:
        """A statement; what makes, fills or empties a tape as what does so with an array."""
        if isinstance(s, Bind) and s.target in self.dtypes:
            return self.made(s)
        if isinstance(s, Bind) and s.op in (ONTO, FROM):
            return self.part(s)
        if isinstance(s, Push) and s.stack in self.dtypes:
            return self.pushed(s)
        if isinstance(s, Pop) and s.stack in self.dtypes:
            top = self.tops[s.stack]
            down: list[Statement] = [Bind(top, "operator.sub", (Name(top), Const(1)), (), s.span)]
            return down + ([Bind(s.target, "index", (Name(s.stack), Name(top)), (), s.span)] if s.target else [])
        if isinstance(s, Return):
            return self.returned(s)
        if not s.blocks:
            return [s]
        if isinstance(s, For) and s.counter in self.trips:
            return self.parallel(s, self.trips[s.counter])
        before: list[Statement] = []
        for tape, counted, total in self.room.before.get(id(s), ()):
            before += [*counted, Bind(tape, "numba.with_room", (Name(tape), Name(self.tops[tape]), total), (), s.span)]
        return [*before, with_blocks(s, tuple(map(self.block, s.blocks)))]

    def made(self, s: Bind) -> list[Statement]:
        """A new tape, or one that enters the adjoint of a pair."""
        top = self.tops[s.target]
        if s.op == "builtins.list":
            return [Bind(top, "attribute.size", (Name(s.target),), (), s.span)]
        if s.op == "index":  # a pullback, which may be called again, takes a copy of it
            taken = s.target not in self.copied
            return [s, *([Bind(top, "attribute.size", (Name(s.target),), (), s.span)] if taken else [])]
        size = (Const(FIRST_SIZE), dtype_name(self.dtypes[s.target]))
        return [Bind(s.target, "numpy.empty", size, (), s.span), Bind(top, "copy", (Const(0),), (), s.span)]

    def pushed(self, s: Push) -> list[Statement]:
        """An entry more, in an array that grows where it is full."""
        top = self.tops[s.stack]
        entered: list[Statement] = [
            Store(s.stack, Name(top), s.value, s.span),
            Bind(top, "operator.add", (Name(top), Const(1)), (), s.span),
        ]
        if self.apart or id(s) in self.room.sure:
            return entered
        size, full = self.temporary(), self.temporary()
        grow = Bind(s.stack, "numba.grown", (Name(s.stack),), (), s.span)
        return [
            Bind(size, "attribute.size", (Name(s.stack),), (), s.span),
            Bind(full, "operator.eq", (Name(top), Name(size)), (), s.span),
            If(Name(full), (grow,), (), s.span),
            *entered,
        ]

    def parallel(self, s: For, trips: Trips) -> list[Statement]:
        """A parallel loop: each trip has a place on each tape, which hangs on its number.

        y_tape = with_room(y_tape, y_top, n * 3)
        for i in numba.prange(n):
            y_at = y_top + i * 3
            y_tape[y_at] = y
            y_at = y_at + 1
            ...
        y_top = y_top + n * 3
        """
        loop = next(x for x in walk((s,)) if isinstance(x, For) and x.counter == trips.counter)
        around = {s.counter, *s.bound_within}
        before: list[Statement] = []
        after: list[Statement] = []
        enter: list[Statement] = []
        tops = dict(self.tops)
        found = {x.stack: isinstance(x, Push) for x in walk(s.body) if isinstance(x, (Push, Pop)) and x.stack in tops}
        number: Operand = Name(trips.counter)
        if trips.start != Const(0):
            number = self.bound("operator.sub", (number, trips.start), enter)
        if not all(found.values()):  # entries are taken from the end of what the trip has put there
            ended = self.bound("operator.add", (number, Const(1)), enter)
        for tape, pushes in found.items():
            entries = entries_in_trip(loop, tape, around, self.binds, self.temporary)
            if entries is None:
                raise RuntimeError(f"what trips record on {tape} cannot be counted")
            before += entries[0]
            total = self.scaled(trips.count, entries[1], before)
            top = Name(tops[tape])
            if pushes:
                before.append(Bind(tape, "numba.with_room", (Name(tape), top, total), (), s.span))
                place = self.scaled(number, entries[1], enter)
                after.append(Bind(top.id, "operator.add", (top, total), (), s.span))
            else:
                before.append(Bind(top.id, "operator.sub", (top, total), (), s.span))
                place = self.scaled(ended, entries[1], enter)
            self.tops[tape] = self.names.fresh(f"{tops[tape][:-4]}_at")
            self.added.add(self.tops[tape])
            enter.append(Bind(self.tops[tape], "operator.add", (top, place), (), s.span))
        self.apart = True

        def block(statements: Block) -> Block:
            return tuple(x for inner in statements for x in one(inner))

        def one(x: Statement) -> list[Statement]:
            if x is loop and loop is not s:
                return [with_blocks(x, ((*enter, *self.block(x.blocks[0])),))]
            return self.statement(x)

        body = (*enter, *self.block(s.body)) if loop is s else block(s.body)
        self.tops, self.apart = tops, False
        return [*before, with_blocks(s, (body,)), *after]

    def bound(self, op: str, args: tuple[Operand, ...], out: list[Statement]) -> Name:
        """A new temporary."""
        name = self.temporary()
        out.append(Bind(name, op, args))
        return Name(name)

    def scaled(self, number: Operand, entries: Operand, out: list[Statement]) -> Operand:
        """``number * entries``."""
        return number if entries == Const(1) else self.bound("operator.mul", (number, entries), out)

    def part(self, s: Bind) -> list[Statement]:
        """The part of a tape that holds, or is to hold, the elements of a part of some array."""
        tape, like = s.args
        top = self.tops[tape.id] if isinstance(tape, Name) else ""
        size = self.temporary()
        counted = Bind(size, "attribute.size", (like,), (), s.span)
        place = Bind(s.target, ONTO, (tape, Name(top), like), (), s.span)
        if s.op == FROM:
            return [counted, Bind(top, "operator.sub", (Name(top), Name(size)), (), s.span), place]
        room = Bind(tape.id, "numba.with_room", (tape, Name(top), Name(size)), (), s.span)  # type: ignore[union-attr]
        return [counted, room, place, Bind(top, "operator.add", (Name(top), Name(size)), (), s.span)]

    def returned(self, s: Return) -> list[Statement]:
        """What a primal hands on: of a tape the part that is filled."""
        before: list[Statement] = []

        def part(o: Operand) -> Operand:
            if isinstance(o, Pack):
                return replace(o, items=tuple(map(part, o.items)))
            if not isinstance(o, Name) or o.id not in self.dtypes:
                return o
            name = self.temporary()
            filled = Pack("slice", (Const(None), Name(self.tops[o.id]), Const(None)))
            before.append(Bind(name, "index", (o, filled), (), s.span))
            return Name(name)

        value = part(s.value)
        return [*before, replace(s, value=value)]


def dtype_name(dtype: str) -> Operand:
    """A dtype as an operand that is written ``np.float64``."""
    word = "bool_" if dtype == "bool" else dtype
    return Const(np.dtype(dtype).type, f"np.{word}")


def _lists(program: Program) -> list[str]:
    """Names of empty lists that nothing but Push and Pop touches."""
    made: dict[str, None] = {}
    other: set[str] = set()
    for s in walk(program.body):
        if isinstance(s, Bind) and s.op == "copy" and s.args == (Pack("list", ()),):
            made[s.target] = None
        elif isinstance(s, Bind) and s.op in (ONTO, FROM):
            other.update(names_in(s.args[1]))
        elif isinstance(s, (Push, Pop)):
            other.update(names_in(s.value) if isinstance(s, Push) else ())
            other.update(names_bound(s))
        elif isinstance(s, Return) and isinstance(s.value, Pack):
            other.update(n for o in s.value.items[:1] for n in names_in(o))
        else:
            other.update((*reads(s), *names_bound(s)))
    return [n for n in made if n not in other]


def _dtype(tape: str, program: Program, types: Types) -> str | None:
    """The dtype of everything pushed; None if that is no number, or not known."""
    if any(isinstance(s, Bind) and s.op in (ONTO, FROM) and s.args[0] == Name(tape) for s in walk(program.body)):
        return "float64"
    found = {_number_dtype(s.value, types) for s in walk(program.body) if isinstance(s, Push) and s.stack == tape}
    if None in found or not found:
        return None
    if len(found) == 1:
        return found.pop()
    return "complex128" if "complex128" in found else "float64" if "float64" in found else None


def _number_dtype(o: Operand, types: Types) -> str | None:
    if isinstance(o, Const):
        return DTYPES.get(type(o.value).__name__)
    t: Type | None = types.get(o.id) if isinstance(o, Name) else None
    if t is None:
        return None
    return t.dtype if t.kind in ("scalar", "number") and t.dtype else DTYPES.get(t.kind)
