"""What rules of SciPy's functions share: functions that only some versions have, parameters that are refused."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import Type, may_be_complex
from adjoint_compiler.rules.expressions import RuleError

POSITIVE, UNIT, INSIDE = (0.3, 3.0), (0.1, 0.9), (-0.9, 0.9)

GAMMA_DENSITY = "exp(xlogy({0} - 1, {1}) - {1} - gammaln({0}))"
BETA_DENSITY = "exp(xlogy({0} - 1, {2}) + xlog1py({1} - 1, -{2}) - betaln({0}, {1}))"


def present(module: ModuleType, *names: str) -> list[Callable[..., Any]]:
    """The functions of a module that this SciPy has.

    >>> import math
    >>> present(math, "sin", "function_of_a_later_version")
    [<built-in function sin>]
    """
    return [getattr(module, name) for name in names if hasattr(module, name)]


def refused(*params: str) -> dict[str, Any]:
    """Pullbacks of parameters without a derivative.

    >>> refused("v")
    {'v': "not_differentiated('functions like this in their parameter v')"}
    """
    return {p: f"not_differentiated('functions like this in their parameter {p}')" for p in params}


def real_only(types: dict[str, Type], operands: dict[str, Operand]) -> None:
    """Refuses complex operands of functions whose derivative is known for real ones only."""
    if any(map(may_be_complex, types.values())):
        raise RuleError("the derivative of this function of scipy.special is known for real numbers only")


def only(function: str, **values: Any) -> Callable[..., None]:
    """Refuses calls whose arguments differ from the only values that are differentiated."""

    def specialise(types: dict[str, Type], operands: dict[str, Operand]) -> None:
        for name, value in values.items():
            if operands.get(name, Const(value)) != Const(value):
                raise RuleError(f"{function}: supported is {name}={value!r}")

    return specialise
