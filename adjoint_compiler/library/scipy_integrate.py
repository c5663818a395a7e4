"""Definitions of scipy.integrate: quadrature at fixed points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import constant, scipy_value, valued


@defines(integrate.fixed_quad)
def fixed_quad(func: Any, a: Any, b: Any, n: Any = 5) -> Any:
    nodes, weights = np.polynomial.legendre.leggauss(n)
    half = (b - a) / 2.0
    return half * np.sum(weights * func(half * (nodes + 1.0) + a), axis=-1), None


@defines(integrate.romb)
def romb(y: Any, dx: Any = 1.0, axis: Any = -1) -> Any:
    values = np.moveaxis(np.asarray(y), axis, -1)
    weights = scipy_value("integrate.romb", (np.eye(values.shape[-1]),))
    return valued(dx * (values @ weights), scipy_value("integrate.romb", (y, dx, axis)))


def quotient(a: Any, b: Any) -> Any:
    """A quotient; zero where the divisor is."""
    return np.where(b == 0, 0.0, a / np.where(b == 0, 1.0, b))


def steps(x: Any, dx: Any, rows: Any, axis: Any) -> Any:
    """The distances between points, along the last axis."""
    if x is None:
        return dx * np.ones(rows.shape[-1] - 1)
    places = np.asarray(x)
    return np.diff(places) if np.ndim(places) == 1 else np.diff(np.moveaxis(places, axis, -1))


@defines(integrate.simpson)
def simpson(y: Any, x: Any = None, *, dx: Any = 1.0, axis: Any = -1) -> Any:
    rows = np.moveaxis(np.asarray(y), axis, -1)
    h = steps(x, dx, rows, axis)
    n = rows.shape[-1]
    value = scipy_value("integrate.simpson", (y, x), (("dx", dx), ("axis", axis)))
    if n == 1:
        return valued(0.0 * rows[..., 0], value)
    if n == 2:
        return valued(h[..., 0] * (rows[..., 0] + rows[..., 1]) / 2.0, value)
    last = n - 2 if n % 2 == 0 else n - 1
    a = h[..., 0:last:2]
    b = h[..., 1:last:2]
    parts = rows[..., 0:last:2] * (2.0 - quotient(b, a)) + rows[..., 2 : last + 1 : 2] * (2.0 - quotient(a, b))
    parts = parts + rows[..., 1:last:2] * quotient((a + b) ** 2, a * b)
    total = np.sum((a + b) / 6.0 * parts, axis=-1)
    if n % 2 == 0:  # the last interval, by the parabola through the last three points (Cartwright, 2017, equation 8)
        a = h[..., -2]
        b = h[..., -1]
        total = total + rows[..., -1] * quotient(2.0 * b**2 + 3.0 * a * b, 6.0 * (a + b))
        total = total + rows[..., -2] * quotient(b**2 + 3.0 * a * b, 6.0 * a)
        total = total - rows[..., -3] * quotient(b**3, 6.0 * a * (a + b))
    return valued(total, value)


@defines(integrate.cumulative_trapezoid)
def cumulative_trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None) -> Any:
    rows = np.moveaxis(np.asarray(y), axis, -1)
    areas = np.cumsum(steps(x, dx, rows, axis) * (rows[..., 1:] + rows[..., :-1]) / 2.0, axis=-1)
    value = scipy_value("integrate.cumulative_trapezoid", (y, x, dx, axis, initial))
    if initial is not None:
        areas = np.concatenate((initial + 0.0 * areas[..., :1], areas), axis=-1)
    return valued(np.moveaxis(areas, -1, axis), value)


@defines(integrate.cumulative_simpson)
def cumulative_simpson(y: Any, *, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None) -> Any:
    rows = np.moveaxis(np.asarray(y), axis, -1)
    unit = np.eye(rows.shape[-1])
    options = (("x", x), ("dx", dx), ("axis", axis), ("initial", initial))
    found = scipy_value("integrate.cumulative_simpson", (y,), options)
    if x is None:
        areas = dx * (rows @ scipy_value("integrate.cumulative_simpson", (unit,)))
    else:
        areas = rows @ scipy_value("integrate.cumulative_simpson", (unit,), (("x", constant(x)),))
    if initial is not None:
        start = np.asarray(initial) + 0.0 * areas[..., :1]
        areas = np.concatenate((start, start + areas), axis=-1)
    return valued(np.moveaxis(areas, -1, axis), found)


def limit(end: Any, *at: Any) -> Any:
    """A limit of an inner integral: a number, or a function of the outer variables."""
    if callable(end):
        return end(*at)
    return end


@defines(integrate.dblquad)
def dblquad(func: Any, a: Any, b: Any, gfun: Any, hfun: Any) -> Any:
    def inner(x: Any) -> Any:
        return integrate.quad(lambda y: func(y, x), limit(gfun, x), limit(hfun, x))[0]

    return integrate.quad(inner, a, b)


class Solved:
    """What ``solve_ivp`` gives with ``dense_output=True``: ``sol`` is a function of time."""

    def __init__(self, found: Any, sol: Any) -> None:
        self.t = found.t
        self.y = found.y
        self.success = found.success
        self.status = found.status
        self.message = found.message
        self.nfev = found.nfev
        self.sol = sol


class SolvedWithEvents:
    """The same with ``events``."""

    def __init__(self, found: Any, sol: Any) -> None:
        self.t = found.t
        self.y = found.y
        self.t_events = found.t_events
        self.y_events = found.y_events
        self.success = found.success
        self.status = found.status
        self.message = found.message
        self.nfev = found.nfev
        self.sol = sol
