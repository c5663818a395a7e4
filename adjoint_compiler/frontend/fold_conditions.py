"""What operations give whose operands are constants: comparisons, truth, the number of axes, whether numbers are complex.

test = np.ndim(x) == 2      ->      test = True, for a matrix x
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.joins import classes_of
from adjoint_compiler.ir.nodes import Bind, Const, Operand, Pack
from adjoint_compiler.ir.types import is_number, is_object, may_be_complex
from adjoint_compiler.rules import shapes

FOLDED: dict[str, Callable[..., Any]] = {
    "operator.not_": operator.not_,
    "builtins.bool": bool,
    **{f"operator.{name}": getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
}


def is_plain(o: Operand) -> bool:
    """Whether an operand is a number, a text or None that is written out.

    >>> is_plain(Const(2)), is_plain(Const(len))
    (True, False)
    """
    return isinstance(o, Const) and isinstance(o.value, (bool, int, float, str, type(None)))


def folded(s: Bind, types: Types) -> Const | None:
    """The constant that an operation gives; None where it gives none.

    >>> folded(Bind("t", "operator.eq", (Const(1), Const(2))), {})
    Const(value=False, text='')
    """
    if s.op in ("numpy.ndim", "attribute.ndim"):
        t = operand_type(s.args[0], types)
        of_numbers = t.kind in ("tuple", "list") and t.items and all(map(is_number, t.items))
        rank = 0 if t.kind in ("none", "str") else 1 if of_numbers else shapes.rank(t)
        return None if rank is None else Const(rank)
    if s.op == "numpy.iscomplexobj" and not s.kwargs:
        t = operand_type(s.args[0], types)
        return Const(may_be_complex(t)) if t.kind in ("array", "scalar", "float", "complex", "int") else None
    if s.op == "builtins.isinstance" and is_plain(s.args[0]):
        classes = s.args[1].items if isinstance(s.args[1], Pack) else (s.args[1],)
        known = tuple(o.value for o in classes if isinstance(o, Const) and isinstance(o.value, type))
        return Const(isinstance(s.args[0].value, known)) if len(known) == len(classes) else None  # type: ignore[union-attr]
    if s.op == "builtins.isinstance" and isinstance(s.args[1], Const):
        t = operand_type(s.args[0], types)
        answers = {issubclass(c.cls, s.args[1].value) for c in classes_of(t)}  # in a dead branch for another class
        return Const(answers.pop()) if len(answers) == 1 and not t.maybe_none else None
    if s.op == "builtins.bool" and not is_plain(s.args[0]):
        t = operand_type(s.args[0], types)
        if t.kind == "none":
            return Const(False)
        if is_object(t) and not t.maybe_none and isinstance(t.cls, type):
            return None if any(hasattr(t.cls, n) for n in ("__bool__", "__len__")) else Const(True)
    if s.op not in FOLDED or not all(map(is_plain, s.args)):
        return None
    try:
        return Const(FOLDED[s.op](*(o.value for o in s.args)))  # type: ignore[union-attr]
    except TypeError:  # numbers and texts have no order
        return None


__all__ = ["FOLDED", "folded", "is_plain"]
