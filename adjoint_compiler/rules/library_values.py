"""Rules of what definitions call for values only."""

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import UNKNOWN, Type, array_type, is_container
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Result, Types, common_dtype, rank, value_or_array
from adjoint_compiler.rules.table import cite, inert, structural


def _counts(dims: int, names: str) -> Result:
    def result(types: Types, operands: Operands) -> Type | None:
        weights = types.get("weights")
        kind = "int64" if dims == 1 else "float64"
        if weights is not None and weights.kind != "none":
            dtype = common_dtype(weights)
            kind = "float64" if dtype is None or dtype.kind != "c" else "complex128"
        return Type("tuple", items=(array_type(kind, dims), *(array_type("float64", 1) for _ in names.split())))

    return result


def _no_container(types: Types, operands: Operands) -> Type:
    """Refuses copies of containers; the copy of a number or array is one."""
    if is_container(types["x"]):
        raise RuleError(
            "copies of containers are not differentiated; write list(x), or dict(x), and copy what they hold"
        )
    return types["x"]


def _solved(types: Types, operands: Operands) -> Type | None:
    a, b = types.get("a"), types.get("b")
    n, dtype = rank(b), common_dtype(a, b)
    if not n or dtype is None:
        return None
    real = "float32" if dtype.name in ("float32", "complex64") else "float64"
    x = dtype.name if dtype.kind in "fc" else "float64"
    return Type("tuple", items=(array_type(x, n), array_type(real, 1), Type("int"), array_type(real, 1)))


def _series(types: Types, operands: Operands) -> Type | None:
    """Vectors of coefficients, matrices, or values in the shape of points or their grid."""
    name, arguments = operands.get("name"), types.get("arguments")
    if not isinstance(name, Const) or arguments is None or not arguments.items:
        return None
    n = rank(arguments.items[0])
    ranks = {"pow": 1, "fromroots": 1, "companion": 2, "grid2d": 2, "grid3d": 3}
    found = next((m for end, m in ranks.items() if name.value.endswith(end)), n)
    dtype = common_dtype(*(t for t in arguments.items if t.kind == "array"))
    return None if found is None or dtype is None else value_or_array(np.result_type(dtype, 1.0), found)


# fmt: off
structural("constant(x)", runtime.constant, x="not_differentiated('calls with an active argument of this kind')", view="x", view_kind="same",
           result=lambda types, operands: types.get("x"))
structural("duplicate(x)", runtime.duplicate, x="g", linear="x", result=_no_container)
inert("histogram_value(a, bins=10, range=None, weights=None)", runtime.histogram_value, result=_counts(1, "edges"))
inert("histogram2d_value(x, y, bins=10, range=None, weights=None)", runtime.histogram2d_value, result=_counts(2, "x_edges y_edges"))
inert("histogramdd_value(sample, bins=10, range=None, density=None, weights=None, sizes=False)", runtime.histogramdd_value,
      result=lambda types, operands: UNKNOWN)
inert("lstsq_value(a, b, rcond=None)", runtime.lstsq_value, result=_solved)
inert("machine_epsilon(x)", runtime.machine_epsilon, shape_only="x", result=lambda types, operands: Type("float"))
inert("reduce_value(name, array, axis, initial=None)", runtime.reduce_value, result=lambda types, operands: UNKNOWN)
inert("reduceat_value(name, array, indices, axis=0)", runtime.reduceat_value, result=lambda types, operands: types.get("array"))
inert("scipy_value(name, arguments, options=())", runtime.scipy_value, result=lambda types, operands: UNKNOWN)
inert("object_value(name, arguments, at, options=(), method='__call__', further=None)", runtime.object_value, result=lambda types, operands: UNKNOWN)
inert("series_value(name, arguments)", runtime.series_value, result=_series)
inert("upper_factor(a)", runtime.upper_factor)
inert("multi_dot_value(arrays)", runtime.multi_dot_value)
cite("derivatives of the definitions that call them")
# fmt: on
