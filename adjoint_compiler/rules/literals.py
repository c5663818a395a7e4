"""Pullbacks for sequences of numbers that are written out where they are used."""

from __future__ import annotations

from adjoint_compiler.ir.nodes import Operand, Pack
from adjoint_compiler.ir.types import FLOAT, UNKNOWN, Type, is_number, is_real


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


def multiplied(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str] | None:
    """The pullback of ``math.prod(items)`` of real numbers: without shapes and conjugates.

    >>> multiplied({"iterable": Type("array", "float64", 1)}, {})["start"]
    'g * prod(iterable)'
    >>> multiplied({"iterable": Type("array", "float64", 2)}, {}) is None
    True
    """
    t, start = types.get("iterable", UNKNOWN), types.get("start", FLOAT)
    items = t.items if t.kind in ("tuple", "list") else ()
    numbers = items and all(is_number(i) and is_real(i) for i in items)
    if not (numbers or (t.kind == "array" and t.ndim == 1 and is_real(t))) or not (is_number(start) and is_real(start)):
        return None
    others = "products_before(stack_items(iterable)) * products_before(stack_items(iterable), None, -1)"
    return {"iterable": f"list_items(g * start * {others}, iterable)", "start": "g * prod(iterable)"}
