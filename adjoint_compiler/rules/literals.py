"""Pullbacks for sequences of numbers that are written out where they are used."""

from __future__ import annotations

from adjoint_compiler.ir.nodes import Operand, Pack
from adjoint_compiler.ir.types import Type, is_number


def summed(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str] | None:
    """The pullback of ``sum([a, b])`` and ``math.fsum([a, b])``: the adjoint for each; no list is built.

    >>> from adjoint_compiler.ir.nodes import Const
    >>> from adjoint_compiler.ir.types import FLOAT
    >>> numbers = Pack("list", (Const(1.0), Const(2.0)))
    >>> summed({"seq": Type("list", items=(FLOAT, FLOAT))}, {"seq": numbers})
    {'seq': '(g, g)'}
    """
    param = "seq" if "seq" in operands else "iterable"
    operand, t = operands.get(param), types.get(param)
    if not isinstance(operand, Pack) or operand.kind not in ("tuple", "list") or t is None:
        return None
    if not t.items or len(t.items) != len(operand.items) or not all(map(is_number, t.items)):
        return None
    return {param: f"({', '.join('g' * len(t.items))}{',' if len(t.items) == 1 else ''})"}
