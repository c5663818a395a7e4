"""Integrals of numbers that derivatives need, as exactly as can be had: numbers only. SciPy is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LIMIT = 200  # parts of an interval


def number_integral(
    function: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...] = (), points: Any = None
) -> float:
    """The integral of ``function(t, *args)``, a number, without warnings where rounding hides how exact it is.

    >>> round(number_integral(lambda t: t * t, 0.0, 3.0), 12)
    9.0
    """
    from scipy import integrate

    found = integrate.quad(function, a, b, args, 1, 1e-200, 1e-10, LIMIT, points)
    return float(found[0])


__all__ = ["number_integral"]
