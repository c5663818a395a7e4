"""Definitions of the methods of ufuncs: one after the other, as NumPy computes them.

Sums, products and extremes have rules of their own; these are for all other ufuncs of two arguments.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint_compiler.runtime import merge_axes, reduce_value, reduceat_value, valued

# What reductions are with keywords that their rules do not have.
REDUCTIONS = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}
# Of these NumPy's vector loops read elements before the ones that they depend on are there, on some processors.
RUN_AHEAD = (np.power, np.float_power, np.arctan2)


@functools.cache
def method_of(ufunc: np.ufunc, name: str) -> Callable[..., Any] | None:
    """The definition of a method of a ufunc; None for one that has none.

    >>> method_of(np.hypot, "outer").__name__, method_of(np.hypot, "resolve_dtypes")
    ('outer', None)
    """
    if name not in ("reduce", "accumulate", "outer", "reduceat", "at") or ufunc.nout != 1 or ufunc.nin > 2:
        return None
    if ufunc in RUN_AHEAD and name in ("reduce", "accumulate", "reduceat"):
        return None
    if name == "at":
        return at_of_two(ufunc) if ufunc.nin == 2 else at_of_one(ufunc)
    makers = {"reduce": reduce_of, "accumulate": accumulate_of, "outer": outer_of, "reduceat": reduceat_of}
    return makers[name](ufunc) if ufunc.nin == 2 else None


def reduce_of(ufunc: Any) -> Callable[..., Any]:
    """``ufunc.reduce``."""
    if ufunc in REDUCTIONS:
        return reduce_with_keywords(ufunc, REDUCTIONS[ufunc])
    name, identity = ufunc.__name__, ufunc.identity

    def reduce(array: Any, axis: Any = 0, dtype: Any = None, *, keepdims: Any = False, initial: Any = None) -> Any:
        given = np.asarray(array, dtype=dtype)
        several = axis is None or isinstance(axis, tuple)
        if several:
            rows = np.moveaxis(merge_axes(given, given, axis), -1, 0)
        else:
            rows = np.moveaxis(given, axis, 0)
        if len(rows) == 0 and (identity is not None or initial is not None):
            out = np.full(rows.shape[1:], identity if initial is None else initial, rows.dtype)[()]
        else:
            out = np.array(rows[0])[()] if initial is None else ufunc(np.asarray(initial, dtype=rows.dtype), rows[0])
            for k in range(1, len(rows)):
                out = ufunc(out, rows[k])
        if several:  # NumPy has an order of its own
            out = valued(out, reduce_value(name, given, axis, initial))
        if keepdims:
            return np.expand_dims(out, tuple(range(np.ndim(given))) if axis is None else axis)
        return out

    return reduce


def reduce_with_keywords(ufunc: Any, whole: Any) -> Callable[..., Any]:
    """``np.add.reduce(x, where=mask, initial=1.0)`` as ``np.sum``, along the first axis by default."""
    if ufunc in (np.maximum, np.minimum):

        def extreme(array: Any, axis: Any = 0, *, keepdims: Any = False, initial: Any = None, where: Any = True) -> Any:
            if initial is None:
                return whole(array, axis=axis, keepdims=keepdims)
            return whole(array, axis=axis, keepdims=keepdims, initial=initial, where=where)

        return extreme

    def reduce(
        array: Any, axis: Any = 0, dtype: Any = None, *, keepdims: Any = False, initial: Any = None, where: Any = True
    ) -> Any:
        if initial is None:
            return whole(array, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
        return whole(array, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)

    return reduce


def accumulate_of(ufunc: Any) -> Callable[..., Any]:
    """``ufunc.accumulate``."""

    def accumulate(array: Any, axis: Any = 0, dtype: Any = None) -> Any:
        rows = np.moveaxis(np.asarray(array, dtype=dtype), axis, 0)
        out = np.empty_like(rows)
        out[:1] = rows[:1]
        for k in range(1, len(rows)):
            out[k] = ufunc(out[k - 1], rows[k])
        return np.moveaxis(out, 0, axis)

    return accumulate


def outer_of(ufunc: Any) -> Callable[..., Any]:
    """``ufunc.outer``."""

    def outer(A: Any, B: Any) -> Any:
        return ufunc(np.reshape(A, np.shape(A) + (1,) * np.ndim(B)), B)

    return outer


def reduceat_of(ufunc: Any) -> Callable[..., Any]:
    """``ufunc.reduceat``: of the elements from each index to the next one."""
    name = ufunc.__name__

    def reduceat(array: Any, indices: Any, axis: Any = 0) -> Any:
        rows = np.moveaxis(np.asarray(array), axis, 0)
        out = np.empty((len(indices), *rows.shape[1:]), rows.dtype)
        for k in range(len(indices)):
            end = indices[k + 1] if k + 1 < len(indices) else len(rows)
            part = rows[indices[k]]
            for j in range(indices[k] + 1, end):
                part = ufunc(part, rows[j])
            out[k] = part
        return np.moveaxis(valued(out, np.moveaxis(reduceat_value(name, array, indices, axis), axis, 0)), 0, axis)

    return reduceat


def at_of_two(ufunc: Any) -> Callable[..., Any]:
    """``ufunc.at`` of a ufunc of two arguments."""

    def of_rows(a: Any, indices: Any, b: Any) -> None:
        rows = np.arange(len(a))[indices]
        flat = np.ravel(rows)
        values = np.broadcast_to(b, np.shape(rows) + np.shape(a)[1:])
        values = np.reshape(values, (len(flat), *a.shape[1:]))
        for k in range(len(flat)):
            a[flat[k]] = ufunc(a[flat[k]], values[k])

    def of_elements(a: Any, indices: Any, b: Any) -> None:
        places = np.arange(a.size).reshape(a.shape)[indices]
        flat = np.ravel(places)
        values = np.ravel(np.broadcast_to(b, np.shape(places)))
        for k in range(len(flat)):
            a.flat[flat[k]] = ufunc(a.flat[flat[k]], values[k])

    def at(a: Any, indices: Any, b: Any) -> None:
        if isinstance(indices, tuple):
            of_elements(a, indices, b)
        elif np.ndim(indices) > 1 and np.asarray(indices).dtype == bool:
            of_elements(a, indices, b)
        else:
            of_rows(a, indices, b)

    return at


def at_of_one(ufunc: Any) -> Callable[..., Any]:
    """``ufunc.at`` of a ufunc of one argument."""

    def of_rows(a: Any, indices: Any) -> None:
        flat = np.ravel(np.arange(len(a))[indices])
        for k in range(len(flat)):
            a[flat[k]] = ufunc(a[flat[k]])

    def of_elements(a: Any, indices: Any) -> None:
        flat = np.ravel(np.arange(a.size).reshape(a.shape)[indices])
        for k in range(len(flat)):
            a.flat[flat[k]] = ufunc(a.flat[flat[k]])

    def at(a: Any, indices: Any) -> None:
        if isinstance(indices, tuple):
            of_elements(a, indices)
        elif np.ndim(indices) > 1 and np.asarray(indices).dtype == bool:
            of_elements(a, indices)
        else:
            of_rows(a, indices)

    return at
