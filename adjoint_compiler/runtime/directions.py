"""Helpers of forward mode in many directions: tangents with a leading axis of directions, alone and in structures."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import unbroadcast
from adjoint_compiler.runtime.structures import is_object, items_of

__all__ = [
    "count_directions", "laid_out_directions", "one_direction", "reshaped_directions", "stacked_directions", "stretched_directions",
    "unbroadcast_directions", "zero_directions",
    "zeros_of_directions",
]  # fmt: skip


def stretched_directions(t: Any, y: Any) -> Any:
    """As :func:`stretched`, of tangents with a leading axis of directions.

    >>> stretched_directions(np.array([1.0, 2.0]), np.zeros(3)).shape
    (2, 3)
    """
    if t.shape[1:] == np.shape(y):
        return t
    out = np.empty((len(t), *np.shape(y)), np.result_type(t))
    out[...] = np.reshape(t, (len(t), *(1,) * (np.ndim(y) - np.ndim(t) + 1), *np.shape(t)[1:]))
    return out


def zero_directions(x: Any, count: int) -> Any:
    """Tangents of zero for ``x``, one for each direction.

    >>> zero_directions(np.zeros(3), 2).shape
    (2, 3)
    """
    return np.zeros((count, *np.shape(x)), np.result_type(x))


def unbroadcast_directions(t: Any, x: Any) -> Any:
    """As :func:`unbroadcast`, of what has a leading axis of directions: itself where nothing was broadcast.

    >>> unbroadcast_directions(np.ones((5, 3, 2)), np.zeros(2)).shape
    (5, 2)
    """
    if t.shape[1:] == np.shape(x):
        return t
    return np.stack([unbroadcast(part, x) for part in t])


def zeros_of_directions(x: Any, count: int) -> Any:
    """As :func:`zero_directions`, in the structure of ``x``; None for what is no number.

    >>> zeros_of_directions((1.0, "a"), 2)
    (array([0., 0.]), None)
    """
    if isinstance(x, (np.ndarray, np.generic)):
        kind = x.dtype.kind
        return np.zeros((count, *np.shape(x)), x.dtype if kind in "fc" else float) if kind in "fciub" else None
    if isinstance(x, (int, float, complex)):
        return np.zeros(count, complex if isinstance(x, complex) else float)
    if isinstance(x, (tuple, list)):
        items = [zeros_of_directions(v, count) for v in x]
        return items if isinstance(x, list) else tuple(items)
    return {k: zeros_of_directions(v, count) for k, v in items_of(x)} if isinstance(x, dict) or is_object(x) else None


def reshaped_directions(t: Any, shape: Any, order: str = "C") -> Any:
    """The tangents of ``np.reshape(x, shape, order)``.

    >>> reshaped_directions(np.zeros((5, 6)), (2, -1)).shape
    (5, 2, 3)
    """
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if order in (None, "C"):
        size = int(np.prod(t.shape[1:]))
        known = [int(n) for n in shape if n != -1]
        return np.reshape(t, (len(t), *(size // max(int(np.prod(known)), 1) if n == -1 else n for n in shape)))
    return np.stack([np.reshape(part, shape, order=order) for part in t])  # type: ignore[call-overload]


def laid_out_directions(t: Any, x: Any) -> Any:
    """As :func:`laid_out`, of tangents in many directions: each of them has the strides of ``x``.

    >>> laid_out_directions(np.ones((5, 2, 3)), np.zeros((3, 2)).T).strides
    (48, 8, 16)
    """
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fc":
            return t
        low, high = np.lib.array_utils.byte_bounds(x)
        memory = np.zeros(len(t) * (high - low), np.uint8)
        first = x.__array_interface__["data"][0] - low
        out: Any = np.ndarray(t.shape, x.dtype, memory, first, (high - low, *x.strides))
        out[...] = t
        return out
    if isinstance(x, (list, tuple)):
        items = [laid_out_directions(a, b) for a, b in zip(t, x)]
        return items if isinstance(x, list) else tuple(items)
    return {k: laid_out_directions(t[k], v) for k, v in items_of(x)} if isinstance(t, dict) else t


def stacked_directions(parts: Any) -> Any:
    """What was computed for one direction after the other as one array; so in structures.

    >>> stacked_directions([(1.0, np.zeros(2)), (2.0, np.ones(2))])
    (array([1., 2.]), array([[0., 0.],
           [1., 1.]]))
    """
    first = parts[0]
    if isinstance(first, (tuple, list)):
        items = [stacked_directions(list(p)) for p in zip(*parts)]
        return items if isinstance(first, list) else tuple(items)
    if isinstance(first, dict):
        return {k: stacked_directions([p[k] for p in parts]) for k in first}
    return None if first is None else np.stack(parts)


def one_direction(t: Any, k: int) -> Any:
    """The tangents of direction ``k``, in a structure.

    >>> one_direction([np.array([1.0, 2.0]), None], 1)
    [np.float64(2.0), None]
    """
    if isinstance(t, (tuple, list)):
        items = [one_direction(v, k) for v in t]
        return items if isinstance(t, list) else tuple(items)
    if isinstance(t, dict):
        return {n: one_direction(v, k) for n, v in t.items()}
    return t[k] if isinstance(t, np.ndarray) else t


def count_directions(t: Any) -> int:
    """The number of directions of a structure of tangents.

    >>> count_directions([None, np.zeros((3, 2))])
    3
    """
    if isinstance(t, np.ndarray):
        return len(t)
    values = t.values() if isinstance(t, dict) else t if isinstance(t, (tuple, list)) else ()
    return next((n for n in map(count_directions, values) if n), 0)
