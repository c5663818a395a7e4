"""Helpers of emitted code for images of ``scipy.ndimage``: where the elements of windows lie, and those between which is interpolated.

Places outside an array are found by its mode; with a constant around the array they are -1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "each_of",
    "fold_slopes",
    "folded_coordinates",
    "inner_places",
    "spline_places",
    "window_origin",
    "window_places",
]


def inner_places(k: Any, n: int, mode: str) -> Any:
    """Where, along an axis of so many elements, that is found which a mode has at places ``k``.

    >>> inner_places(np.arange(-2, 5), 3, "reflect"), inner_places(np.arange(-1, 4), 3, "constant")
    (array([1, 0, 0, 1, 2, 2, 1]), array([-1,  0,  1,  2, -1]))
    """
    if mode in ("reflect", "grid-mirror"):
        k = k % (2 * n)
        return np.where(k < n, k, 2 * n - 1 - k)
    if mode == "mirror":
        k = k % max(2 * n - 2, 1)
        return np.where(k < n, k, 2 * n - 2 - k)
    if mode == "nearest":
        return np.clip(k, 0, n - 1)
    if mode in ("wrap", "grid-wrap"):
        return k % n
    return np.where((k < 0) | (k >= n), -1, k)


def each_of(value: Any, count: int) -> list[Any]:
    """A value for each of so many axes, of one for all of them or one for each.

    >>> each_of(3, 2), each_of((1, 2), 2)
    ([3, 3], [1, 2])
    """
    return list(value) if isinstance(value, (tuple, list, np.ndarray)) and np.ndim(value) else [value] * count


def window_places(
    shape: Any, size: Any, footprint: Any = None, mode: Any = "reflect", origin: Any = 0, axes: Any = None
) -> Any:
    """The flat places of the elements of the window around each place of an array, along a last axis.

    >>> window_places((3,), 3)
    array([[0, 0, 1],
           [0, 1, 2],
           [1, 2, 2]])
    """
    ndim = len(shape)
    along = range(ndim) if axes is None else [int(k) % ndim for k in each_of(axes, 1)]
    taken = np.ones(each_of(size, len(along)), bool) if footprint is None else np.asarray(footprint, bool)
    full = [1] * ndim
    origins, modes = [0] * ndim, ["nearest"] * ndim
    for k, n, o, m in zip(along, taken.shape, each_of(origin, len(along)), each_of(mode, len(along))):
        full[k], origins[k], modes[k] = n, o, m
    order = np.argsort(np.argsort(along))
    taken = np.transpose(taken, np.argsort(order)) if len(along) > 1 else taken
    out = np.zeros((*shape, *full), int)
    outside = np.zeros(out.shape, bool)
    for k in range(ndim):
        at = np.arange(shape[k])[:, None] + np.arange(full[k]) - full[k] // 2 - origins[k]
        at = inner_places(at, shape[k], modes[k])
        place = np.reshape(
            at, [shape[j] if j == k else 1 for j in range(ndim)] + [full[j] if j == k else 1 for j in range(ndim)]
        )
        out = out * shape[k] + np.maximum(place, 0)
        outside |= place < 0
    kept: Any = np.where(outside, -1, out)[..., np.reshape(taken, full)]
    return kept


def window_origin(size: Any, footprint: Any, origin: Any, ndim: int) -> list[int]:
    """The origin of the window that a dilation looks through: its structure is turned around.

    >>> window_origin(2, None, 0, 1), window_origin(3, None, 1, 2)
    ([-1], [-1, -1])
    """
    sizes = each_of(size, ndim) if footprint is None else np.shape(footprint)
    return [-int(o) - (1 if n % 2 == 0 else 0) for n, o in zip(sizes, each_of(origin, ndim))]


def folded_coordinates(c: Any, n: int, mode: str) -> Any:
    """Coordinates along an axis of so many elements, as a mode maps them into it.

    >>> folded_coordinates(np.array([-0.75, 2.5]), 3, "mirror"), folded_coordinates(np.array([2.5]), 3, "constant")
    (array([0.75, 1.5 ]), array([-1.]))
    """
    c = np.asarray(c, float)
    if mode == "grid-constant":
        return c
    if mode == "constant":
        return np.where((c < 0) | (c > n - 1), -1.0, c)
    if n <= 1 or mode == "nearest":
        return np.clip(c, 0, n - 1)
    below, above = c < 0, c > n - 1
    if mode == "wrap":
        return np.where(below | above, c - (n - 1) * np.floor(c / (n - 1)), c)
    if mode == "grid-wrap":
        return np.where(below, c + n * (np.trunc((-1 - c) / n) + 1), np.where(above, c - n * np.trunc(c / n), c))
    if mode == "mirror":
        m = c % (2 * n - 2)
        return np.where(below | above, np.where(m > n - 1, 2 * n - 2 - m, m), c)
    m = c % (2 * n)
    return np.where(below | above, np.where(m >= n - 0.5, 2 * n - 1 - m, m), c)


def fold_slopes(c: Any, n: int, mode: str) -> Any:
    """Whether coordinates go forwards or backwards where a mode maps them to, or do not move.

    >>> fold_slopes(np.array([-0.75, 0.5, 9.0]), 3, "mirror"), fold_slopes(np.array([9.0]), 3, "nearest")
    (array([-1.,  1.,  1.]), array([0.]))
    """
    c = np.asarray(c, float)
    inside = (c >= 0) & (c <= n - 1)
    if mode in ("wrap", "grid-wrap", "grid-constant"):
        return np.ones(c.shape) if n > 1 or mode == "grid-constant" else np.zeros(c.shape)
    if mode in ("constant", "nearest") or n <= 1:
        return np.where(inside, 1.0, 0.0)
    if mode == "mirror":
        return np.where(inside | (c % (2 * n - 2) < n - 1), 1.0, -1.0)
    return np.where(inside | (c % (2 * n) < n - 0.5), 1.0, -1.0)


def spline_places(first: Any, order: int, n: int, mode: str) -> Any:
    """The places of the elements that a spline of an order weighs, beginning with ``first``, along a new first axis.

    >>> spline_places(np.array([-1]), 1, 4, "reflect")
    array([[0],
           [0]])
    """
    mode = "mirror" if mode in ("constant", "wrap") else mode
    steps = np.reshape(np.arange(order + 1), [-1] + [1] * np.ndim(first))
    return inner_places(np.asarray(first, int) + steps, n, mode)
