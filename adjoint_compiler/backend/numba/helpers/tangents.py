"""Tangents: in memory that is laid out as that of their variables, and where partials are not finite."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.dicts import each_value
from adjoint_compiler.backend.numba.helpers.memory import entry_copy
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, is_number, items_of, made

__all__ = ["guarded_tangent", "laid_out", "quotient_tangent", "stretched", "tangent_like", "zero_tangent"]

guarded_tangent, quotient_tangent, stretched = runtime.guarded_tangent, runtime.quotient_tangent, runtime.stretched
laid_out, tangent_like, zero_tangent = runtime.laid_out, runtime.tangent_like, runtime.zero_tangent


@compiled_as(laid_out)
def _laid_out(t: Any, x: Any) -> Any:
    if is_array(x) and isinstance(x.dtype, (types.Float, types.Complex)):

        def placed(t: Any, x: Any) -> Any:
            out = entry_copy(x)
            out[...] = t
            return out

        return placed
    if isinstance(x, types.BaseTuple) and not isinstance(x, types.BaseNamedTuple):
        items = "".join(f"laid_out(t[{k}], x[{k}]), " for k in range(len(items_of(x))))
        return made(f"def placed(t, x):\n    return ({items})", "placed", laid_out=laid_out)
    if isinstance(x, types.List):
        return lambda t, x: [laid_out(t[k], x[k]) for k in range(len(x))]
    return lambda t, x: t


@compiled_as(tangent_like)
def _tangent_like(t: Any, x: Any) -> Any:
    if is_array(x) and is_array(t) and x.ndim == t.ndim:

        def shaped(t: Any, x: Any) -> Any:
            if t.shape != x.shape:
                raise TypeError("a tangent must have the shape of its variable")
            return t

        return shaped
    if is_number(x) and is_number(t):
        return lambda t, x: t
    return None


@compiled_as(zero_tangent)
def _zero_tangent(x: Any) -> Any:
    if is_array(x):
        if isinstance(x.dtype, (types.Float, types.Complex)):
            return lambda x: np.zeros_like(x)
        return (lambda x: np.zeros(x.shape)) if is_number(x.dtype) else None
    if is_number(x):
        return (lambda x: 0j) if isinstance(x, types.Complex) else lambda x: 0.0
    if isinstance(x, types.BaseTuple):
        items = "".join(f"zero_tangent(x[{k}]), " for k in range(len(items_of(x))))
        return made(f"def zeros(x):\n    return ({items})", "zeros", zero_tangent=zero_tangent)
    if isinstance(x, types.List):
        return lambda x: [zero_tangent(v) for v in x]
    if isinstance(x, types.DictType):
        return each_value(x, zero_tangent)
    return (lambda x: None) if isinstance(x, (types.UnicodeType, types.NoneType)) else None


@compiled_as(stretched)
def _stretched(t: Any, y: Any) -> Any:
    if not is_array(y):
        return lambda t, y: t
    if is_number(t):
        return lambda t, y: np.full(y.shape, t)

    def repeated(t: Any, y: Any) -> Any:
        out = np.empty(y.shape, t.dtype)
        out[...] = t
        return out

    return repeated


# -- where partials are not finite -------------------------------------------------------------------------------


@numba.njit
def tangent_of_number(t: Any, g: Any, c: Any) -> Any:
    """``guarded_tangent`` of numbers.

    >>> tangent_of_number(np.nan, 0.0, np.inf), tangent_of_number(2.0, 2.0, 6.0)
    (0.0, 2.0)
    """
    return 0 * 0.0 if g == 0 and not np.isfinite(c) else t


@compiled_as(guarded_tangent)
def _guarded_tangent(t: Any, g: Any, c: Any) -> Any:
    if not any(map(is_array, (t, g, c))):
        return lambda t, g, c: tangent_of_number(t, g, c)
    return lambda t, g, c: np.where((g == 0) & ~np.isfinite(c), 0.0, t)


@numba.njit(error_model="numpy")
def tangent_of_quotient(s: Any, t: Any, y: Any, z: Any) -> Any:
    """``quotient_tangent`` of numbers.

    >>> tangent_of_quotient(1.0, 0.5, 2.0, 1.0), tangent_of_quotient(0.0, 0.0, np.inf, 0.0)
    (0.0, 0.0)
    """
    out = (s - t * y) / z
    if np.isfinite(out):
        return out
    first, second = s / z, t / z * y
    if s == 0 and not np.isfinite(first):
        first = 0 * s
    if t == 0 and not np.isfinite(second):
        second = 0 * s
    return first - second


@compiled_as(quotient_tangent)
def _quotient_tangent(s: Any, t: Any, y: Any, z: Any) -> Any:
    if not any(map(is_array, (s, t, y, z))):
        return lambda s, t, y, z: tangent_of_quotient(s, t, y, z)

    def elements(s: Any, t: Any, y: Any, z: Any) -> Any:
        first, second = s / z, t / z * y
        rest = np.where((s == 0) & ~np.isfinite(first), 0.0, first)
        rest = rest - np.where((t == 0) & ~np.isfinite(second), 0.0, second)
        out = (s - t * y) / z
        return np.where(np.isfinite(out), out, rest)

    return elements
