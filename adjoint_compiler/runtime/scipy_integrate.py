"""Helpers of emitted code for programs that use ``scipy.integrate`` or ``scipy.spatial``."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "cumulative_areas",
    "cumulative_areas_adjoint",
    "simpson_weights",
    "spacings",
    "spread_pairs",
    "spread_pairs_adjoint",
]


def spacings(f: Any, x: Any, dx: Any, axis: int) -> Any:
    """The distances between points along an axis, shaped to multiply ``f``.

    >>> spacings(np.zeros((2, 3)), np.array([0.0, 1.0, 3.0]), 1.0, 1)
    array([[1., 2.]])
    """
    ndim = np.ndim(f)
    if x is None:
        return np.full([1] * ndim, dx, np.real(np.zeros(1, np.result_type(f, np.float32))).dtype)
    d = np.diff(x, axis=axis if np.ndim(x) > 1 else 0)
    if np.ndim(x) > 1:
        return d
    shape = [1] * ndim
    shape[axis] = d.size
    return np.reshape(d, shape)


def cumulative_areas(f: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """``scipy.integrate.cumulative_trapezoid``: the areas up to each point.

    >>> cumulative_areas(np.array([1.0, 3.0, 5.0]))
    array([2., 6.])
    """
    f = np.asarray(f)
    ends = [[slice(None)] * f.ndim for _ in range(2)]
    ends[0][axis], ends[1][axis] = slice(1, None), slice(None, -1)
    return np.cumsum(spacings(f, x, dx, axis) * (f[tuple(ends[0])] + f[tuple(ends[1])]) / 2, axis=axis)


def cumulative_areas_adjoint(g_: Any, f: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The transpose of ``cumulative_areas`` in ``f``.

    >>> cumulative_areas_adjoint(np.array([0.0, 1.0]), np.zeros(3))
    array([0.5, 1. , 0.5])
    """
    d = spacings(f, x, dx, axis) * np.flip(np.cumsum(np.flip(g_, axis), axis), axis) / 2
    out = np.zeros(np.shape(f), np.result_type(d, g_))
    ends = [[slice(None)] * out.ndim for _ in range(2)]
    ends[0][axis], ends[1][axis] = slice(1, None), slice(None, -1)
    out[tuple(ends[0])] += d
    out[tuple(ends[1])] += d
    return out


def simpson_weights(f: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The weight that ``scipy.integrate.simpson`` gives each element of ``f``, shaped to multiply it.

    Pairs of intervals have the weights of a parabola; where one interval is left, it has those of the parabola
    through the last three points.

    References:
        Cartwright, Simpson's rule cumulative integration with MS Excel and irregularly-spaced data, Journal of
        Mathematical Sciences and Mathematics Education 12 (2017), equation 8.

    >>> simpson_weights(np.zeros(3)) * 3
    array([1., 4., 1.])
    """
    n = np.shape(f)[axis]
    h = np.moveaxis(spacings(f, x, dx, axis), axis, -1)
    h = np.broadcast_to(h, (*h.shape[:-1], n - 1))
    out = np.zeros((*h.shape[:-1], n), h.dtype)
    if n == 2:
        out += h / 2
        return np.moveaxis(out, -1, axis)
    last = n - 2 if n % 2 == 0 else n - 1
    a, b = h[..., 0:last:2], h[..., 1:last:2]
    with np.errstate(all="ignore"):
        out[..., 0:last:2] += (a + b) / 6 * (2 - np.where(a == 0, 0, b / np.where(a == 0, 1, a)))
        out[..., 1:last:2] += (a + b) / 6 * (a + b) * np.where(a * b == 0, 0, (a + b) / np.where(a * b == 0, 1, a * b))
        out[..., 2 : last + 1 : 2] += (a + b) / 6 * (2 - np.where(b == 0, 0, a / np.where(b == 0, 1, b)))
        if n % 2 == 0:
            a, b = h[..., -2], h[..., -1]
            out[..., -1] += np.where(a + b == 0, 0, (2 * b**2 + 3 * a * b) / np.where(a + b == 0, 1, 6 * (a + b)))
            out[..., -2] += np.where(a == 0, 0, (b**2 + 3 * a * b) / np.where(a == 0, 1, 6 * a))
            out[..., -3] -= np.where(a * (a + b) == 0, 0, b**3 / np.where(a * (a + b) == 0, 1, 6 * a * (a + b)))
    return np.moveaxis(out, -1, axis)


def spread_pairs(g_: Any) -> Any:
    """What ``scipy.spatial.distance.pdist`` numbers by pairs, as a symmetric matrix with zeros on its diagonal.

    >>> spread_pairs(np.array([1.0, 2.0, 3.0]))
    array([[0., 1., 2.],
           [1., 0., 3.],
           [2., 3., 0.]])
    """
    n = round((1 + (1 + 8 * len(g_)) ** 0.5) / 2)
    out = np.zeros((n, n), np.result_type(g_))
    out[np.triu_indices(n, 1)] = g_
    return out + out.T


def spread_pairs_adjoint(g_: Any) -> Any:
    """The transpose of ``spread_pairs``.

    >>> spread_pairs_adjoint(np.array([[5.0, 1.0], [2.0, 7.0]]))
    array([3.])
    """
    above = np.triu_indices(len(g_), 1)
    return g_[above] + g_.T[above]
