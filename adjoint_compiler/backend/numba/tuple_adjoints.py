"""Adjoints of tuples as tuples, which no item is stored into: under NumPy they are lists.

p_bar = zeros_like(p)                                p_bar = zeros_like(p)
p_bar[0] = add_structure(p_bar[0], x_bar)     ->     p_bar = with_item(p_bar, 0, add_structure(p_bar[0], x_bar))

Only of adjoints that nothing else refers to; what is left is refused by Numba.
"""

from __future__ import annotations

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Const, Name, Program, Push, Statement, Store
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import Type
from adjoint_compiler.optimize.rename import map_statements

ZEROS = "adjoint_compiler.runtime.structures.zeros_like"


def tuple_adjoints(program: Program, types: Types) -> Program:
    """The program with such adjoints as tuples.

    Args:
        program: a generated program.
        types: the types of its names.

    >>> p_bar, one = Name("p_bar"), Const(1.0)
    >>> body = (Bind("p_bar", ZEROS, (Name("p"),)), Store("p_bar", Const(0), one))
    >>> pair = Type("tuple", items=(Type("float"), Type("float")))
    >>> tuple_adjoints(Program("f", ("p",), body), {"p": pair}).body[1].op
    'numba.with_item'
    """
    made: dict[str, bool] = {}
    for s in program.statements:
        for n in s.bound:
            zeros = isinstance(s, Bind) and s.op == ZEROS and isinstance(s.args[0], Name)
            made[n] = made.get(n, True) and zeros and is_tuple(types.get(s.args[0].id))  # type: ignore[union-attr]
    kept = {n for n, yes in made.items() if yes} - {*program.params}
    for s in program.statements:
        if (
            isinstance(s, Store)
            and s.target in kept
            and not (isinstance(s.index, Const) and type(s.index.value) is int)
        ):
            kept.discard(s.target)
        if isinstance(s, (Store, Push)) or isinstance(s, Bind) and s.op == "copy":
            kept -= {n for o in ((s.value,) if isinstance(s, (Store, Push)) else s.args) for n in names_in(o)}
    if not kept:
        return program

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Store) and s.target in kept:
            return [Bind(s.target, "numba.with_item", (Name(s.target), s.index, s.value), (), s.span)]
        return [s]

    return map_statements(program, change)


def is_tuple(t: Type | None) -> bool:
    """Whether values of a type are tuples, named or not."""
    return t is not None and (
        t.kind == "tuple" or t.kind == "record" and isinstance(t.cls, type) and issubclass(t.cls, tuple)
    )


__all__ = ["tuple_adjoints"]
