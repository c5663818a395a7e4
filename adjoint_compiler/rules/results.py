"""Result types of rules whose sample evaluation does not tell."""

from __future__ import annotations

from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import REAL, Type
from adjoint_compiler.rules.expressions import RuleError

Types = dict[str, Type]
Operands = dict[str, Operand]


def pair(types: Types, operands: Operands) -> Type | None:
    """A pair of real numbers or arrays, when an operand's rank is not known; else left to a sample.

    >>> str(pair({"x": REAL}, {}))
    'tuple[real, real]'
    """
    if any(t.kind == "real" for t in types.values()):
        return Type("tuple", items=(REAL, REAL))
    return None


def only_copies(types: Types, operands: Operands) -> Type | None:
    """Refuse ``copy=False``, which makes ``np.nan_to_num`` change its argument; a sample tells the type."""
    if operands.get("copy", Const(True)) != Const(True):
        raise RuleError("numpy.nan_to_num: copy=False changes the argument; write x[...] = np.nan_to_num(x)")
    return None
