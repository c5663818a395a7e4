"""Definitions of scipy.interpolate: splines by B-splines, and what is made of them.

Formulas: de Boor, A Practical Guide to Splines (2001), chapters IX, X and XIII.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import constant, object_value, scipy_value, valued


def over(a: Any, b: Any) -> Any:
    """A quotient; zero where the divisor is."""
    return np.where(b == 0, 0.0, a / np.where(b == 0, 1.0, b))


def b_splines(t: Any, k: Any, x: Any) -> Any:
    """The values of all B-splines of degree ``k`` at places, a row for each; the polynomials at both ends go on outside."""
    n = len(t) - k - 1
    here = np.clip(np.searchsorted(t, x, side="right") - 1, k, n - 1)
    out = 1.0 * (np.arange(len(t) - 1) == np.expand_dims(here, -1))
    at = np.expand_dims(x, -1)
    for d in range(1, k + 1):
        rising = over(at - t[: -d - 1], t[d:-1] - t[: -d - 1])
        falling = over(t[d + 1 :] - at, t[d + 1 :] - t[1:-d])
        out = rising * out[..., :-1] + falling * out[..., 1:]
    return out


def spline_at(t: Any, c: Any, k: Any, x: Any, nu: Any) -> Any:
    """A spline, or its derivative, by its coefficients."""
    knots, coefficients, degree = t, c[: len(t) - k - 1], k
    for _ in range(nu):
        width = knots[degree + 1 : -1] - knots[1 : -degree - 1]
        coefficients = degree * over(np.diff(coefficients), width)
        knots = knots[1:-1]
        degree -= 1
    return b_splines(knots, degree, x) @ coefficients


@defines(interpolate.BSpline)
class BSpline:
    """A spline by its knots and coefficients (de Boor, chapters IX and X)."""

    def __init__(self, t: Any, c: Any, k: Any) -> None:
        if np.ndim(c) != 1:
            raise NotImplementedError("BSpline of numbers is differentiated")
        self.t = np.asarray(t)
        self.c = np.asarray(c)
        self.k = k

    def __call__(self, x: Any, nu: Any = 0) -> Any:
        if nu > self.k:
            raise NotImplementedError("derivatives of a BSpline up to its degree are differentiated")
        value = object_value("interpolate.BSpline", (self.t, self.c, self.k), (x, nu))
        return valued(spline_at(self.t, self.c, self.k, np.asarray(x), nu), value)


def knots_between(x: Any, k: Any) -> Any:
    """The knots of the interpolating spline of degree ``k``: not at the points next to the ends."""
    if k % 2 == 1:
        half = (k + 1) // 2
        inner = x[half : len(x) - half]
    else:
        half = k // 2
        inner = ((x[1:] + x[:-1]) / 2)[half : len(x) - 1 - half]
    return np.concatenate((np.repeat(x[:1], k + 1), inner, np.repeat(x[-1:], k + 1)))


class Spline:
    """A spline by knots and coefficients; ``made`` are SciPy's name of what made it, its arguments and options."""

    def __init__(self, t: Any, coefficients: Any, k: Any, name: Any, made: Any, options: Any) -> None:
        self.t = t
        self.coefficients = coefficients
        self.k = k
        self.name = name
        self.made = made
        self.options = options

    def __call__(self, x: Any, nu: Any = 0) -> Any:
        if nu > self.k:
            raise NotImplementedError("derivatives of a spline up to its degree are differentiated")
        value = object_value(self.name, self.made, (x, nu), self.options)
        return valued(spline_at(self.t, self.coefficients, self.k, np.asarray(x), nu), value)


@defines(interpolate.make_interp_spline)
class InterpolatingSpline(Spline):
    """``make_interp_spline(x, y, k)``, not a knot at the points next to the ends."""

    def __init__(self, x: Any, y: Any, k: Any = 3) -> None:
        if np.ndim(y) != 1:
            raise NotImplementedError("make_interp_spline of numbers is differentiated")
        if k < 1 or k > 5:
            raise NotImplementedError("make_interp_spline is differentiated with k=1 to k=5")
        places = np.asarray(x)
        self.k = k
        self.t = knots_between(places, k)
        self.coefficients = np.linalg.solve(b_splines(self.t, k, places), np.asarray(y))
        self.name = "interpolate.make_interp_spline"
        self.made = (x, y, k)
        self.options = ()


@defines(interpolate.InterpolatedUnivariateSpline)
class InterpolatedUnivariateSpline(Spline):
    """FITPACK's spline through all points."""

    def __init__(self, x: Any, y: Any, *, k: Any = 3) -> None:
        places = np.asarray(x)
        self.k = k
        self.t = knots_between(places, k)
        self.coefficients = np.linalg.solve(b_splines(self.t, k, places), np.asarray(y))
        self.name = "interpolate.InterpolatedUnivariateSpline"
        self.made = (x, y)
        self.options = (("k", k),)


@defines(interpolate.UnivariateSpline)
class UnivariateSpline(Spline):
    """FITPACK's spline, through all points."""

    def __init__(self, x: Any, y: Any, *, k: Any = 3, s: Any = None) -> None:
        if s is None or s != 0:
            raise NotImplementedError("UnivariateSpline is differentiated with s=0, through all points")
        places = np.asarray(x)
        self.k = k
        self.t = knots_between(places, k)
        self.coefficients = np.linalg.solve(b_splines(self.t, k, places), np.asarray(y))
        self.name = "interpolate.UnivariateSpline"
        self.made = (x, y)
        self.options = (("k", k), ("s", constant(s)))


@defines(interpolate.splrep)
def splrep(x: Any, y: Any, *, k: Any = 3, s: Any = None) -> Any:
    if s is not None and s != 0:
        raise NotImplementedError("splrep is differentiated with s=0, through all points")
    places = np.asarray(x)
    found = scipy_value("interpolate.splrep", (x, y), (("k", k), ("s", constant(s))))
    t = knots_between(places, k)
    c = np.linalg.solve(b_splines(t, k, places), np.asarray(y))
    return valued(t, found[0]), valued(np.concatenate((c, np.zeros(k + 1))), found[1]), k


@defines(interpolate.splev)
def splev(x: Any, tck: Any, der: Any = 0) -> Any:
    value = scipy_value("interpolate.splev", (x, (tck[0], tck[1], tck[2]), der))
    return valued(spline_at(tck[0], tck[1], tck[2], np.asarray(x), der), value)


@defines(interpolate.interp1d)
class interp1d:  # noqa: N801  (as SciPy calls it)
    """Interpolation between points in increasing order: by lines, splines, or the value of a neighbour."""

    def __init__(
        self, x: Any, y: Any, kind: Any = "linear", *, bounds_error: Any = None, fill_value: Any = np.nan,
        assume_sorted: Any = False,
    ) -> None:  # fmt: skip
        if np.ndim(y) != 1:
            raise NotImplementedError("interp1d of vectors is differentiated")
        self.places = np.asarray(x)
        self.heights = np.asarray(y)
        self.kind = kind
        self.bounds_error = bounds_error
        self.fill_value = fill_value
        self.assume_sorted = assume_sorted

    def __call__(self, x: Any) -> Any:
        at = np.asarray(x)
        order = np.argsort(self.places)
        xs = self.places[order]
        ys = self.heights[order]
        line = between(xs, ys, at, self.kind)
        if self.fill_value != "extrapolate":
            line = np.where((at < xs[0]) | (at > xs[-1]), filling(ys, self.fill_value, at < xs[0]), line)
        options = (
            ("kind", self.kind), ("bounds_error", self.bounds_error), ("fill_value", self.fill_value),
            ("assume_sorted", self.assume_sorted),
        )  # fmt: skip
        return valued(line, object_value("interpolate.interp1d", (self.places, self.heights), (x,), options))


def filling(ys: Any, fill_value: Any, below: Any) -> Any:
    """What stands outside of the points: a number, or one below and one above."""
    if isinstance(fill_value, tuple):
        return np.where(below, 0.0 * ys[0] + fill_value[0], 0.0 * ys[0] + fill_value[1])
    return 0.0 * ys[0] + fill_value


def between(xs: Any, ys: Any, at: Any, kind: Any) -> Any:
    """``interp1d`` of points in increasing order."""
    if kind == "linear":
        k = np.clip(np.searchsorted(xs, at) - 1, 0, len(xs) - 2)
        return ys[k] + (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k]) * (at - xs[k])
    if kind == "nearest":
        return ys[np.clip(np.searchsorted((xs[1:] + xs[:-1]) / 2, at), 0, len(xs) - 1)]
    if kind == "previous" or kind == "zero":
        return ys[np.clip(np.searchsorted(xs, at, side="right") - 1, 0, len(xs) - 1)]
    if kind == "next":
        return ys[np.clip(np.searchsorted(xs, at), 0, len(xs) - 1)]
    if kind == "slinear":
        return through(xs, ys, at, 1)
    if kind == "quadratic":
        return through(xs, ys, at, 2)
    if kind == "cubic":
        return through(xs, ys, at, 3)
    raise NotImplementedError("interp1d is differentiated with a kind that has a name")


def through(xs: Any, ys: Any, at: Any, k: Any) -> Any:
    """The spline of degree ``k`` through points."""
    t = knots_between(xs, k)
    return spline_at(t, np.linalg.solve(b_splines(t, k, xs), ys), k, at, 0)


def inside(t: Any, x: Any) -> Any:
    """Places, moved to the nearest one between the first and the last knot."""
    return np.clip(np.asarray(x), t[0], t[-1])


@defines(interpolate.RectBivariateSpline)
class RectBivariateSpline:
    """FITPACK's spline through all points of a grid."""

    def __init__(self, x: Any, y: Any, z: Any, *, kx: Any = 3, ky: Any = 3, s: Any = 0) -> None:
        if s != 0:
            raise NotImplementedError("RectBivariateSpline is differentiated with s=0, through all points")
        xs = np.asarray(x)
        ys = np.asarray(y)
        self.kx = kx
        self.ky = ky
        self.tx = knots_between(xs, kx)
        self.ty = knots_between(ys, ky)
        across = np.linalg.solve(b_splines(self.tx, kx, xs), np.asarray(z))
        self.coefficients = np.linalg.solve(b_splines(self.ty, ky, ys), across.T).T
        self.made = (x, y, z)
        self.options = (("kx", kx), ("ky", ky), ("s", constant(s)))

    def __call__(self, x: Any, y: Any, *, grid: Any = True) -> Any:
        rows = b_splines(self.tx, self.kx, inside(self.tx, x)) @ self.coefficients
        columns = b_splines(self.ty, self.ky, inside(self.ty, y))
        if not grid:
            value = object_value("interpolate.RectBivariateSpline", self.made, (x, y), self.options, "ev")
            return valued(np.sum(rows * columns, axis=-1), value)
        value = object_value("interpolate.RectBivariateSpline", self.made, (x, y), self.options)
        return valued(np.atleast_2d(rows) @ np.atleast_2d(columns).T, value)

    def ev(self, xi: Any, yi: Any) -> Any:
        rows = b_splines(self.tx, self.kx, inside(self.tx, xi)) @ self.coefficients
        columns = b_splines(self.ty, self.ky, inside(self.ty, yi))
        value = object_value("interpolate.RectBivariateSpline", self.made, (xi, yi), self.options, "ev")
        return valued(np.sum(rows * columns, axis=-1), value)
