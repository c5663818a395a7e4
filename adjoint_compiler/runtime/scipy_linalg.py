"""Helpers of emitted code for programs that use ``scipy.linalg``. Matrices are the last two axes.

SciPy reads only a part of some matrices: a triangle of symmetric and triangular ones, the bands of banded ones. A helper
gives the matrix as it is read; its adjoint puts what the matrix receives where it was read from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.optional import scipy

__all__ = [
    "band_products", "banded_adjoint", "banded_matrix", "bands_of", "block_of", "block_placed", "cho_product",
    "cho_product_adjoint", "corner", "diagonal_blocks", "doubled", "lu_parts", "lu_parts_adjoint", "lu_product",
    "masked_read", "matrix_read", "matrix_read_adjoint", "permuted_rows", "row_of", "transposed_bands",
    "triangle_part",
]  # fmt: skip


def triangle_part(x: Any, lower: bool = False, unit_diagonal: bool = False) -> Any:
    """A triangle of ``x``, without its diagonal where that is taken to be one.

    >>> triangle_part(np.ones((2, 2)), True, True)
    array([[0., 0.],
           [1., 0.]])
    """
    return np.tril(x, -1 if unit_diagonal else 0) if lower else np.triu(x, 1 if unit_diagonal else 0)


def matrix_read(a: Any, assume_a: str | None = None, lower: bool = False, transposed: bool = False) -> Any:
    """The matrix of which ``scipy.linalg.solve`` solves the system, given what it is told about ``a``.

    >>> matrix_read(np.array([[1.0, 2.0], [9.0, 3.0]]), "sym")
    array([[1., 2.],
           [2., 3.]])
    """
    if assume_a in ("sym", "symmetric", "pos", "positive definite", "her", "hermitian"):
        half = triangle_part(a, lower)
        other = np.swapaxes(triangle_part(a, lower, True), -1, -2)
        if assume_a not in ("sym", "symmetric") and np.iscomplexobj(a):
            half = half - 1j * np.imag(half) * np.eye(np.shape(a)[-1])
            other = np.conj(other)
        read = half + other
    else:
        read = masked_read(a, assume_a)
    return np.swapaxes(read, -1, -2) if transposed else read


def matrix_read_adjoint(
    g_: Any, a: Any, assume_a: str | None = None, lower: bool = False, transposed: bool = False
) -> Any:
    """What ``a`` receives from the adjoint of ``matrix_read(a, ...)``.

    >>> matrix_read_adjoint(np.array([[1.0, 2.0], [9.0, 3.0]]), np.eye(2), "sym")
    array([[ 1., 11.],
           [ 0.,  3.]])
    """
    g_ = np.swapaxes(g_, -1, -2) if transposed else g_
    if assume_a in ("sym", "symmetric", "pos", "positive definite", "her", "hermitian"):
        other = np.swapaxes(g_, -1, -2)
        half = triangle_part(g_, lower)
        if assume_a not in ("sym", "symmetric") and np.iscomplexobj(a):
            half = half - 1j * np.imag(half) * np.eye(np.shape(a)[-1])
            other = np.conj(other)
        return half + triangle_part(other, lower, True)
    return masked_read(g_, assume_a)


def masked_read(a: Any, assume_a: str | None) -> Any:
    """The elements of ``a`` that are read."""
    if assume_a in ("upper triangular", "lower triangular"):
        return triangle_part(a, assume_a == "lower triangular")
    if assume_a in ("diagonal", "tridiagonal"):
        width = 1 if assume_a == "tridiagonal" else 0
        return np.tril(np.triu(a, -width), width)
    return a


def cho_product(p: Any, c: Any, lower: bool = False) -> Any:
    """``U @ p`` for the upper factor ``U`` in ``c``, or ``p @ L`` for the lower one: of that, the factor's triangle.

    With ``p = a_bar + a_bar.T`` it is the adjoint of the factor of ``a``.

    >>> cho_product(np.ones((2, 2)), np.array([[1.0, 2.0], [9.0, 3.0]]))
    array([[3., 3.],
           [0., 3.]])
    """
    factor = triangle_part(c, lower)
    return triangle_part(p @ factor if lower else factor @ p, lower)


def cho_product_adjoint(g_: Any, c: Any, lower: bool = False) -> Any:
    """What ``p`` receives from the adjoint of ``cho_product(p, c, lower)``.

    >>> cho_product_adjoint(np.ones((2, 2)), np.array([[1.0, 2.0], [9.0, 3.0]]))
    array([[1., 1.],
           [2., 5.]])
    """
    factor, g = np.conj(np.swapaxes(triangle_part(c, lower), -1, -2)), triangle_part(g_, lower)
    return g @ factor if lower else factor @ g


def permuted_rows(x: Any, piv: Any, back: bool = False) -> Any:
    """The rows of ``x`` interchanged as ``lu_factor`` says, from the first to the last, or ``back``.

    >>> permuted_rows(np.array([1.0, 2.0, 3.0]), np.array([2, 2, 2]))
    array([3., 1., 2.])
    """
    order = np.arange(len(x))
    for row, other in enumerate(piv):
        order[[row, other]] = order[[other, row]]
    return x[np.argsort(order)] if back else x[order]


def lu_parts(lu: Any, unit: bool) -> Any:
    """The lower factor in ``lu``, with its diagonal of ones, or the upper one.

    >>> lu_parts(np.array([[1.0, 2.0], [9.0, 3.0]]), True)
    array([[1., 0.],
           [9., 1.]])
    """
    return np.tril(lu, -1) + np.eye(len(lu), dtype=lu.dtype) if unit else np.triu(lu)


def lu_parts_adjoint(g_: Any, unit: bool) -> Any:
    """What ``lu`` receives from the adjoint of ``lu_parts(lu, unit)``.

    >>> lu_parts_adjoint(np.ones((2, 2)), True)
    array([[0., 0.],
           [1., 0.]])
    """
    return np.tril(g_, -1) if unit else np.triu(g_)


def lu_product(p: Any, lu: Any) -> Any:
    """The adjoint of both factors in one matrix, from that of their product.

    >>> lu_product(np.ones((2, 2)), np.eye(2))
    array([[1., 1.],
           [1., 1.]])
    """
    lower, upper = np.conj(lu_parts(lu, True)).T, np.conj(lu_parts(lu, False)).T
    return np.tril(p @ upper, -1) + np.triu(lower @ p)


def doubled(a: Any, e: Any) -> Any:
    """The block matrix ``[[a, e], [0, a]]``: a function of it has the derivative by ``a`` along ``e`` in its corner.

    References:
        Higham, Functions of Matrices (2008), theorem 3.6.

    >>> doubled(np.ones((1, 1)), np.full((1, 1), 3.0))
    array([[1., 3.],
           [0., 1.]])
    """
    e = e + np.zeros_like(a)
    return np.concatenate(
        [np.concatenate([a + np.zeros_like(e), e], axis=-1), np.concatenate([np.zeros_like(e), a + np.zeros_like(e)], axis=-1)], axis=-2
    )  # fmt: skip


def corner(m: Any) -> Any:
    """The upper right block of a block matrix.

    >>> corner(np.array([[1.0, 3.0], [0.0, 1.0]]))
    array([[3.]])
    """
    n = np.shape(m)[-1] // 2
    return m[..., :n, n:]


def diagonal_blocks(m: Any) -> Any:
    """The sum of the two diagonal blocks of a block matrix.

    >>> diagonal_blocks(np.array([[1.0, 3.0], [0.0, 2.0]]))
    array([[3.]])
    """
    n = np.shape(m)[-1] // 2
    return m[..., :n, :n] + m[..., n:, n:]


def block_of(g_: Any, arrs: Any, i: int) -> Any:
    """What array number ``i`` of ``scipy.linalg.block_diag`` receives.

    >>> block_of(np.diag([1.0, 2.0, 3.0]), (np.ones((1, 1)), np.ones((2, 2))), 1)
    array([[2., 0.],
           [0., 3.]])
    """
    sizes = [(1, 1, *np.shape(a))[-2:] for a in arrs]
    row, column = (sum(s[axis] for s in sizes[:i]) for axis in (0, 1))
    m, n = sizes[i]
    return np.reshape(g_[..., row : row + m, column : column + n], np.shape(arrs[i]))


def block_placed(v: Any, arrs: Any, i: int) -> Any:
    """``scipy.linalg.block_diag`` of zeros, but for array number ``i``.

    >>> block_placed(np.ones((1, 1)), (np.ones((1, 1)), np.ones((2, 1))), 0)
    array([[1., 0.],
           [0., 0.],
           [0., 0.]])
    """
    zeros = [np.zeros_like(a, dtype=np.result_type(v)) for a in arrs]
    return scipy.linalg.block_diag(*zeros[:i], v, *zeros[i + 1 :])


def banded_matrix(ab: Any, l_and_u: Any = (0, 0), lower: bool | None = None) -> Any:
    """The matrix whose bands are the rows of ``ab``, as ``scipy.linalg.solve_banded`` reads them.

    With ``lower``, it is Hermitian, and one half of its bands is given, as ``scipy.linalg.solveh_banded`` reads them.

    >>> banded_matrix(np.array([[0.0, 5.0], [1.0, 2.0]]), (0, 1))
    array([[1., 5.],
           [0., 2.]])
    """
    ab = np.asarray(ab)
    n = ab.shape[1]
    out = np.zeros((n, n), ab.dtype)
    for d, row in bands_of(len(ab), l_and_u, lower):
        out += np.diag(row_of(ab, row, d), d)
        if lower is not None and d:
            out += np.diag(np.conj(row_of(ab, row, d)), -d)
    return out


def row_of(ab: Any, row: int, d: int) -> Any:
    """The part of a row of bands that lies in the matrix, on its diagonal ``d``.

    >>> row_of(np.array([[0.0, 5.0], [1.0, 2.0]]), 0, 1)
    array([5.])
    """
    n = np.shape(ab)[1]
    return ab[row, d:] if d >= 0 else ab[row, : n + d]


def bands_of(rows: int, l_and_u: Any, lower: bool | None) -> list[tuple[int, int]]:
    """The diagonals that rows of bands hold."""
    if lower is None:
        upper = l_and_u[1]
    else:
        upper = 0 if lower else rows - 1
    return [(upper - row, row) for row in range(rows)]


def banded_adjoint(g_: Any, ab: Any, l_and_u: Any = (0, 0), lower: bool | None = None) -> Any:
    """What the bands receive from the adjoint of their matrix.

    >>> banded_adjoint(np.array([[1.0, 5.0], [7.0, 2.0]]), np.zeros((2, 2)), (0, 1))
    array([[0., 5.],
           [1., 2.]])
    """
    out = np.zeros(np.shape(ab), np.result_type(g_))
    for d, row in bands_of(len(ab), l_and_u, lower):
        row_of(out, row, d)[...] = np.diagonal(g_, d)
        if lower is not None and d:
            row_of(out, row, d)[...] += np.conj(np.diagonal(g_, -d))
    return out


def transposed_bands(ab: Any, l_and_u: Any) -> Any:
    """The bands of the conjugate transpose of the matrix that ``ab`` holds, for ``(u, l)`` in place of ``(l, u)``.

    >>> transposed_bands(np.array([[0.0, 5.0], [1.0, 2.0]]), (0, 1))
    array([[1., 2.],
           [5., 0.]])
    """
    out = np.zeros_like(ab)
    for d, row in bands_of(len(ab), l_and_u, None):
        row_of(out, len(ab) - 1 - row, -d)[...] = np.conj(row_of(ab, row, d))
    return out


def band_products(s: Any, y_: Any, ab: Any, l_and_u: Any = (0, 0), lower: bool | None = None) -> Any:
    """``banded_adjoint(s @ y_.conj().T, ...)``, band by band: the matrix is never formed.

    >>> band_products(np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.zeros((2, 2)), (0, 1))
    array([[0., 4.],
           [3., 8.]])
    """
    s, y_ = (np.reshape(v, (len(v), -1)) for v in (s, np.conj(y_)))
    out = np.zeros(np.shape(ab), np.result_type(s, y_))
    for d, row in bands_of(len(ab), l_and_u, lower):
        n = len(s) - abs(d)
        first, second = (s[:n], y_[d:]) if d >= 0 else (s[-d:], y_[:n])
        row_of(out, row, d)[...] = np.sum(first * second, axis=1)
        if lower is not None and d:
            first, second = (s[d:], y_[:n]) if d >= 0 else (s[:n], y_[-d:])
            row_of(out, row, d)[...] += np.conj(np.sum(first * second, axis=1))
    return out
