"""Definitions of scipy.sparse: matrices that a program makes of their elements, in products and systems; linear operators."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import sparse_product, sparse_solution

TRANSPOSED = {"coo": "coo", "csr": "csc", "csc": "csr", "csr rows": "csc columns", "csc columns": "csr rows"}


class Elements:
    """A matrix by its elements: those at one place are summed."""

    def __init__(self, data: Any, rows: Any, cols: Any, shape: Any, form: Any = "csr") -> None:
        self.elements = data
        self.row_numbers = rows
        self.column_numbers = cols
        self.shape = shape
        self.form = form

    @property
    def T(self) -> Any:  # noqa: N802  (as NumPy calls it)
        return Elements(
            self.elements, self.column_numbers, self.row_numbers, (self.shape[1], self.shape[0]), TRANSPOSED[self.form]
        )

    def __matmul__(self, x: Any) -> Any:
        return sparse_product(self.elements, self.row_numbers, self.column_numbers, self.shape, x, self.form)

    def dot(self, x: Any) -> Any:
        return sparse_product(self.elements, self.row_numbers, self.column_numbers, self.shape, x, self.form)

    def __add__(self, other: Any) -> Any:
        if self.form != other.form or self.form == "dia":
            raise NotImplementedError(
                "sums of sparse matrices of one format are differentiated: convert them by tocsc()"
            )
        return Elements(
            np.concatenate((self.elements, other.elements)),
            np.concatenate((self.row_numbers, other.row_numbers)),
            np.concatenate((self.column_numbers, other.column_numbers)),
            self.shape,
            self.form[:3],
        )

    def __sub__(self, other: Any) -> Any:
        return self + (-1.0) * other

    def __neg__(self) -> Any:
        return Elements(-self.elements, self.row_numbers, self.column_numbers, self.shape, self.form)

    def __mul__(self, other: Any) -> Any:
        if np.ndim(other) != 0:
            raise NotImplementedError("products of sparse matrices with numbers are differentiated, and `A @ x`")
        return Elements(self.elements * other, self.row_numbers, self.column_numbers, self.shape, self.form)

    def __rmul__(self, other: Any) -> Any:
        if np.ndim(other) != 0:
            raise NotImplementedError("products of sparse matrices with numbers are differentiated, and `A @ x`")
        return Elements(other * self.elements, self.row_numbers, self.column_numbers, self.shape, self.form)

    def __spsolve__(self, b: Any) -> Any:
        return sparse_solution(self.elements, self.row_numbers, self.column_numbers, self.shape, b, self.form)

    def tocsr(self) -> Any:
        return Elements(self.elements, self.row_numbers, self.column_numbers, self.shape, "csr")

    def tocsc(self) -> Any:
        return Elements(self.elements, self.row_numbers, self.column_numbers, self.shape, "csc")


class Matrix(Elements):
    """A ``csr_matrix`` and the like, for which ``A * x`` is a product of matrices."""

    def __mul__(self, other: Any) -> Any:
        if np.ndim(other) == 0:
            return Elements(self.elements * other, self.row_numbers, self.column_numbers, self.shape, self.form)
        return sparse_product(self.elements, self.row_numbers, self.column_numbers, self.shape, other, self.form)


@defines(sparse.diags)
def diags(diagonals: Any, offsets: Any = 0, shape: Any = None, format: Any = None) -> Any:  # noqa: A002  (SciPy's name)
    if format != "csr" and format != "csc":
        raise NotImplementedError("sparse.diags is differentiated with format='csr' or format='csc'")
    if shape is not None:
        raise NotImplementedError("sparse.diags is differentiated without `shape`: give diagonals of full length")
    places = [np.arange(len(d)) for d in diagonals]
    size = len(diagonals[0]) + abs(offsets[0])
    return Matrix(
        np.concatenate([np.asarray(d) for d in diagonals]),
        np.concatenate([p + max(-o, 0) for p, o in zip(places, offsets)]),
        np.concatenate([p + max(o, 0) for p, o in zip(places, offsets)]),
        (size, size),
        format,
    )


@defines(sparse.coo_array)
class ByPlaces(Elements):
    """``coo_array((data, (rows, cols)), shape=shape)``."""

    def __init__(self, arg1: Any, shape: Any) -> None:
        self.elements = np.asarray(arg1[0])
        self.row_numbers = arg1[1][0]
        self.column_numbers = arg1[1][1]
        self.shape = shape
        self.form = "coo"


@defines(sparse.csr_array)
class ByRows(Elements):
    """``csr_array((data, indices, indptr), shape=shape)``, or with places."""

    def __init__(self, arg1: Any, shape: Any) -> None:
        self.elements = np.asarray(arg1[0])
        if len(arg1) == 3:
            self.row_numbers = np.repeat(np.arange(shape[0]), np.diff(arg1[2]))
            self.column_numbers = arg1[1]
            self.form = "csr rows"
        else:
            self.row_numbers = arg1[1][0]
            self.column_numbers = arg1[1][1]
            self.form = "csr"
        self.shape = shape


@defines(sparse.csc_array)
class ByColumns(Elements):
    """``csc_array((data, indices, indptr), shape=shape)``, or with places."""

    def __init__(self, arg1: Any, shape: Any) -> None:
        self.elements = np.asarray(arg1[0])
        if len(arg1) == 3:
            self.row_numbers = arg1[1]
            self.column_numbers = np.repeat(np.arange(shape[1]), np.diff(arg1[2]))
            self.form = "csc columns"
        else:
            self.row_numbers = arg1[1][0]
            self.column_numbers = arg1[1][1]
            self.form = "csc"
        self.shape = shape


@defines(sparse.coo_matrix)
class MatrixByPlaces(Matrix, ByPlaces):
    """``coo_matrix((data, (rows, cols)), shape=shape)``."""


@defines(sparse.csr_matrix)
class MatrixByRows(Matrix, ByRows):
    """``csr_matrix((data, indices, indptr), shape=shape)``, or with places."""


@defines(sparse.csc_matrix)
class MatrixByColumns(Matrix, ByColumns):
    """``csc_matrix((data, indices, indptr), shape=shape)``, or with places."""


@defines(linalg.LinearOperator)
class Operator:
    """``LinearOperator(shape, matvec=f)``, in products with vectors."""

    def __init__(self, shape: Any, matvec: Any, rmatvec: Any = None, dtype: Any = None) -> None:
        self.shape = shape
        self.forth = matvec
        self.back = rmatvec

    def matvec(self, x: Any) -> Any:
        if np.ndim(x) != 1:
            raise NotImplementedError("products of a LinearOperator with vectors are differentiated")
        return np.reshape(np.asarray(self.forth(x)), (self.shape[0],))

    def rmatvec(self, x: Any) -> Any:
        if np.ndim(x) != 1:
            raise NotImplementedError("products of a LinearOperator with vectors are differentiated")
        return np.reshape(np.asarray(self.back(x)), (self.shape[1],))

    def __matmul__(self, x: Any) -> Any:
        return self.matvec(x)

    def dot(self, x: Any) -> Any:
        return self.matvec(x)

    def __call__(self, x: Any) -> Any:
        return self.matvec(x)
