"""Differential equations solved tightly, and their adjoint equations: numbers only. SciPy is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adjoint_compiler.rules.solvers.checks import SolverError

TOLERANCE, SMALL = 1e-10, 1e-14  # relative, and in units of what a component starts with
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


def trajectory(
    function: Callable[..., Any], y0: Any, times: Any, args: tuple[Any, ...] = (), stiff: bool = True,
    limit: float | None = None,
) -> Any:  # fmt: skip
    """The solution of ``y' = function(t, y, *args)`` at ``times``, ``y0`` at the first of them.

    >>> np.round(trajectory(lambda t, y: -y, np.ones(1), np.array([0.0, 1.0]))[1], 9)
    array([0.36787944])
    """
    from scipy import integrate

    times = np.asarray(times, float)
    if times.size == 1 or times[-1] == times[0]:
        return np.repeat(np.asarray(y0, float)[None], times.size, axis=0)
    scale = _scale(function, y0, times, args)
    solved, report = integrate.odeint(
        function,
        y0,
        times,
        args,
        tfirst=True,
        rtol=TOLERANCE,
        atol=SMALL * scale,
        mxstep=10**6,
        full_output=True,
        hmax=limit or 0.0,
    )
    if report["message"] != "Integration successful.":
        raise SolverError(f"the equation of a derivative could not be solved: {report['message']}")
    return solved


def _scale(function: Callable[..., Any], y0: Any, times: Any, args: tuple[Any, ...]) -> Any:
    """About how large the components become, from what they are and how they change at the start; never zero."""
    with np.errstate(all="ignore"):
        step = np.abs(np.asarray(function(times[0], np.asarray(y0, float), *args), float)) * abs(times[-1] - times[0])
    size = np.abs(y0)
    size = np.where(
        size > 0, size, np.where(np.isfinite(step), np.minimum(step, np.max(size, initial=0.0) or 1.0), 0.0)
    )
    return np.where(size > 0, size, np.max(size, initial=0.0) or 1.0)


def adjoint_equation(
    flow: Callable[..., Any], by_y: Callable[..., Any], by_params: Callable[..., Any] | None, y0: Any, times: Any,
    params: Sequence[Any], weights: Any, stiff: bool = True, limit: float | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    """The gradient of ``np.sum(weights * y)``, where ``y`` is the solution at ``times``, by ``y0``, ``times`` and parameters.

    Args:
        flow: the right-hand side, ``flow(t, y, *params)``.
        by_y: the gradient of ``w @ flow`` by ``y``, of ``(t, y, w, *params)``.
        by_params: that by parameters, a tuple; None if there are none.
        y0: the solution at ``times[0]``.
        times: all times, in their order or against it.
        params: further arguments of ``flow``.
        weights: adjoints of the solution, a row for each time.
        stiff: whether an implicit method is needed.
        limit: the longest step.

    References:
        Bradley, PDE-constrained optimization and the adjoint method (2010), section 3.
    """
    y0, times, weights = np.asarray(y0, float), np.asarray(times, float), np.asarray(weights, float)
    method = "LSODA" if stiff else "DOP853"
    moving = times[-1] != times[0]
    scale = _scale(flow, y0, times, tuple(params))
    path = (
        _solved(lambda t, y: flow(t, y, *params), (times[0], times[-1]), y0, method, scale, None, limit)
        if moving
        else None
    )

    def at(t: Any) -> Any:
        return y0 if path is None or t == times[0] else path.sol(t)

    w, gathered = np.zeros_like(y0), None
    step: float | None = None
    times_bar = np.zeros_like(times)
    left = times.size - 1  # where the equation has been solved to
    for k in range(times.size - 1, -1, -1):
        if k and not np.any(weights[k]):
            continue
        if np.any(w) and times[k] != times[left]:
            size = np.full_like(w, np.max(np.abs(w)))
            first = None if step is None else min(step, abs(times[k] - times[left]), limit or np.inf)
            back = _solved(
                lambda t, w: -by_y(t, at(t), w, *params), (times[left], times[k]), w, method, size, first, limit
            )
            step = float(np.max(np.abs(np.diff(back.t))))
            if by_params is not None:
                gathered = _gathered(by_params, at, back, params, gathered)
            w = back.y[:, -1]
        left = k
        if k:
            times_bar[k] = weights[k] @ flow(times[k], at(times[k]), *params)
            w = w + weights[k]
    times_bar[0] -= w @ flow(times[0], y0, *params)
    if by_params is not None and gathered is None:
        gathered = _scaled(by_params(times[0], y0, np.zeros_like(y0), *params), 0.0)
    return (w + weights[0], times_bar, *(gathered or ()))


def _solved(
    function: Callable[..., Any],
    span: tuple[Any, Any],
    y: Any,
    method: str,
    scale: Any,
    first: float | None,
    limit: float | None,
) -> Any:
    from scipy import integrate

    found = integrate.solve_ivp(
        function,
        span,
        y,
        method,
        rtol=TOLERANCE,
        atol=SMALL * scale,
        dense_output=True,
        first_step=first,
        max_step=limit or np.inf,
    )
    if not found.success:
        raise SolverError(f"the equation of a derivative could not be solved: {found.message}")
    return found


def _gathered(
    by_params: Callable[..., Any], at: Callable[[Any], Any], back: Any, params: Sequence[Any], total: Any
) -> Any:
    """The integral of the gradient by parameters over the steps of the adjoint's solution, by Gauss's rule, added to ``total``."""
    for end, start in zip(back.t[:-1], back.t[1:]):
        for node, weight in zip(_NODES, _WEIGHTS):
            t = (start + end) / 2 + node * (end - start) / 2
            term = _scaled(by_params(t, at(t), back.sol(t), *params), weight * (end - start) / 2)
            total = term if total is None else _sum(total, term)
    return total


def _scaled(value: Any, by: float) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_scaled(v, by) for v in value)
    if isinstance(value, dict):
        return {n: _scaled(v, by) for n, v in value.items()}
    return None if value is None else value * by


def _sum(a: Any, b: Any) -> Any:
    if isinstance(a, (tuple, list)):
        return type(a)(map(_sum, a, b))
    if isinstance(a, dict):
        return {n: _sum(v, b[n]) for n, v in a.items()}
    return None if a is None else a + b


__all__ = ["SolverError", "adjoint_equation", "trajectory"]
