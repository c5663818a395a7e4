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
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Const, If, Name, Operand, Pack, Pop, Program, Push, Statement, Store
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import Type
from adjoint_compiler.ir.walk import names_bound, reads, walk

FIRST_SIZE = 64
DTYPES = {"bool": "bool", "int": "int64", "float": "float64", "number": "float64", "complex": "complex128"}


def array_tapes(program: Program, types: Types) -> Program:
    """The program with arrays for lists that only are pushed onto and popped from, and hold numbers of one dtype."""
    dtypes = {t: d for t in _lists(program) if (d := _dtype(t, program, types)) is not None}
    if not dtypes:
        return program
    statements = walk(program.body)
    names = Names({n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free})
    tops = {t: names.fresh((t[:-5] if t.endswith("_tape") else t) + "_top") for t in sorted(dtypes)}
    added: set[str] = set()

    def statement(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.target in dtypes:
            made = Bind(s.target, "numpy.empty", (Const(FIRST_SIZE), dtype_name(dtypes[s.target])), (), s.span)
            return [made, Bind(tops[s.target], "copy", (Const(0),), (), s.span)]
        if isinstance(s, Push) and s.stack in dtypes:
            size, full = names.fresh("t"), names.fresh("t")
            added.update((size, full))
            return _pushed(s, tops[s.stack], size, full)
        if isinstance(s, Pop) and s.stack in dtypes:
            top = tops[s.stack]
            down: list[Statement] = [Bind(top, "operator.sub", (Name(top), Const(1)), (), s.span)]
            return down + ([Bind(s.target, "index", (Name(s.stack), Name(top)), (), s.span)] if s.target else [])
        return [with_blocks(s, tuple(map(block, s.blocks))) if s.blocks else s]

    def block(statements: Block) -> Block:
        return tuple(x for s in statements for x in statement(s))

    body = block(program.body)
    return replace(program, body=body, temporaries=program.temporaries | added)


def dtype_name(dtype: str) -> Operand:
    """A dtype as an operand that is written ``np.float64``."""
    word = "bool_" if dtype == "bool" else dtype
    return Const(np.dtype(dtype).type, f"np.{word}")


def _pushed(s: Push, top: str, size: str, full: str) -> list[Statement]:
    grow = Bind(s.stack, "numba.grown", (Name(s.stack),), (), s.span)
    return [
        Bind(size, "attribute.size", (Name(s.stack),), (), s.span),
        Bind(full, "operator.eq", (Name(top), Name(size)), (), s.span),
        If(Name(full), (grow,), (), s.span),
        Store(s.stack, Name(top), s.value, s.span),
        Bind(top, "operator.add", (Name(top), Const(1)), (), s.span),
    ]


def _lists(program: Program) -> list[str]:
    """Names of empty lists that nothing but Push and Pop touches."""
    made: dict[str, None] = {}
    other: set[str] = set()
    for s in walk(program.body):
        if isinstance(s, Bind) and s.op == "copy" and s.args == (Pack("list", ()),):
            made[s.target] = None
        elif isinstance(s, (Push, Pop)):
            other.update(names_in(s.value) if isinstance(s, Push) else ())
            other.update(names_bound(s))
        else:
            other.update((*reads(s), *names_bound(s)))
    return [n for n in made if n not in other]


def _dtype(tape: str, program: Program, types: Types) -> str | None:
    """The dtype of everything pushed; None if that is no number, or not known."""
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
    return t.dtype if t.kind == "scalar" else DTYPES.get(t.kind)
