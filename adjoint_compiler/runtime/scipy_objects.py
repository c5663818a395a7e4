"""Helpers of emitted code for objects of SciPy that a program reads: sparse matrices, and splines that are constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.optional import scipy

__all__ = [
    "sparse_adjoint",
    "sparse_matrix",
    "sparse_product",
    "sparse_elements",
    "sparse_solution",
    "sparse_sum",
    "spline_value",
]


def sparse_matrix(data: Any, rows: Any, cols: Any, shape: Any, form: str = "csr") -> Any:
    """The matrix with ``data`` at ``(rows, cols)``, as SciPy makes it: of places, or of compressed rows or columns.

    >>> sparse_matrix([1.0, 2.0], [0, 1], [1, 0], (2, 2)).toarray()
    array([[0., 1.],
           [2., 0.]])
    """
    if form == "dia":
        return scipy.sparse.coo_array((data, (rows, cols)), shape=tuple(shape)).todia()
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


def sparse_sum(data: Any, rows: Any, cols: Any, shape: Any, axis: Any = None, form: str = "csr") -> Any:
    """The sum of the elements of the matrix with ``data`` at ``(rows, cols)``, or the sums along an axis.

    >>> sparse_sum([1.0, 2.0], [0, 1], [1, 1], (2, 2), 0)
    array([0., 3.])
    """
    return sparse_matrix(data, rows, cols, shape, form).sum(axis)


def sparse_elements(data: Any, rows: Any, cols: Any, shape: Any) -> Any:
    """The dense matrix with ``data`` at ``(rows, cols)``.

    >>> sparse_elements([1.0, 2.0], [0, 1], [1, 0], (2, 2))
    array([[0., 1.],
           [2., 0.]])
    """
    return sparse_matrix(data, rows, cols, shape).toarray()


def sparse_solution(
    data: Any, rows: Any, cols: Any, shape: Any, b: Any, form: str = "csc", how: str = "spsolve"
) -> Any:
    """The solution of the system with the matrix of ``data`` at ``(rows, cols)``, by ``spsolve`` or ``splu``.

    >>> sparse_solution([1.0, 2.0], [0, 1], [1, 0], (2, 2), [3.0, 4.0])
    array([2., 3.])
    """
    a = sparse_matrix(data, rows, cols, shape, form)
    return scipy.sparse.linalg.splu(a).solve(b) if how == "splu" else scipy.sparse.linalg.spsolve(a, b)


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
