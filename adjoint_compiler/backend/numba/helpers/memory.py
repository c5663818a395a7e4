"""Copies of arrays: at entry, with the same strides, and of what the caller may change."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, is_number, made, of_items

__all__ = ["copied", "entry_copy", "may_share", "mirror"]

entry_copy, copied = runtime.entry_copy, runtime.copied


@compiled_as(entry_copy)
def _entry_copy(x: Any) -> Any:
    if not is_array(x):
        return lambda x: x
    if x.layout == "C" or x.ndim == 0:
        return lambda x: x.copy()
    if x.layout == "F":
        return lambda x: x.T.copy().T
    return lambda x: strided_copy(x)


@numba.njit
def strided_copy(x: Any) -> Any:
    """A copy with the same strides, gaps included.

    >>> strided_copy(np.zeros((3, 4))[:, ::-2]).strides
    (32, -16)
    """
    size, first = 1, 0
    for n, stride in zip(x.shape, x.strides):
        step = stride // x.itemsize
        size += max(n - 1, 0) * abs(step)
        first += max(n - 1, 0) * max(-step, 0)
    memory = np.zeros(size, x.dtype)
    out = np.lib.stride_tricks.as_strided(memory[first:], x.shape, x.strides)
    out[...] = x
    return out


@numba.njit
def ends(x: Any) -> Any:
    """The addresses of the first byte of an array, and of the one behind its last."""
    low = high = x.ctypes.data
    for n, stride in zip(x.shape, x.strides):
        low += min((n - 1) * stride, 0)
        high += max((n - 1) * stride, 0)
    return low, high + x.itemsize


@numba.njit
def may_share(x: Any, y: Any) -> Any:
    """``np.may_share_memory``, which Numba lacks: whether the bounds of two arrays overlap.

    >>> a = np.zeros((3, 4))
    >>> may_share(a[1], a[:, 1]), may_share(a[0], a[1, ::-1]), may_share(a, a[:0])
    (True, False, False)
    """
    if x.size == 0 or y.size == 0:
        return False
    low, high = ends(x)
    first, last = ends(y)
    return low < last and first < high


def mirror(t: Any, s: Any, v: Any, x: Any) -> Any:
    """``mirrored``, where compiled code has views where NumPy has them, or where its views are meant."""


@compiled_as(mirror)
def _mirror(t: Any, s: Any, v: Any, x: Any) -> Any:
    if isinstance(v, types.BaseTuple) and not isinstance(v, types.BaseNamedTuple):
        items = "".join(f"mirror(t[{k}], s, v[{k}], x), " for k in range(len(v)))
        return made(f"def mirrors(t, s, v, x):\n    return ({items})", "mirrors", mirror=mirror)
    if isinstance(v, types.List):
        return lambda t, s, v, x: [mirror(t[k], s, v[k], x) for k in range(len(v))]
    if not all(map(is_array, (t, s, v, x))):
        return None

    def view_or_copy(t: Any, s: Any, v: Any, x: Any) -> Any:
        shared, wanted = may_share(t, s), may_share(v, x)
        if wanted and not shared:
            raise ValueError("the memory of a tangent is not laid out like that of its variable")
        if shared and not wanted:
            return t.copy()
        return t

    return view_or_copy


@compiled_as(copied)
def _copied(x: Any) -> Any:
    if is_array(x):
        return lambda x: x.copy()
    if is_number(x) or isinstance(x, (types.UnicodeType, types.NoneType)):
        return lambda x: x
    if isinstance(x, types.BaseTuple):
        return of_items(x, "copied", copied)
    if isinstance(x, types.DictType) and is_number(x.value_type):
        return lambda x: x.copy()
    if isinstance(x, types.List) and is_array(x.dtype):
        return lambda x: [v.copy() for v in x]
    return (lambda x: list(x)) if isinstance(x, types.List) and is_number(x.dtype) else None
