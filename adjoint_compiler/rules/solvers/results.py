"""What solvers of SciPy return, as far as programs may read it: named tuples, made of what SciPy gives, and their types."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from adjoint_compiler.ir.types import type_of


class Solution(NamedTuple):
    """What a root finder or a minimizer returns, as far as programs may read it."""

    x: Any
    fun: Any
    success: bool
    status: int
    message: str
    nfev: int
    nit: int
    free: Any


class Least(NamedTuple):
    """What ``scipy.optimize.least_squares`` returns, as far as programs may read it."""

    x: Any
    cost: Any
    success: bool
    status: int
    message: str
    nfev: int
    free: Any


class Found(NamedTuple):
    """What ``scipy.optimize.root_scalar`` returns."""

    root: Any
    converged: bool
    flag: str
    iterations: int
    function_calls: int


class Report(NamedTuple):
    """What root finders return beside the root, with ``full_output=True``."""

    converged: bool
    flag: str
    iterations: int
    function_calls: int


class Trajectory(NamedTuple):
    """What ``scipy.integrate.solve_ivp`` returns, as far as programs may read it."""

    t: Any
    y: Any
    success: bool
    status: int
    message: str
    nfev: int


class Eventful(NamedTuple):
    """What ``scipy.integrate.solve_ivp`` returns with events, as far as programs may read it."""

    t: Any
    y: Any
    t_events: Any
    y_events: Any
    success: bool
    status: int
    message: str
    nfev: int


def read_eventful(found: Any) -> Eventful:
    """What ``solve_ivp`` returns with events."""
    states = [np.reshape(y, (-1, len(found.y))) for y in found.y_events]
    return Eventful(
        found.t,
        found.y,
        found.t_events,
        states,
        bool(found.success),
        int(found.status),
        str(found.message),
        int(found.nfev),
    )


def read_trajectory(found: Any) -> Trajectory:
    """What ``solve_ivp`` returns, as far as programs may read it."""
    return Trajectory(found.t, found.y, bool(found.success), int(found.status), str(found.message), int(found.nfev))


def read_point(found: Any) -> Any:
    """A number, or an array, of floats."""
    return np.asarray(found, float)[()]


def read_floats(found: Any) -> Any:
    """An array of floats."""
    return np.asarray(found, float)


def read_found(found: Any) -> Found:
    """What ``root_scalar`` returns."""
    return Found(found.root, bool(found.converged), str(found.flag), int(found.iterations), int(found.function_calls))


def read_report(pair: Any) -> tuple[Any, Report]:
    """A root and its report, with ``full_output=True``."""
    r = pair[1]
    return pair[0], Report(bool(r.converged), str(r.flag), int(r.iterations), int(r.function_calls))


def read_list(found: Any) -> tuple[Any, dict[str, int], int, str]:
    """What ``fsolve`` returns with ``full_output=True``."""
    return np.asarray(found[0], float), {"nfev": int(found[1]["nfev"])}, int(found[2]), str(found[3])


def read_solution(found: Any, bounds: Any = None) -> Solution:
    """What ``root`` or ``minimize`` returns; ``bounds`` are those that it was given."""
    x = np.asarray(found.x, float)[()]
    status = int(getattr(found, "status", 0))
    return Solution(
        x,
        found.fun,
        bool(found.success),
        status,
        str(found.message),
        int(found.nfev),
        int(getattr(found, "nit", 0)),
        free_variables(x, bounds),
    )


def free_variables(x: Any, bounds: Any) -> Any:
    """Which variables are not at a bound.

    >>> free_variables(np.array([0.0, 1.0]), [(0.0, None), (0.0, 2.0)])
    array([False,  True])
    """
    free = np.ones(np.size(x), bool)
    if bounds is None:
        return free
    lower, upper = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else np.transpose(np.array(bounds, float))
    for bound in (lower, upper):
        bound = np.broadcast_to(bound, np.shape(x))
        free &= ~(np.isfinite(bound) & (np.abs(x - bound) <= 1e-9 * np.abs(bound)))
    return free


def read_least(found: Any) -> Least:
    """What ``least_squares`` returns."""
    free = np.asarray(found.active_mask) == 0
    return Least(found.x, found.cost, bool(found.success), int(found.status), str(found.message), int(found.nfev), free)


def read_estimate(found: Any) -> tuple[Any, Any]:
    """The parameters and their covariance, of ``curve_fit``."""
    return found[0], found[1]


ROOT = type_of(Solution(np.zeros(2), np.zeros(2), True, 1, "", 1, 1, np.ones(2, bool)))
MINIMUM = type_of(Solution(np.zeros(2), 0.5, True, 1, "", 1, 1, np.ones(2, bool)))
ONE_MINIMUM = type_of(Solution(0.5, 0.5, True, 1, "", 1, 1, np.ones(1, bool)))
LEAST = type_of(Least(np.zeros(2), 0.5, True, 1, "", 1, np.ones(2, bool)))
REPORT = type_of(Report(True, "", 1, 1))
TRAJECTORY = type_of(Trajectory(np.zeros(1), np.zeros((1, 1)), True, 1, "", 1))
EVENTFUL = type_of(Eventful(np.zeros(1), np.zeros((1, 1)), [np.zeros(1)], [np.zeros((1, 1))], True, 1, "", 1))
RESULTS = (Eventful, Solution, Least, Found, Trajectory)  # SciPy's are dicts, too: r["x"] is r.x

__all__ = [
    "EVENTFUL",
    "Eventful",
    "read_eventful",
    "Found",
    "LEAST",
    "Least",
    "MINIMUM",
    "ONE_MINIMUM",
    "REPORT",
    "RESULTS",
    "ROOT",
    "Report",
    "Solution",
    "TRAJECTORY",
    "Trajectory",
    "free_variables",
    "read_estimate",
    "read_floats",
    "read_found",
    "read_least",
    "read_list",
    "read_point",
    "read_report",
    "read_solution",
    "read_trajectory",
]
