"""Adjoints as gradients: in the type and shape of what is differentiated by."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_absent, is_array, is_number, items_of, made

__all__ = ["array_gradient", "as_gradient", "gradient_tangent", "number_gradient", "scalar_seed", "shaped_like"]

as_gradient, shaped_like, scalar_seed = runtime.as_gradient, runtime.shaped_like, runtime.scalar_seed
gradient_tangent = runtime.gradient_tangent
array_gradient, number_gradient = runtime.array_gradient, runtime.number_gradient


@compiled_as(array_gradient)
@compiled_as(number_gradient)
@compiled_as(as_gradient)
def _as_gradient(g: Any, x: Any) -> Any:
    if isinstance(x, types.BaseTuple) and isinstance(g, types.BaseTuple) and len(g) == len(x):
        items = "".join(f"as_gradient(g[{k}], x[{k}]), " for k in range(len(items_of(x))))
        names = {"as_gradient": as_gradient, "cls": getattr(x, "instance_class", None)}
        named = isinstance(x, types.BaseNamedTuple)
        return made(f"def each(g, x):\n    return {'cls' if named else ''}({items})", "each", **names)
    if isinstance(x, types.List) and isinstance(g, types.List):
        return lambda g, x: [as_gradient(g[k], x[k]) for k in range(len(x))]
    if (
        isinstance(x, (types.Integer, types.Boolean))
        or is_array(x)
        and not isinstance(x.dtype, (types.Float, types.Complex))
    ):
        return lambda g, x: None
    if is_array(x):
        if is_absent(g):
            return lambda g, x: np.zeros_like(x)

        def filled(g: Any, x: Any) -> Any:
            out = np.empty_like(x)
            out[...] = g
            return out

        def real(g: Any, x: Any) -> Any:
            out = np.empty_like(x)
            out[...] = g.real
            return out

        cut = isinstance(x.dtype, types.Float) and isinstance(g.dtype if is_array(g) else g, types.Complex)
        return real if cut else filled
    if isinstance(x, types.Complex):
        return lambda g, x: complex(g)
    if isinstance(x, types.Float) and isinstance(g, types.Complex):
        return lambda g, x: g.real
    if isinstance(x, types.Float) and is_array(g) and g.ndim == 0:
        return lambda g, x: g[()]
    if isinstance(x, types.Float) and is_number(g):
        return lambda g, x: float(g)
    return None


@compiled_as(gradient_tangent)
def _gradient_tangent(t: Any, x: Any) -> Any:
    if isinstance(x, types.BaseTuple) and isinstance(t, types.BaseTuple) and len(t) == len(x):
        items = "".join(f"gradient_tangent(t[{k}], x[{k}]), " for k in range(len(items_of(x))))
        return made(f"def each(t, x):\n    return ({items})", "each", gradient_tangent=gradient_tangent)
    return lambda t, x: as_gradient(t, x)


@compiled_as(shaped_like)
def _shaped_like(g: Any, x: Any) -> Any:
    if is_array(g) and is_array(x) and g.ndim == x.ndim:

        def checked(g: Any, x: Any) -> Any:
            if g.shape != x.shape:
                raise ValueError(
                    "operands do not fit together: the gradient of an array has another shape than the array"
                )
            return g

        return checked
    return (lambda g, x: g) if is_number(g) and is_number(x) else None


@compiled_as(scalar_seed)
def _scalar_seed(y: Any) -> Any:
    if isinstance(y, (types.Float, types.Integer)):
        return lambda y: 1.0
    if is_array(y) and isinstance(y.dtype, types.Float):

        def checked(y: Any) -> Any:
            if y.size != 1:
                raise TypeError("grad needs a real scalar result, not an array; use vjp")
            return np.ones_like(y)

        return checked
    return None
