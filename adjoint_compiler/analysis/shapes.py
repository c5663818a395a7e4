"""Which arrays certainly have the same shape, by value numbering; broadcasting need not be undone between them."""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Name, Program, binds, walk
from adjoint_compiler.ir.types import UNKNOWN, is_number, may_be_array

SAME_SHAPE = ("numpy.zeros_like", "numpy.ones_like", "numpy.empty_like", "numpy.full_like", "numpy.copy", "copy")


def shape_classes(program: Program, types: Types) -> dict[str, str]:
    """A symbol per array name; equal symbols mean equal shapes.

    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (Bind("t", "numpy.sin", (Name("x"),)),)
    >>> shape_classes(Program("f", ("x",), body), {"x": array_type("float64", 1), "t": array_type("float64", 1)})
    {'x': 'x', 't': 'x'}
    """
    counts: dict[str, int] = {}
    for s in walk(program.body):
        target = binds(s)
        if target is not None:
            counts[target] = counts.get(target, 0) + 1
    shapes = {p: p for p in (*program.params, *program.free) if p not in counts}
    for s in walk(program.body):
        target = binds(s)
        if target is None or counts[target] > 1 or target in program.params:
            continue
        symbol = target
        if isinstance(s, Bind):
            found = {
                shapes.get(a.id, a.id)
                for a in s.args
                if isinstance(a, Name) and not is_number(types.get(a.id, UNKNOWN)) and may_be_array(types.get(a.id, UNKNOWN))
            }
            rule = rules.TABLE.by_key.get(s.op)
            elementwise = rule is not None and rule.kind == "elementwise" and all(not p.startswith("*") for p in rule.params)
            multi = any(counts.get(a.id, 0) > 1 for a in s.args if isinstance(a, Name))
            if len(found) == 1 and not multi and (elementwise or s.op in SAME_SHAPE):
                symbol = found.pop()
        shapes.setdefault(target, symbol)
    return shapes
