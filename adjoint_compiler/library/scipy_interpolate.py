"""Definitions of scipy.interpolate: interpolators by the formulas that they evaluate, in points, values and places.

Formulas: de Boor, A Practical Guide to Splines (2001), chapter IV; Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 (1984) for
pchip.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import object_value, scipy_value, valued


def beside(v: Any, y: Any) -> Any:
    """What is along the first axis of ``y``, shaped to multiply it."""
    if np.ndim(y) == 1:
        return v
    if np.ndim(y) == 2:
        return np.expand_dims(v, -1)
    raise NotImplementedError("interpolation of vectors and matrices is differentiated")


def hermite(x: Any, y: Any, slopes: Any, at: Any, nu: Any) -> Any:
    """The cubic with given values and slopes at both ends of the interval that each place lies in; or its derivative."""
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    h = beside(x[k + 1] - x[k], y)
    t = beside(at - x[k], y)
    rise = (y[k + 1] - y[k]) / h
    bend = (slopes[k] + slopes[k + 1] - 2 * rise) / h
    c2 = (rise - slopes[k]) / h - bend
    c3 = bend / h
    if nu == 0:
        return ((c3 * t + c2) * t + slopes[k]) * t + y[k]
    if nu == 1:
        return (3 * c3 * t + 2 * c2) * t + slopes[k]
    if nu == 2:
        return 6 * c3 * t + 2 * c2
    if nu == 3:
        return 6 * c3 + 0.0 * t
    raise NotImplementedError("derivatives of order 0 to 3 of an interpolating cubic are differentiated")


def cubic_slopes(x: Any, y: Any, bc_type: Any) -> Any:
    """The slopes at the points that make the second derivative continuous, with a condition at both ends."""
    n = len(x)
    if bc_type != "not-a-knot" and bc_type != "natural" and bc_type != "clamped":
        raise NotImplementedError("cubic splines are differentiated with bc_type 'not-a-knot', 'natural' or 'clamped'")
    h = np.diff(x)
    rise = np.diff(y, axis=0) / beside(h, y)
    if n == 2:
        if bc_type == "clamped":
            return np.zeros_like(y)
        return np.stack([rise[0], rise[0]])
    hs = beside(h, y)
    inner = 3 * (hs[1:] * rise[:-1] + hs[:-1] * rise[1:])
    if bc_type == "clamped":
        ends = (1.0, 0.0, 0.0 * rise[0], 1.0, 0.0, 0.0 * rise[-1])
    elif bc_type == "natural":
        ends = (2.0, 1.0, 3 * rise[0], 2.0, 1.0, 3 * rise[-1])
    elif n == 3:  # one parabola
        ends = (1.0, 1.0, 2 * rise[0], 1.0, 1.0, 2 * rise[-1])
    else:
        d = x[2] - x[0]
        e = x[-1] - x[-3]
        first = ((h[0] + 2 * d) * h[1] * rise[0] + h[0] * h[0] * rise[1]) / d
        last = (h[-1] * h[-1] * rise[-2] + (2 * e + h[-1]) * h[-2] * rise[-1]) / e
        ends = (h[1], d, first, h[-2], e, last)
    middle = np.concatenate((np.atleast_1d(ends[0]), 2 * (h[:-1] + h[1:]), np.atleast_1d(ends[3])))
    above = np.concatenate((np.atleast_1d(ends[1]), h[:-1]))
    below = np.concatenate((h[1:], np.atleast_1d(ends[4])))
    A = np.diag(middle) + np.diag(above, 1) + np.diag(below, -1)
    b = np.concatenate((np.expand_dims(ends[2], 0), inner, np.expand_dims(ends[5], 0)))
    return np.linalg.solve(A, b)


def cubic_integral(x: Any, y: Any, slopes: Any, at: Any) -> Any:
    """The integral from the first point to a place of the cubics with given values and slopes."""
    h = beside(np.diff(x), y)
    pieces = h * (y[:-1] + y[1:]) / 2 + h * h * (slopes[:-1] - slopes[1:]) / 12
    before = np.concatenate((np.zeros_like(pieces[:1]), np.cumsum(pieces, axis=0)))
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    width = beside(x[k + 1] - x[k], y)
    t = beside(at - x[k], y)
    rise = (y[k + 1] - y[k]) / width
    bend = (slopes[k] + slopes[k + 1] - 2 * rise) / width
    c2 = (rise - slopes[k]) / width - bend
    return before[k] + (((bend / width * t / 4 + c2 / 3) * t + slopes[k] / 2) * t + y[k]) * t


class Cubics:
    """Cubics by their values and slopes at points; ``made`` are SciPy's name of the class and its arguments."""

    def __init__(self, x: Any, y: Any, slopes: Any, name: Any, made: Any) -> None:
        self.x = x
        self.y = y
        self.slopes = slopes
        self.name = name
        self.made = made

    def __call__(self, x: Any, nu: Any = 0) -> Any:
        value = object_value(self.name, self.made, (x, nu))
        return valued(hermite(self.x, self.y, self.slopes, np.asarray(x), nu), value)

    def derivative(self, nu: Any = 1) -> Any:
        return DerivedCubics(self, nu)

    def integrate(self, a: Any, b: Any) -> Any:
        last = cubic_integral(self.x, self.y, self.slopes, b)
        found = last - cubic_integral(self.x, self.y, self.slopes, a)
        return valued(found, object_value(self.name, self.made, (a, b), (), "integrate"))


class DerivedCubics:
    """What ``derivative`` of cubics gives."""

    def __init__(self, of: Any, order: Any) -> None:
        self.of = of
        self.order = order

    def __call__(self, x: Any, nu: Any = 0) -> Any:
        of = self.of
        value = object_value(of.name, of.made, (self.order,), (), "derivative", (x, nu))
        return valued(hermite(of.x, of.y, of.slopes, np.asarray(x), self.order + nu), value)


@defines(interpolate.CubicSpline)
class CubicSpline(Cubics):
    """A spline of continuous second derivative."""

    def __init__(self, x: Any, y: Any, axis: Any = 0, bc_type: Any = "not-a-knot") -> None:
        if axis != 0:
            raise NotImplementedError("interpolation along the first axis is differentiated: move the axis")
        self.x = np.asarray(x)
        self.y = np.asarray(y)
        self.slopes = cubic_slopes(self.x, self.y, bc_type)
        self.name = "interpolate.CubicSpline"
        self.made = (self.x, self.y, 0, bc_type)


@defines(interpolate.CubicHermiteSpline)
class CubicHermiteSpline(Cubics):
    """Cubics with given values and slopes."""

    def __init__(self, x: Any, y: Any, dydx: Any, axis: Any = 0) -> None:
        if axis != 0:
            raise NotImplementedError("interpolation along the first axis is differentiated: move the axis")
        self.x = np.asarray(x)
        self.y = np.asarray(y)
        self.slopes = np.asarray(dydx)
        self.name = "interpolate.CubicHermiteSpline"
        self.made = (self.x, self.y, self.slopes)


def pchip_end(h0: Any, h1: Any, m0: Any, m1: Any) -> Any:
    """The one-sided slope at an end, kept from overshooting."""
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    d = np.where(np.sign(d) != np.sign(m0), 0.0, d)
    return np.where((np.sign(m0) != np.sign(m1)) & (np.abs(d) > 3.0 * np.abs(m0)), 3.0 * m0, d)


def pchip_slopes(x: Any, y: Any) -> Any:
    """Weighted harmonic means of the rises on both sides; zero where these have different signs."""
    h = np.diff(x)
    rise = np.diff(y, axis=0) / beside(h, y)
    if len(x) == 2:
        return np.stack([rise[0], rise[0]])
    hs = beside(h, y)
    before = rise[:-1]
    after = rise[1:]
    flat = (np.sign(before) != np.sign(after)) | (before == 0) | (after == 0)
    w1 = 2 * hs[1:] + hs[:-1]
    w2 = hs[1:] + 2 * hs[:-1]
    mean = (w1 / np.where(flat, 1.0, before) + w2 / np.where(flat, 1.0, after)) / (w1 + w2)
    inner = np.where(flat, 0.0, 1.0 / np.where(flat, 1.0, mean))
    first = pchip_end(h[0], h[1], rise[0], rise[1])
    last = pchip_end(h[-1], h[-2], rise[-1], rise[-2])
    return np.concatenate((np.expand_dims(first, 0), inner, np.expand_dims(last, 0)))


@defines(interpolate.PchipInterpolator)
class PchipInterpolator(Cubics):
    """Cubics that are monotonic where the values are."""

    def __init__(self, x: Any, y: Any, axis: Any = 0) -> None:
        if axis != 0:
            raise NotImplementedError("interpolation along the first axis is differentiated: move the axis")
        self.x = np.asarray(x)
        self.y = np.asarray(y)
        self.slopes = pchip_slopes(self.x, self.y)
        self.name = "interpolate.PchipInterpolator"
        self.made = (self.x, self.y)


def akima_slopes(x: Any, y: Any) -> Any:
    """Means of the rises on both sides, weighted by how much they differ from the next ones."""
    rise = np.diff(y, axis=0) / beside(np.diff(x), y)
    if len(x) == 2:
        return np.stack([rise[0], rise[0]])
    first = 2 * rise[:1] - rise[1:2]
    last = 2 * rise[-1:] - rise[-2:-1]
    m = np.concatenate((2 * first - rise[:1], first, rise, last, 2 * last - rise[-1:]))
    apart = np.abs(np.diff(m, axis=0))
    before = apart[:-2]
    both = apart[2:] + before
    weighed = both > 1e-9 * np.max(both)
    mean = m[1:-2] + before / np.where(weighed, both, 1.0) * (m[2:-1] - m[1:-2])
    return np.where(weighed, mean, 0.5 * (m[3:] + m[:-3]))


@defines(interpolate.Akima1DInterpolator)
class Akima1DInterpolator(Cubics):
    """Cubics that follow neighbouring points only (Akima, J. ACM 17 (1970)); nothing outside of the points."""

    def __init__(self, x: Any, y: Any, axis: Any = 0) -> None:
        if axis != 0:
            raise NotImplementedError("interpolation along the first axis is differentiated: move the axis")
        self.x = np.asarray(x)
        self.y = np.asarray(y)
        self.slopes = akima_slopes(self.x, self.y)
        self.name = "interpolate.Akima1DInterpolator"
        self.made = (self.x, self.y)


def multilinear(points: Any, values: Any, xi: Any, fill_value: Any) -> Any:
    """Linear interpolation in each coordinate, from the corners of the cell that each place lies in."""
    n = len(points)
    if np.ndim(values) != n:
        raise NotImplementedError("interpolation of numbers on a grid is differentiated")
    cells = []
    parts = []
    outside = np.zeros(np.shape(xi)[:-1], bool)
    for d in range(n):
        p = points[d]
        c = xi[..., d]
        k = np.clip(np.searchsorted(p, c, side="right") - 1, 0, len(p) - 2)
        outside = outside | (c < p[0]) | (c > p[-1])
        cells.append(k)
        parts.append((c - p[k]) / (p[k + 1] - p[k]))
    total = 0.0
    for corner in range(2**n):
        weight = 1.0
        flat = 0
        for d in range(n):
            up = (corner // 2**d) % 2
            weight = weight * (parts[d] if up == 1 else 1.0 - parts[d])
            flat = flat * len(points[d]) + cells[d] + up
        total = total + weight * np.ravel(values)[flat]
    if fill_value is None:
        return total
    return np.where(outside, fill_value, total)


@defines(interpolate.RegularGridInterpolator)
class RegularGridInterpolator:
    """Interpolation on a grid of rectangles, linear in each coordinate."""

    def __init__(
        self, points: Any, values: Any, method: Any = "linear", bounds_error: Any = True, fill_value: Any = np.nan
    ) -> None:
        if method != "linear":
            raise NotImplementedError("RegularGridInterpolator is differentiated with method='linear'")
        self.points = points
        self.values = values
        self.bounds_error = bounds_error
        self.fill_value = fill_value

    def __call__(self, xi: Any) -> Any:
        options = (("bounds_error", self.bounds_error), ("fill_value", self.fill_value))
        value = object_value("interpolate.RegularGridInterpolator", (self.points, self.values), (xi,), options)
        at = np.asarray(xi)
        if np.ndim(at) == 1:
            at = np.expand_dims(at, -1) if len(self.points) == 1 else np.expand_dims(at, 0)
        return valued(multilinear(self.points, np.asarray(self.values), at, self.fill_value), value)


@defines(interpolate.interpn)
def interpn(
    points: Any, values: Any, xi: Any, method: Any = "linear", bounds_error: Any = True, fill_value: Any = np.nan
) -> Any:
    if method != "linear":
        raise NotImplementedError("interpn is differentiated with method='linear'")
    at = np.asarray(xi)
    if np.ndim(at) == 1:
        at = np.expand_dims(at, -1) if len(points) == 1 else np.expand_dims(at, 0)
    value = scipy_value("interpolate.interpn", (points, values, xi, method, bounds_error, fill_value))
    return valued(multilinear(points, np.asarray(values), at, fill_value), value)
