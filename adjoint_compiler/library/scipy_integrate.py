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


@defines(integrate.cumulative_simpson)
def cumulative_simpson(y: Any, *, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    values = np.moveaxis(np.asarray(y), axis, -1)
    unit = np.eye(values.shape[-1])
    if x is None:
        weights = scipy_value("integrate.cumulative_simpson", (unit,))
        found = scipy_value("integrate.cumulative_simpson", (y,), (("dx", dx), ("axis", axis)))
        return valued(np.moveaxis(dx * (values @ weights), -1, axis), found)
    weights = scipy_value("integrate.cumulative_simpson", (unit,), (("x", constant(x)),))
    found = scipy_value("integrate.cumulative_simpson", (y,), (("x", x), ("axis", axis)))
    return valued(np.moveaxis(values @ weights, -1, axis), found)


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
