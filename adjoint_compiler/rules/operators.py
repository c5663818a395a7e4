"""Python's operators, and the ufuncs that they are."""

from __future__ import annotations

import numpy as np

from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules.table import elementwise, inert, zero


def whole_power(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str] | None:
    """The partial of ``x**n`` as one writes it by hand, where ``n`` is a literal whole number above zero.

    >>> whole_power({}, {"z": Const(3)}), whole_power({}, {"z": Const(0.5)})
    ({'x': '3 * x ** 2'}, None)
    """
    z = operands.get("z")
    if not isinstance(z, Const) or type(z.value) not in (int, float) or not 1 <= z.value <= 1000 or z.value % 1:
        return None
    n = int(z.value)
    return {"x": "1" if n == 1 else "2 * x" if n == 2 else f"{n} * x ** {n - 1}"}


_QUOTIENT: dict[tuple[int, ...], str] = {(): "quotient_tangent(x_dot, z_dot, y, z)"}

# fmt: off
elementwise("add(x, z)", "operator.add", np.add, x="1", z="1", linear="x z")
elementwise("sub(x, z)", "operator.sub", np.subtract, x="1", z="-1", linear="x z")
elementwise("mul(x, z)", "operator.mul", np.multiply, x="z", z="x", linear="x z")
elementwise("div(x, z)", "operator.truediv", x="1 / z", z="-y * (1 / z)", singular="x z", linear="x",
            domain={"z": (0.5, 2)}, together=_QUOTIENT)
elementwise("div(x, z)", np.divide, x="divide(1, z)", z="-y * divide(1, z)", singular="x z", linear="x",
            domain={"z": (0.5, 2)}, together=_QUOTIENT,
            note="np.divide(1.0, 0.0) is inf where 1.0 / 0.0 raises, and so is its partial")
elementwise("pow(x, z)", "operator.pow", np.power, np.float_power,
            x="power_partial_base(x, z)", z="power_partial_exponent(x, z, y)", singular="x z",
            domain={"x": (0.5, 2)},
            specialise=whole_power, note="0 where the exponent is 0; the exponent's partial is 0 at base 0")
elementwise("neg(x)", "operator.neg", np.negative, x="-1", linear="x")
elementwise("pos(x)", "operator.pos", np.positive, x="1", linear="x")
elementwise("mod(x, z)", "operator.mod", x="1", z="-(x // z)", domain={"z": (0.5, 2)},
            note="at a jump: one side")
elementwise("mod(x, z)", np.remainder, x="1", z="-floor_divide(x, z)", domain={"z": (0.5, 2)},
            note="at a jump: one side")
zero("floordiv(x, z)", "operator.floordiv", np.floor_divide)
# fmt: on
for _name in ("lt", "le", "gt", "ge", "eq", "ne", "and_", "or_", "xor", "lshift", "rshift", "is_", "is_not"):
    inert(f"{_name}(x, z)", f"operator.{_name}")
for _name in ("not_", "invert"):
    inert(f"{_name}(x)", f"operator.{_name}")
inert("contains(container, item)", "operator.contains")
