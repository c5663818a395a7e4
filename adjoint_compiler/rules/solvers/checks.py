"""Questions that the rules of solvers ask while running: where a variable is, and whether what was found is a solution."""

from __future__ import annotations

from typing import Any

import numpy as np

FAR = 1e-2  # of the size of a solution


class SolverError(ArithmeticError):
    """What a derivative needs could not be found: a solver has stopped before a solution, or that has no derivative."""


def is_inside(x: Any, bounds: Any) -> bool:
    """Whether a number is between two others.

    >>> is_inside(0.5, (0.0, 1.0))
    True
    """
    return bool(bounds[0] <= x <= bounds[1])


def check_slope(slope: Any) -> None:
    """Raise where an equation has no slope at its root: the root has no derivative."""
    if np.any(slope == 0.0):
        raise SolverError("the slope at a root is zero: the root has no derivative")


def check_solved(step: Any, x: Any) -> None:
    """Raise where Newton's next step leads far away from what a solver has found: it is no solution, and has no derivative.

    >>> check_solved(np.array([1e-4]), np.array([2.0]))
    """
    if np.any(np.abs(step) > FAR * (1.0 + np.abs(x))):
        raise SolverError("a solver has stopped far from a solution: what it returned has no derivative")


__all__ = ["FAR", "SolverError", "check_slope", "check_solved", "is_inside"]
