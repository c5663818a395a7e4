"""Tables of shadows as Numba types them, and what they are told of memory that compiled code has not allocated.

shadows = {}                          ->     shadows = shadow_table()
                                             enter_memory(shadows, (x, tape[-1]))
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Effect, Name, Operand, Pack, Program, Statement
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import array_type
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_statements

SHADOW = "adjoint_compiler.runtime.memory.shadow"


def uses_tables(program: Program) -> bool:
    """Whether shadows are found by memory."""
    return bool(_tables(program))


def _tables(program: Program) -> set[int]:
    """The statements, by identity, that make a table: no line of the program does, or a shadow is looked for in it."""
    asked = {n for s in program.statements if isinstance(s, Bind) and s.op == SHADOW for n in names_in(s.args[0])}
    made = (s for s in program.statements if isinstance(s, Bind) and s.op == "copy" and s.args == (Pack("dict", ()),))
    return {id(s) for s in made if not s.span.line or s.target in asked}


def typed_tables(program: Program, types: Types, tape: str | None) -> Program:
    """The program with tables that Numba knows the types of.

    Args:
        program: a generated program.
        types: the types of its names; those of new names are added.
        tape: the name of its tape, if its last item is the memory of all arrays in it (see ``own_tapes``).
    """
    tables = _tables(program)
    if not tables:
        return program
    if tape is None:
        program = tables_of_lists(program, types, tables)
    names = Names({n for s in walk(program.body) for n in (*reads(s), *names_bound(s))} | {*program.params})
    memory = names.fresh("memory")
    types[memory] = array_type("uint8", 1)
    given = [p for p in program.params if p in types and types[p].kind == "array"]
    known: tuple[Operand, ...] = tuple(map(Name, given if tape is None else [*given, memory]))

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Bind) or id(s) not in tables:
            return [s]
        taken = [Bind(memory, "index", (Name(tape), Const(-1)), (), s.span)] if tape is not None else []
        table = Bind(s.target, "numba.shadow_table", (), (), s.span)
        enter = Effect("store", (Name(s.target), Pack("tuple", known)), s.span, "enter_memory")
        return [table, *taken, *([enter] if known else [])]

    return replace(map_statements(program, change), temporaries=program.temporaries | {memory})


def tables_of_lists(program: Program, types: Types, tables: set[int]) -> Program:
    """The program with tables of their own for lists: which one it is tells its address, not the memory that it lies in.

    Not in adjoints that are called with a tape: Numba hands out a copy of each list on it.
    """
    made = {s.target for s in program.statements if id(s) in tables and isinstance(s, Bind)}

    def of_list(s: Statement) -> str | None:
        """The table that a list's shadow is looked for in."""
        if not isinstance(s, Bind) or s.op != SHADOW or not isinstance(s.args[0], Name) or s.args[0].id not in made:
            return None
        return s.args[0].id if operand_type(s.args[1], types).kind == "list" else None

    names = Names(program.mentioned)
    lists = {t: names.fresh(f"{t}_of_lists") for t in sorted({of_list(s) or "" for s in program.statements} - {""})}
    if not lists:
        return program

    def change(s: Statement) -> list[Statement]:
        table = of_list(s)
        if table is not None and isinstance(s, Bind):
            return [replace(s, op="numba.list_shadow", args=(Name(lists[table]), s.args[1]))]
        if id(s) in tables and isinstance(s, Bind) and s.target in lists:
            return [s, Bind(lists[s.target], "numba.list_table", (), (), s.span)]
        return [s]

    return map_statements(program, change)


__all__ = ["typed_tables", "uses_tables"]
