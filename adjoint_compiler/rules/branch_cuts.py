"""Partials of inverse functions of complex numbers, on the side of the branch cut that the sign of a zero says.

``arcsin`` jumps where it is crossed on the real axis beyond 1. On either side it has a derivative, and that
``2 + 0j`` lies above and ``2 - 0j`` below only shows in the sign of their imaginary part. ``1 - x`` and ``1 + x``
lose it; the result has it.
"""

from __future__ import annotations

from collections.abc import Callable

from adjoint_compiler.ir.nodes import Operand
from adjoint_compiler.ir.types import UNKNOWN, Type, holds_complex


def where_complex(partial: str) -> Callable[[dict[str, Type], dict[str, Operand]], dict[str, str] | None]:
    """The partial by ``x`` to use where ``x`` may be complex.

    >>> from adjoint_compiler.ir.types import COMPLEX, FLOAT
    >>> where_complex("1 / cos(y)")({"x": COMPLEX}, {}), where_complex("1 / cos(y)")({"x": FLOAT}, {})
    ({'x': '1 / cos(y)'}, None)
    """

    def specialise(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str] | None:
        return {"x": partial} if holds_complex(types.get("x", UNKNOWN)) else None

    return specialise
