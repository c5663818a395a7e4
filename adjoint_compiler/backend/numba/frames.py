"""Tapes of recursive functions as numbers: a tape that holds the tape of a call like its own has no type that Numba knows.

def f_primal(x, n):                             def f_primal(x, n, f_frames):
    ...                                             ...
        y, y_tape = f_primal(x, n - 1)                  y, y_tape = f_primal(x, n - 1, f_frames)
    return result, (test, y, y_tape)     ->         frame = new_frame(f_frames, (test, y, y_tape))
                                                    return result, frame

def f_adjoint(tape, result_bar, x):             def f_adjoint(tape, result_bar, x, f_frames):
    y = tape[1]                                     y = f_frames[1][tape]

For each item of the tape there is a list of what all calls have recorded there. The outermost function makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.tapes import dtype_name
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Call, Const, Name, Operand, Pack, Program, Return, Statement
from adjoint_compiler.ir.types import INT, UNKNOWN, Type, array_type, is_discrete
from adjoint_compiler.optimize.rename import map_statements

NEW, NONE_YET = "numba.new_frame", "numba.no_frames"
SIMPLE = {"bool": False, "int": 0, "float": 0.0, "number": 0.0, "real": 0.0, "complex": 0j, "str": "", "none": None}


@dataclass
class Frames:
    """What the calls of the recursive functions of a module record.

    Attributes:
        items: the types of the items of the tapes, by the names of primals.
        needs: the primals whose lists each program takes, by its name.
    """

    items: dict[str, tuple[Type, ...]] = field(default_factory=dict)
    needs: dict[str, frozenset[str]] = field(default_factory=dict)


def tape_numbers(program: Program, types: Types) -> None:
    """The types of tapes of calls, before they are numbers: they will be."""
    types.update((s.tape, INT) for s in program.statements if isinstance(s, Call) and s.tape)


def find_frames(pairs: Iterable[tuple[Program, ...]], types: dict[str, Types], main: tuple[Program, ...]) -> Frames:
    """What recursive functions record, and which programs must know of it.

    Args:
        pairs: the recursive functions: a primal and an adjoint, or one program that has no adjoint.
        types: the types of the names of their programs, by the names of these.
        main: the outermost programs.

    Raises:
        DifferentiationError: what is recorded is of no type that Numba keeps in a list.
    """
    pairs = tuple(pairs)
    found = Frames()
    own: dict[str, frozenset[str]] = {}
    for programs in pairs:
        if len(programs) == 2:
            primal = programs[0]
            tape = tape_of(primal)
            found.items[primal.name] = tuple(_item_type(o, primal, types[primal.name]) for o in tape)
            own.update((p.name, frozenset({primal.name})) for p in programs)
    every = [*(p for programs in pairs for p in programs), *main]
    found.needs = {p.name: own.get(p.name, frozenset()) for p in every}
    while True:
        before = dict(found.needs)
        for p in every:
            called = [found.needs.get(s.callee, frozenset()) for s in p.statements if isinstance(s, Call)]
            found.needs[p.name] = found.needs[p.name].union(*called)
        if found.needs == before:
            return found


def tape_of(primal: Program) -> tuple[Operand, ...]:
    """The items of the tape that a primal returns."""
    last = primal.body[-1]
    assert isinstance(last, Return) and isinstance(last.value, Pack)
    tape = last.value.items[1]
    assert isinstance(tape, Pack)
    return tape.items


def _item_type(o: Operand, primal: Program, types: Types) -> Type:
    """The type of an item of a tape."""
    found = operand_type(o, types)
    if found == UNKNOWN and isinstance(o, Name):
        made = next((s for s in primal.statements if isinstance(s, Bind) and s.target == o.id), None)
        if (
            made is not None and made.op == "index" and isinstance(made.args[0], Name)
        ):  # of a tape the part that is filled
            tape = next(s for s in primal.statements if isinstance(s, Bind) and s.target == made.args[0].id)
            kinds = [a.value for a in tape.args if isinstance(a, Const) and isinstance(a.value, type)]
            found = array_type(kinds[0], 1) if kinds else UNKNOWN
    if not _is_kept(found):
        what = f"`{o.id}`" if isinstance(o, Name) and o.id not in primal.temporaries else "something"
        message = f"this function calls itself and records {what}, of a type that Numba keeps in no list"
        advice = "write it with what Numba supports, or use backend='numpy'"
        raise DifferentiationError(Diagnostic("AC021", primal.span, message, (), advice))
    return found


def _is_kept(t: Type) -> bool:
    """Whether there is a sample of a type."""
    if t.kind in ("tuple", "list"):
        return all(map(_is_kept, t.items)) and (t.kind == "tuple" or len(set(t.items)) == 1)
    return t.kind in SIMPLE or t.kind == "scalar" or t.kind == "array" and bool(t.dtype) and t.ndim is not None


def with_frames(program: Program, types: Types, frames: Frames, role: str, handed_on: int = 0) -> Program:
    """A program whose calls of recursive functions have numbers for tapes.

    Args:
        program: one of the programs that ``find_frames`` was asked about.
        types: the types of its names; those of new names are added.
        frames: what is recorded.
        role: ``internal`` for a recursive function; for the outermost program ``joint``, or ``primal`` and ``adjoint`` of a pair.
        handed_on: for such an adjoint how many items its tape has without the lists.
    """
    needed = sorted(frames.needs[program.name])
    if not needed:
        return program
    names, added = Names({*program.mentioned, *program.params, *program.free}), set(program.temporaries)
    holders = {n: names.fresh(f"{n.removesuffix('_primal')}_frames") for n in needed}

    def temporary(t: Type) -> str:
        name = names.fresh("t")
        added.add(name)
        types[name] = t
        return name

    own = next((n for n in needed if program.name in (n, f"{n.removesuffix('_primal')}_adjoint")), None)
    body: Block = program.body
    params = program.params
    if role == "internal":
        params = (*params, *holders.values())
        if own is not None and program.name == own:
            body = _entering(program, Name(holders[own]), names.fresh("frame"))
        elif own is not None:
            body = _leaving(program, holders[own], temporary)
    elif role == "adjoint":
        taken = (Bind(h, "index", (Name(params[0]), Const(handed_on + k))) for k, h in enumerate(holders.values()))
        body = (*taken, *body)
    else:
        body = (*(s for n in needed for s in _lists(Name(holders[n]), frames.items[n], temporary)), *body)
        if role == "primal":
            body = (*body[:-1], _handing_on(body[-1], tuple(holders.values())))

    def call(s: Statement) -> list[Statement]:
        if not isinstance(s, Call):
            return [s]
        more = tuple(Name(holders[n]) for n in sorted(frames.needs.get(s.callee, ())))
        return [replace(s, args=(*s.args, *more))]

    return map_statements(replace(program, params=params, body=body, temporaries=frozenset(added)), call)


def _entering(primal: Program, holder: Name, frame: str) -> Block:
    """A primal that records in lists, and hands on the number of the call."""
    last = primal.body[-1]
    assert isinstance(last, Return) and isinstance(last.value, Pack)
    entered = Bind(frame, NEW, (holder, last.value.items[1]), (), last.span)
    value = Pack("tuple", (last.value.items[0], Name(frame)))
    return (*primal.body[:-1], entered, replace(last, value=value))


def _leaving(adjoint: Program, holder: str, temporary: Callable[[Type], str]) -> Block:
    """An adjoint that reads what the call of this number has recorded."""
    tape = adjoint.params[0]

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.op == "index" and s.args[0] == Name(tape):
            column = temporary(UNKNOWN)
            taken = Bind(column, "index", (Name(holder), s.args[1]), (), s.span)
            return [taken, replace(s, args=(Name(column), Name(tape)))]
        return [s]

    return map_statements(adjoint, change).body


def _lists(holder: Name, items: tuple[Type, ...], temporary: Callable[[Type], str]) -> list[Statement]:
    """The lists, without anything in them."""
    out: list[Statement] = []

    def sample(t: Type) -> Operand:
        if t.kind in SIMPLE:
            return Const(0 if is_discrete(t) and t.kind == "number" else SIMPLE[t.kind])
        if t.kind in ("tuple", "list"):
            return Pack(t.kind, tuple(map(sample, t.items if t.kind == "tuple" else t.items[:1])))
        name = temporary(t)
        if t.kind == "scalar":
            out.append(Bind(name, f"numpy.{t.dtype}", (Const(0),)))
        else:
            shape = Pack("tuple", (Const(0),) * (t.ndim or 0))
            out.append(Bind(name, "numpy.empty", (shape, dtype_name(t.dtype))))
        return Name(name)

    samples = Pack("tuple", tuple(map(sample, items)))
    return [*out, Bind(holder.id, NONE_YET, (samples,))]


def _handing_on(s: Statement, holders: tuple[str, ...]) -> Return:
    """What the outermost primal returns, with the lists at the end of its tape."""
    assert isinstance(s, Return) and isinstance(s.value, Pack)
    tape = s.value.items[1]
    assert isinstance(tape, Pack)
    tape = replace(tape, items=(*tape.items, *map(Name, holders)))
    return replace(s, value=replace(s.value, items=(s.value.items[0], tape)))


__all__ = ["Frames", "find_frames", "tape_numbers", "tape_of", "with_frames"]
