"""Adjoints and tangents of what is sorted, of quantiles, and of sums of products along one axis."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.pieces import known_number
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_absent, is_array, is_number

__all__ = ["carry", "histogram_value", "products_before", "quantile_adjoint", "quantile_of", "sort_adjoint", "sort_as"]

sort_adjoint, sort_as, carry = runtime.sort_adjoint, runtime.sort_as, runtime.carry
quantile_adjoint, quantile_of = runtime.quantile_adjoint, runtime.quantile_of
products_before, histogram_value = runtime.products_before, runtime.histogram_value


def _along_rows(x: Any, axis: Any) -> bool:
    """Whether an axis of an array certainly is its last one."""
    return is_array(x) and x.ndim > 0 and known_number(axis) in (-1, x.ndim - 1)


@compiled_as(sort_adjoint)
def _sort_adjoint(g: Any, x: Any, axis: Any = -1) -> Any:
    if not is_array(g) or not _along_rows(x, axis):
        return None

    def placed(g: Any, x: Any, axis: Any = -1) -> Any:
        out = np.empty(x.shape, g.dtype)
        for row in np.ndindex(x.shape[:-1]):
            order = np.argsort(x[row], kind="mergesort")
            for k in range(order.size):
                out[row + (order[k],)] = g[row + (k,)]
        return out

    def placed_vector(g: Any, x: Any, axis: Any = -1) -> Any:
        out = np.empty(x.shape, g.dtype)
        out[np.argsort(x, kind="mergesort")] = g
        return out

    return placed_vector if x.ndim == 1 else placed


@compiled_as(sort_as)
def _sort_as(v: Any, x: Any, axis: Any = -1) -> Any:
    if not is_array(v) or not _along_rows(x, axis):
        return None

    def sorted_rows(v: Any, x: Any, axis: Any = -1) -> Any:
        out = np.empty(x.shape, v.dtype)
        for row in np.ndindex(x.shape[:-1]):
            order = np.argsort(x[row], kind="mergesort")
            for k in range(order.size):
                out[row + (k,)] = v[row + (order[k],)]
        return out

    return (lambda v, x, axis=-1: v[np.argsort(x, kind="mergesort")]) if x.ndim == 1 else sorted_rows


@numba.njit
def quantile_weights(x: Any, q: Any, order: Any, nan: Any) -> Any:
    """The two elements that a quantile lies between, in ``x.ravel()``, and with which weights; derivatives by ``q`` of these.

    >>> quantile_weights(np.array([3.0, 1.0, 2.0]), 0.25, 0, False)
    (1, 2, 0.5, 0.5)
    """
    flat = x.ravel()
    n = flat.size
    if nan:
        n = 0
        for v in flat:
            n += v == v
    if n == 0 or order > 1:
        return 0, 0, 0.0, 0.0
    places = np.argsort(flat, kind="mergesort")
    at = q * (n - 1)
    low = min(int(at), max(n - 2, 0))
    upper = at - low if order == 0 else float(n - 1)
    lower = 1.0 - upper if order == 0 else -upper
    return places[low], places[min(low + 1, n - 1)], lower, upper if n > 1 else 0.0


def _is_plain(v: Any, axis: Any, keepdims: Any, method: Any) -> bool:
    """Whether a quantile is that of all elements, between which it lies linearly."""
    left_out = isinstance(keepdims, types.Omitted) or keepdims is False
    linear = isinstance(method, types.Omitted) or getattr(method, "literal_value", method) == "linear"
    return is_array(v) and is_absent(axis) and left_out and linear


@compiled_as(quantile_of)
def _quantile_of(
    v: Any,
    x: Any,
    q: Any,
    axis: Any = None,
    keepdims: Any = False,
    method: Any = "linear",
    order: Any = 0,
    nan: Any = False,
) -> Any:
    if not _is_plain(v, axis, keepdims, method):
        return None

    def one(
        v: Any,
        x: Any,
        q: Any,
        axis: Any = None,
        keepdims: Any = False,
        method: Any = "linear",
        order: Any = 0,
        nan: Any = False,
    ) -> Any:
        first, second, lower, upper = quantile_weights(x, q, order, nan)
        below = lower * v.ravel()[first] if lower else 0.0
        return below + upper * v.ravel()[second] if upper else below

    def each(
        v: Any,
        x: Any,
        q: Any,
        axis: Any = None,
        keepdims: Any = False,
        method: Any = "linear",
        order: Any = 0,
        nan: Any = False,
    ) -> Any:
        out = np.zeros(q.size)
        for k in range(q.size):
            first, second, lower, upper = quantile_weights(x, q[k], order, nan)
            out[k] = (lower * v.ravel()[first] if lower else 0.0) + (upper * v.ravel()[second] if upper else 0.0)
        return out

    return one if is_number(q) else each if is_array(q) and q.ndim == 1 else None


@compiled_as(quantile_adjoint)
def _quantile_adjoint(
    g: Any,
    x: Any,
    q: Any,
    axis: Any = None,
    keepdims: Any = False,
    method: Any = "linear",
    order: Any = 0,
    nan: Any = False,
) -> Any:
    if not _is_plain(x, axis, keepdims, method):
        return None

    def one(
        g: Any,
        x: Any,
        q: Any,
        axis: Any = None,
        keepdims: Any = False,
        method: Any = "linear",
        order: Any = 0,
        nan: Any = False,
    ) -> Any:
        out = np.zeros(x.size, x.dtype)
        if out.size:
            first, second, lower, upper = quantile_weights(x, q, order, nan)
            out[first] += g * lower
            out[second] += g * upper
        return out.reshape(x.shape)

    def each(
        g: Any,
        x: Any,
        q: Any,
        axis: Any = None,
        keepdims: Any = False,
        method: Any = "linear",
        order: Any = 0,
        nan: Any = False,
    ) -> Any:
        out = np.zeros(x.size, x.dtype)
        for k in range(q.size if out.size else 0):
            first, second, lower, upper = quantile_weights(x, q[k], order, nan)
            out[first] += g[k] * lower
            out[second] += g[k] * upper
        return out.reshape(x.shape)

    if is_number(q) and is_number(g):
        return one
    return each if is_array(q) and q.ndim == 1 and is_array(g) else None


@compiled_as(products_before)
def _products_before(x: Any, axis: Any = None, step: Any = 1) -> Any:
    if not is_array(x) or not (is_absent(axis) or x.ndim == 1):
        return None

    def products(x: Any, axis: Any = None, step: Any = 1) -> Any:
        flat, out = x.ravel(), np.ones(x.size, x.dtype)
        for k in range(1, flat.size):
            at = k if step == 1 else flat.size - 1 - k
            out[at] = out[at - step] * flat[at - step]
        return out.reshape(x.shape)

    return products


@compiled_as(carry)
def _carry(g: Any, c: Any, axis: Any = None, step: Any = 1) -> Any:
    if not is_array(g) or not is_array(c) or not (is_absent(axis) or c.ndim == 1):
        return None

    def carried(g: Any, c: Any, axis: Any = None, step: Any = 1) -> Any:
        bar, factor = g.ravel(), c.ravel()
        out = np.zeros(c.size, g.dtype)
        for k in range(1, out.size):
            at = out.size - 1 - k if step == 1 else k
            out[at] = bar[at + step] + factor[at + step] * out[at + step]
        return out.reshape(c.shape)

    return carried


@compiled_as(histogram_value)
def _histogram_value(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    if not is_array(a) or not is_absent(weights):
        return None
    if is_absent(range):
        return lambda a, bins=10, range=None, weights=None: np.histogram(a, bins)
    return lambda a, bins=10, range=None, weights=None: np.histogram(a, bins, range)
