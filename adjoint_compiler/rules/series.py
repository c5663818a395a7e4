"""Recurrences for Taylor coefficients: one line for each operation that is neither linear nor made of lines.

Griewank and Walther, Evaluating Derivatives, section 13.2. Expressions are over ``y`` (the result), the parameters' names, and
those names with an underscore for their coefficients from order 1 on (None for a constant).
"""

from __future__ import annotations

from adjoint_compiler import runtime
from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import function_key, inert

_LN2, _PER_LN2, _PER_LN10, _ERF = 0.6931471805599453, 1.4426950408889634, 0.4342944819032518, 1.1283791670955126
_BY_NAME = {
    "exp": "exp_series(y, x, x_)",
    "exp2": f"exp_series(y, x, x_, {_LN2})",
    "expm1": "exp_series(y, x, x_, 1.0, 1.0)",
    "log": "log_series(y, x, x_)",
    "log2": f"log_series(y, x, x_, {_PER_LN2})",
    "log10": f"log_series(y, x, x_, {_PER_LN10})",
    "log1p": "log_series(y, x, x_, 1.0, 1.0)",
    "sqrt": "power_series(y, x, x_, 0.5, None)",
    "cbrt": "power_series(y, x, x_, 1 / 3, None)",
    "square": "product_series(y, x, x_, x, x_)",
    "reciprocal": "quotient_series(y, 1.0, None, x, x_)",
    "sin": "sine_series(y, x, x_)",
    "cos": "cosine_series(y, x, x_)",
    "tan": "tangent_series(y, x, x_)",
    "sinh": "sine_series(y, x, x_, 1.0)",
    "cosh": "cosine_series(y, x, x_, 1.0)",
    "tanh": "tangent_series(y, x, x_, -1.0)",
    "hypot": "hypot_series(y, x, x_, z, z_)",
    "arctan2": "arctan2_series(y, x, x_, z, z_)",
    "atan2": "arctan2_series(y, x, x_, z, z_)",
    "erf": f"integral_series(y, x, x_, 0.0, -1.0, 0.0, {_ERF})",
    "erfc": f"integral_series(y, x, x_, 0.0, -1.0, 0.0, -{_ERF})",
    "mul": "product_series(y, x, x_, z, z_)",
    "multiply": "product_series(y, x, x_, z, z_)",
    "truediv": "quotient_series(y, x, x_, z, z_)",
    "divide": "quotient_series(y, x, x_, z, z_)",
    "pow": "power_series(y, x, x_, z, z_)",
    "power": "power_series(y, x, x_, z, z_)",
    "float_power": "power_series(y, x, x_, z, z_)",
    "logaddexp": "logaddexp_series(y, x, x_, z, z_)",
    "logaddexp2": f"logaddexp_series(y, x, x_, z, z_, {_LN2})",
}
for _numpy, _math, _numbers in (
    ("arcsin", "asin", "1.0, -1.0, -0.5"),
    ("arccos", "acos", "1.0, -1.0, -0.5, -1.0"),
    ("arctan", "atan", "1.0, 1.0, -1.0"),
    ("arcsinh", "asinh", "1.0, 1.0, -0.5"),
    ("arccosh", "acosh", "-1.0, 1.0, -0.5"),
    ("arctanh", "atanh", "1.0, -1.0, -1.0"),
):
    _BY_NAME[_numpy] = _BY_NAME[_math] = f"integral_series(y, x, x_, {_numbers})"


def recurrence(op: str) -> str | None:
    """The recurrence of an operation of NumPy, ``math`` or Python's own on one or two operands; None if there is none.

    >>> recurrence("math.exp"), recurrence("numpy.linalg.inv")
    ('exp_series(y, x, x_)', None)
    """
    module, _, name = op.rpartition(".")
    known = (module in ("numpy", "math", "operator") and op != "math.hypot") or op == "builtins.pow"
    return _BY_NAME.get(name) if known else None


# linear in all operands taken together, elementwise
LINEAR = frozenset(
    "operator.add numpy.add operator.sub numpy.subtract operator.neg numpy.negative operator.pos numpy.positive"
    " numpy.degrees numpy.rad2deg numpy.radians numpy.deg2rad math.degrees math.radians builtins.float numpy.float16 numpy.float32"
    " numpy.float64 numpy.longdouble numpy.complex64 numpy.complex128 numpy.clongdouble numpy.nextafter math.nextafter"
    " numpy.add.reduce numpy.add.accumulate numpy.add.outer numpy.subtract.outer numpy.real_if_close".split()
)
# linear in the first operand
LINEAR_IN_FIRST = frozenset(
    "operator.truediv numpy.divide numpy.divide.outer numpy.trapezoid numpy.quantile numpy.percentile numpy.nanquantile"
    " numpy.nanpercentile".split()
)
# made of pieces that are linear: the coefficients follow the piece that the value lies on
PIECEWISE = frozenset(
    "numpy.absolute builtins.abs numpy.fabs math.fabs numpy.maximum numpy.minimum numpy.fmax numpy.fmin numpy.clip numpy.max"
    " numpy.min numpy.amax numpy.amin numpy.sort numpy.nan_to_num builtins.max builtins.min numpy.median numpy.nanmedian"
    " numpy.copysign math.copysign operator.mod numpy.remainder numpy.fmod math.fmod math.remainder numpy.partition numpy.ptp"
    " numpy.nansum numpy.nanmean numpy.nancumsum numpy.nanmax numpy.nanmin numpy.maximum.reduce numpy.minimum.reduce".split()
)


def _of_result(types: Types, operands: Operands) -> Type | None:
    return types.get("y_")


for _name in (
    "exp",
    "log",
    "sine",
    "cosine",
    "tangent",
    "integral",
    "power",
    "product",
    "quotient",
    "multilinear",
    "hypot",
    "arctan2",
    "logaddexp",
):
    inert(f"{_name}_series(y_, *operands)", getattr(runtime, f"{_name}_series"), result=_of_result)
RUNTIME = function_key(runtime.exp_series).rsplit(".", 1)[0]


def is_linear(rule: Rule, active: list[str], count: int) -> bool:
    """Whether the coefficients of each order are those of the operands, under the same linear map.

    Args:
        rule: the rule of the operation.
        active: the parameters that have coefficients.
        count: how many operands have, of which one parameter may take several.

    >>> from adjoint_compiler.rules import TABLE
    >>> is_linear(TABLE.by_key["operator.mul"], ["x"], 1), is_linear(TABLE.by_key["operator.mul"], ["x", "z"], 2)
    (True, False)
    """
    if rule.name in LINEAR or rule.name in PIECEWISE:
        return True
    if rule.name in ("operator.mul", "numpy.multiply"):
        return count == 1
    if rule.name in LINEAR_IN_FIRST:
        return active == [rule.params[0]]
    if rule.kind != "structural":
        return False
    return rule.linear.issuperset(active) or (count == 1 and rule.bilinear.issuperset(active))


__all__ = ["RUNTIME", "is_linear", "recurrence"]
