"""Helpers of emitted code for objects of SciPy that a program reads: sparse matrices, and splines that are constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.optional import scipy

__all__ = ["sparse_adjoint", "sparse_matrix", "sparse_product", "sparse_solution", "spline_value"]


def sparse_matrix(data: Any, rows: Any, cols: Any, shape: Any, form: str = "csr") -> Any:
    """The matrix with ``data`` at ``(rows, cols)``, as SciPy makes it: of places, or of compressed rows or columns.

    >>> sparse_matrix([1.0, 2.0], [0, 1], [1, 0], (2, 2)).toarray()
    array([[0., 1.],
           [2., 0.]])
    """
    kind, _, compressed = form.partition(" ")
    make = getattr(scipy.sparse, f"{kind}_array")
    if not compressed:
        return make((data, (rows, cols)), shape=tuple(shape))
    major, minor, n = (rows, cols, shape[0]) if kind == "csr" else (cols, rows, shape[1])
    starts = np.concatenate(([0], np.cumsum(np.bincount(major, minlength=n))))
    return make((data, minor, starts), shape=tuple(shape))


def sparse_product(data: Any, rows: Any, cols: Any, shape: Any, x: Any, form: str = "csr") -> Any:
    """The product of the matrix with ``data`` at ``(rows, cols)``, those at one place summed, and a vector or matrix.

    >>> sparse_product([1.0, 2.0], [0, 1], [1, 0], (2, 2), [3.0, 4.0])
    array([4., 6.])
    """
    return sparse_matrix(data, rows, cols, shape, form) @ x


def sparse_solution(data: Any, rows: Any, cols: Any, shape: Any, b: Any, form: str = "csc") -> Any:
    """The solution of the system with the matrix of ``data`` at ``(rows, cols)``.

    >>> sparse_solution([1.0, 2.0], [0, 1], [1, 0], (2, 2), [3.0, 4.0])
    array([2., 3.])
    """
    return scipy.sparse.linalg.spsolve(sparse_matrix(data, rows, cols, shape, form), b)


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
