"""Definitions of scipy.sparse: matrices that a program makes of their elements, in products and systems; linear operators."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import sparse_elements, sparse_product, sparse_solution, sparse_sum

TRANSPOSED = {
    "coo": "coo",
    "csr": "csc",
    "csc": "csr",
    "csr rows": "csc columns",
    "csc columns": "csr rows",
    "dia": "dia",
}


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

    def transpose(self) -> Any:
        return self.T

    def __matmul__(self, x: Any) -> Any:
        return sparse_product(self.elements, self.row_numbers, self.column_numbers, self.shape, x, self.form)

    def dot(self, x: Any) -> Any:
        return sparse_product(self.elements, self.row_numbers, self.column_numbers, self.shape, x, self.form)

    def sum(self, axis: Any = None) -> Any:
        return sparse_sum(self.elements, self.row_numbers, self.column_numbers, self.shape, axis, self.form)

    def toarray(self) -> Any:
        return sparse_elements(self.elements, self.row_numbers, self.column_numbers, self.shape)

    def diagonal(self) -> Any:
        on = self.row_numbers == self.column_numbers
        out = np.zeros(min(self.shape[0], self.shape[1]), self.elements.dtype)
        np.add.at(out, self.row_numbers[on], self.elements[on])
        return out

    def __add__(self, other: Any) -> Any:
        return Elements(
            np.concatenate((self.elements, other.elements)),
            np.concatenate((self.row_numbers, other.row_numbers)),
            np.concatenate((self.column_numbers, other.column_numbers)),
            self.shape,
            form_of_sum(self.form, other.form),
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

    def __truediv__(self, other: Any) -> Any:
        if np.ndim(other) != 0:
            raise NotImplementedError("quotients of sparse matrices and numbers are differentiated")
        return Elements(self.elements * (1.0 / other), self.row_numbers, self.column_numbers, self.shape, self.form)

    def __spsolve__(self, b: Any) -> Any:
        return sparse_solution(self.elements, self.row_numbers, self.column_numbers, self.shape, b, self.form)

    def tocsr(self) -> Any:
        return Elements(self.elements, self.row_numbers, self.column_numbers, self.shape, "csr")

    def tocsc(self) -> Any:
        return Elements(self.elements, self.row_numbers, self.column_numbers, self.shape, "csc")


def form_of_sum(first: Any, second: Any) -> Any:
    """The format of a sum of sparse matrices, as SciPy chooses it."""
    if first[:3] == "csr" or first[:3] == "csc":
        return first[:3]
    return "dia" if first == "dia" and second == "dia" else "csr"


class Matrix(Elements):
    """A ``csr_matrix`` and the like, for which ``A * x`` is a product of matrices."""

    def __mul__(self, other: Any) -> Any:
        if np.ndim(other) == 0:
            return Elements(self.elements * other, self.row_numbers, self.column_numbers, self.shape, self.form)
        return sparse_product(self.elements, self.row_numbers, self.column_numbers, self.shape, other, self.form)

    def sum(self, axis: Any = None) -> Any:
        if axis is not None:
            raise NotImplementedError("sums of sparse matrices along an axis are of class matrix; use csr_array")
        return sparse_sum(self.elements, self.row_numbers, self.column_numbers, self.shape, axis, self.form)


@defines(sparse.diags)
def diags(diagonals: Any, offsets: Any = 0, shape: Any = None, format: Any = None) -> Any:  # noqa: A002  (SciPy's name)
    several = np.ndim(offsets) != 0
    numbers = offsets if several else [offsets]
    lines = [np.atleast_1d(d) for d in diagonals] if several else [np.asarray(diagonals)]
    if format is None and sorted(numbers) != list(numbers):
        raise NotImplementedError("sparse.diags is differentiated with offsets in increasing order, or a format")
    size = len(lines[0]) + abs(numbers[0])
    m, n = (size, size) if shape is None else shape
    lengths = [min(m + min(o, 0), n - max(o, 0)) for o in numbers]
    places = [np.arange(k) for k in lengths]
    return Matrix(
        np.concatenate([np.broadcast_to(d, (k,)) for d, k in zip(lines, lengths)]),
        np.concatenate([p + max(-o, 0) for p, o in zip(places, numbers)]),
        np.concatenate([p + max(o, 0) for p, o in zip(places, numbers)]),
        (m, n),
        "dia" if format is None else format,
    )


@defines(sparse.eye)
def eye(m: Any, n: Any = None, k: Any = 0, dtype: Any = float, format: Any = None) -> Any:  # noqa: A002
    columns = m if n is None else n
    return diags([np.ones(1, dtype)], [k], (m, columns), format)


@defines(sparse.identity)
def identity(n: Any, dtype: Any = float, format: Any = None) -> Any:  # noqa: A002
    return diags([np.ones(1, dtype)], [0], (n, n), format)


@defines(sparse.kron)
def kron(A: Any, B: Any, format: Any = None) -> Any:  # noqa: A002, N803
    if format != "csr" and format != "csc":
        raise NotImplementedError("sparse.kron is differentiated with format='csr' or format='csc'")
    m, n = B.shape
    return Matrix(
        np.ravel(np.outer(A.elements, B.elements)),
        np.ravel(np.add.outer(A.row_numbers * m, B.row_numbers)),
        np.ravel(np.add.outer(A.column_numbers * n, B.column_numbers)),
        (A.shape[0] * m, A.shape[1] * n),
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

    def __init__(self, arg1: Any, shape: Any = None) -> None:
        if shape is None:  # dense: every place counts, as there is a derivative by zeros, too
            self.elements = np.ravel(arg1)
            self.row_numbers = np.repeat(np.arange(arg1.shape[0]), arg1.shape[1])
            self.column_numbers = np.tile(np.arange(arg1.shape[1]), arg1.shape[0])
            self.form = "csr"
            self.shape = (arg1.shape[0], arg1.shape[1])
        elif len(arg1) == 3:
            self.elements = np.asarray(arg1[0])
            self.row_numbers = np.repeat(np.arange(shape[0]), np.diff(arg1[2]))
            self.column_numbers = arg1[1]
            self.form = "csr rows"
            self.shape = shape
        else:
            self.elements = np.asarray(arg1[0])
            self.row_numbers = arg1[1][0]
            self.column_numbers = arg1[1][1]
            self.form = "csr"
            self.shape = shape


@defines(sparse.csc_array)
class ByColumns(Elements):
    """``csc_array((data, indices, indptr), shape=shape)``, or with places."""

    def __init__(self, arg1: Any, shape: Any = None) -> None:
        if shape is None:
            self.elements = np.ravel(arg1)
            self.row_numbers = np.repeat(np.arange(arg1.shape[0]), arg1.shape[1])
            self.column_numbers = np.tile(np.arange(arg1.shape[1]), arg1.shape[0])
            self.form = "csc"
            self.shape = (arg1.shape[0], arg1.shape[1])
        elif len(arg1) == 3:
            self.elements = np.asarray(arg1[0])
            self.row_numbers = arg1[1]
            self.column_numbers = np.repeat(np.arange(shape[1]), np.diff(arg1[2]))
            self.form = "csc columns"
            self.shape = shape
        else:
            self.elements = np.asarray(arg1[0])
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


@defines(linalg.splu)
class Factors:
    """The factors of a sparse matrix, by which systems are solved."""

    def __init__(self, A: Any) -> None:  # noqa: N803  (SciPy's name)
        self.matrix = A

    def solve(self, rhs: Any) -> Any:
        a = self.matrix
        return sparse_solution(a.elements, a.row_numbers, a.column_numbers, a.shape, rhs, a.form, "splu")

    def __call__(self, rhs: Any) -> Any:
        a = self.matrix
        return sparse_solution(a.elements, a.row_numbers, a.column_numbers, a.shape, rhs, a.form, "splu")


@defines(linalg.factorized)
def factorized(A: Any) -> Any:  # noqa: N803  (SciPy's name)
    return Factors(A)


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
