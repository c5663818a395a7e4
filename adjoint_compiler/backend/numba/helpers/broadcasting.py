"""Broadcasting undone, and sums along axes spread out again."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, items_of, made

__all__ = ["outline", "spread", "stretched_to", "sum_product", "unbroadcast", "unbroadcast_product", "vdot"]

unbroadcast, spread, outline = runtime.unbroadcast, runtime.spread, runtime.outline
sum_product, unbroadcast_product, vdot = runtime.sum_product, runtime.unbroadcast_product, np.vdot


@compiled_as(unbroadcast)
def _unbroadcast(g: Any, x: Any) -> Any:
    if not is_array(x):
        if is_array(g) and g.ndim:
            return lambda g, x: g.sum()
        return (lambda g, x: g[()]) if is_array(g) else lambda g, x: g
    if not is_array(g):
        return lambda g, x: np.full(x.shape, g)
    if x.ndim == 0:
        return lambda g, x: np.array(g.sum())
    if g.ndim == x.ndim:
        return lambda g, x: g if g.shape == x.shape else sum_to_shape(g, x)
    return lambda g, x: sum_to_shape(g, x)


@numba.njit
def sum_to_shape(g: Any, x: Any) -> Any:
    """``g`` summed along the axes where it is larger than ``x``, repeated where it is smaller."""
    out = np.zeros(x.shape, g.dtype)
    large = np.broadcast_to(g, np.broadcast_shapes(g.shape, x.shape))
    for place in np.ndindex(large.shape):
        out[place_in(place, out)] += large[place]
    return out


def place_in(place: Any, x: Any) -> Any:
    """The index of the element of ``x`` that broadcasting shows at ``place``.

    >>> place_in((1, 2), np.zeros((1, 3)))
    (0, 2)
    """
    return tuple(0 if n == 1 else k for k, n in zip(place[len(place) - x.ndim :], x.shape))


@compiled_as(place_in)
def _place_in(place: Any, x: Any) -> Any:
    extra = len(place) - x.ndim
    items = "".join(f"0 if x.shape[{k}] == 1 else place[{k + extra}], " for k in range(x.ndim))
    return made(f"def find(place, x):\n    return ({items})", "find")


@compiled_as(spread)
def _spread(g: Any, x: Any, axis: Any = None, keepdims: Any = False, where: Any = True) -> Any:
    head = "def spread_out(g, x, axis=None, keepdims=False, where=True):\n"
    if not is_array(x):
        return lambda g, x, axis=None, keepdims=False, where=True: g
    if not is_array(g):
        return lambda g, x, axis=None, keepdims=False, where=True: np.full(x.shape, g)
    if g.ndim == 0:
        return lambda g, x, axis=None, keepdims=False, where=True: np.full(x.shape, g[()])
    if g.ndim == x.ndim:
        kept = "g.shape"
    elif g.ndim == x.ndim - 1 and isinstance(axis, types.Integer):
        n = x.ndim
        kept = "(" + "".join(f"1 if axis % {n} == {k} else x.shape[{k}], " for k in range(n)) + ")"
    else:
        return None
    body = (
        f"    out = np.empty(x.shape, g.dtype)\n    out[...] = np.ascontiguousarray(g).reshape({kept})\n    return out"
    )
    return made(head + body, "spread_out", np=np)


@compiled_as(outline)
def _outline(*arrays: Any) -> Any:
    if len(arrays) == 1 and isinstance(arrays[0], types.BaseTuple):
        arrays = items_of(arrays[0])
    shapes = ", ".join(f"np.shape(arrays[{k}])" for k in range(len(arrays)))
    text = f"def outlined(*arrays):\n    return np.broadcast_to(np.zeros(()), np.broadcast_shapes({shapes}))"
    return made(text, "outlined", np=np)


@compiled_as(sum_product)
def _sum_product(x: Any, z: Any) -> Any:
    return lambda x, z: (x * z).sum()


@compiled_as(unbroadcast_product)
def _unbroadcast_product(g: Any, z: Any, x: Any) -> Any:
    return lambda g, z, x: unbroadcast(g * z, x)


@compiled_as(vdot)
def _vdot(a: Any, b: Any) -> Any:
    if not (is_array(a) and is_array(b)) or (a.ndim == b.ndim == 1):
        return None

    if a.layout == b.layout == "C":
        return lambda a, b: np.vdot(a.ravel(), b.ravel())

    def added(a: Any, b: Any) -> Any:
        total = np.zeros(1, np.result_type(a, b))[0] if a.size == 0 else np.conj(a.flat[0]) * b.flat[0] * 0
        for place in np.ndindex(a.shape):
            total += np.conj(a[place]) * b[place]
        return total

    def added_real(a: Any, b: Any) -> Any:
        total = 0.0
        for place in np.ndindex(a.shape):
            total += a[place] * b[place]
        return total

    return added if "complex" in f"{a}{b}" else added_real


def stretched_to(x: Any, *lengths: Any) -> Any:
    """``x`` itself if its axes have these lengths, else a copy that is repeated along those of one element.

    >>> stretched_to(np.ones(1), 2)
    array([1., 1.])
    """
    return x if x.shape == lengths else np.broadcast_to(x, lengths).copy()


@compiled_as(stretched_to)
def _stretched_to(x: Any, *lengths: Any) -> Any:
    return stretched_to
