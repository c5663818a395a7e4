"""Tables of shadows as Numba types them, and what they are told of memory that compiled code has not allocated.

shadows = {}                          ->     shadows = shadow_table()
                                             enter_memory(shadows, (x, tape[-1]))
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Effect, Name, Operand, Pack, Program, Statement
from adjoint_compiler.ir.types import array_type
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_statements


def uses_tables(program: Program) -> bool:
    """Whether shadows are found by memory."""
    return any(_makes_table(s) for s in walk(program.body))


def _makes_table(s: Statement) -> bool:
    """Whether a statement makes a table; dicts of the user's own come from some line of the program."""
    return isinstance(s, Bind) and s.op == "copy" and s.args == (Pack("dict", ()),) and not s.span.line


def typed_tables(program: Program, types: Types, tape: str | None) -> Program:
    """The program with tables that Numba knows the types of.

    Args:
        program: a generated program.
        types: the types of its names; those of new names are added.
        tape: the name of its tape, if its last item is the memory of all arrays in it (see ``own_tapes``).
    """
    if not uses_tables(program):
        return program
    names = Names({n for s in walk(program.body) for n in (*reads(s), *names_bound(s))} | {*program.params})
    memory = names.fresh("memory")
    types[memory] = array_type("uint8", 1)
    given = [p for p in program.params if p in types and types[p].kind == "array"]
    known: tuple[Operand, ...] = tuple(map(Name, given if tape is None else [*given, memory]))

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Bind) or not _makes_table(s):
            return [s]
        taken = [Bind(memory, "index", (Name(tape), Const(-1)), (), s.span)] if tape is not None else []
        table = Bind(s.target, "numba.shadow_table", (), (), s.span)
        enter = Effect("store", (Name(s.target), Pack("tuple", known)), s.span, "enter_memory")
        return [table, *taken, *([enter] if known else [])]

    return replace(map_statements(program, change), temporaries=program.temporaries | {memory})


__all__ = ["typed_tables", "uses_tables"]
