"""Helpers of emitted code for objects of SciPy that a program reads: sparse matrices and splines, all constants."""

from __future__ import annotations

from typing import Any

__all__ = ["sparse_adjoint", "spline_value"]


def sparse_adjoint(a: Any) -> Any:
    """The conjugate transpose of a sparse matrix.

    >>> from scipy.sparse import csr_array
    >>> sparse_adjoint(csr_array([[0, 2], [1, 0]])).toarray()
    array([[0, 1],
           [2, 0]])
    """
    return a.conj().T


def spline_value(spline: Any, x: Any, nu: int = 0) -> Any:
    """The derivative of a spline, ``nu`` times, at ``x``.

    >>> from scipy.interpolate import CubicSpline
    >>> round(float(spline_value(CubicSpline([0.0, 1.0, 2.0], [0.0, 1.0, 4.0]), 1.5, 1)), 12)
    3.0
    """
    return spline(x, nu)
