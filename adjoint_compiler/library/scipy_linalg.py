"""Definitions of scipy.linalg: systems with structured matrices, decompositions by others."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import scipy_value, valued


@defines(linalg.lstsq)
def lstsq(a: Any, b: Any, cond: Any = None) -> Any:
    x, squares, rank, s = np.linalg.lstsq(a, b, rcond=2.220446049250313e-16 if cond is None else cond)
    found = scipy_value("linalg.lstsq", (a, b, cond))
    return valued(x, found[0]), squares, rank, s


@defines(linalg.pinvh)
def pinvh(a: Any) -> Any:
    lower = np.tril(a)
    whole = lower + np.conj(np.tril(a, -1)).T
    return valued(np.linalg.pinv(whole), scipy_value("linalg.pinvh", (a,)))


@defines(linalg.polar)
def polar(a: Any, side: Any = "right") -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    found = scipy_value("linalg.polar", (a, side))
    p = (np.conj(vh).T * s) @ vh if side == "right" else (u * s) @ np.conj(u).T
    return valued(u @ vh, found[0]), valued(p, found[1])


@defines(linalg.fiedler_companion)
def fiedler_companion(a: Any) -> Any:
    if np.ndim(a) != 1 or len(a) < 3:
        raise NotImplementedError("companion matrices of polynomials of degree 2 and more are differentiated")
    monic = np.asarray(a) / a[0]
    n = len(a) - 1
    whole = np.zeros((n, n), monic.dtype)
    below = np.arange(2, n, 2)
    above = np.arange(0, n - 1, 2)
    whole[below, below - 1] = -monic[3::2]
    whole[above, above + 1] = -monic[2::2]
    whole[0, 0] = -monic[1]
    return valued(whole, scipy_value("linalg.fiedler_companion", (a,)))


@defines(linalg.eigvals)
def eigvals(a: Any) -> Any:
    return valued(np.linalg.eigvals(a), scipy_value("linalg.eigvals", (a,)))


@defines(linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr: Any, b: Any) -> Any:
    if isinstance(c_or_cr, tuple):
        T = linalg.toeplitz(c_or_cr[0], c_or_cr[1])
    else:
        T = linalg.toeplitz(c_or_cr)
    return valued(np.linalg.solve(T, b), scipy_value("linalg.solve_toeplitz", (c_or_cr, b)))


@defines(linalg.matmul_toeplitz)
def matmul_toeplitz(c_or_cr: Any, x: Any) -> Any:
    if isinstance(c_or_cr, tuple):
        T = linalg.toeplitz(c_or_cr[0], c_or_cr[1])
    else:
        T = linalg.toeplitz(c_or_cr)
    return valued(T @ x, scipy_value("linalg.matmul_toeplitz", (c_or_cr, x)))


@defines(linalg.solve_circulant)
def solve_circulant(c: Any, b: Any) -> Any:
    return valued(np.linalg.solve(linalg.circulant(c), b), scipy_value("linalg.solve_circulant", (c, b)))


def tridiagonal(d: Any, e: Any) -> Any:
    """A symmetric matrix by its diagonals."""
    return np.diag(d) + np.diag(e, 1) + np.diag(e, -1)


@defines(linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal(d: Any, e: Any) -> Any:
    return valued(np.linalg.eigvalsh(tridiagonal(d, e)), scipy_value("linalg.eigvalsh_tridiagonal", (d, e)))


@defines(linalg.eigh_tridiagonal)
def eigh_tridiagonal(d: Any, e: Any) -> Any:
    found = scipy_value("linalg.eigh_tridiagonal", (d, e))
    w, v = np.linalg.eigh(tridiagonal(d, e))
    return valued(w, found[0]), valued(v * np.sign(np.sum(v * found[1], axis=0)), found[1])


@defines(linalg.eig)
def eig(a: Any) -> Any:
    found = scipy_value("linalg.eig", (a,))
    w, v = np.linalg.eig(a)
    return valued(w + 0j, found[0]), valued(v, found[1])


@defines(linalg.orthogonal_procrustes)
def orthogonal_procrustes(A: Any, B: Any) -> Any:
    found = scipy_value("linalg.orthogonal_procrustes", (A, B))
    u, s, vh = np.linalg.svd(np.conj(np.asarray(B).T @ np.conj(A)).T, full_matrices=False)
    return valued(u @ vh, found[0]), valued(np.sum(s), found[1])


# Newton's steps (Kleinman 1968) from the solution itself: the first has its first derivatives, three have those up to order seven.
@defines(linalg.solve_continuous_are)
def solve_continuous_are(a: Any, b: Any, q: Any, r: Any) -> Any:
    found = scipy_value("linalg.solve_continuous_are", (a, b, q, r))
    x = found
    for _ in range(3):
        gain = np.linalg.solve(r, np.conj(b).T @ x)
        closed = np.conj(a - b @ gain).T
        x = linalg.solve_continuous_lyapunov(closed, -(q + np.conj(gain).T @ r @ gain))
    return valued(x, found)


@defines(linalg.solve_discrete_are)
def solve_discrete_are(a: Any, b: Any, q: Any, r: Any) -> Any:
    found = scipy_value("linalg.solve_discrete_are", (a, b, q, r))
    x = found
    for _ in range(3):
        back = np.conj(b).T @ x
        gain = np.linalg.solve(r + back @ b, back @ a)
        closed = np.conj(a - b @ gain).T
        x = linalg.solve_discrete_lyapunov(closed, q + np.conj(gain).T @ r @ gain)
    return valued(x, found)


def from_bands(ab: Any, lower: Any) -> Any:
    """The triangle of a matrix whose diagonals are the rows of ``ab``."""
    count, n = ab.shape
    whole = np.zeros((n, n), ab.dtype)
    for k in range(count):
        places = np.arange(n - k)
        if lower:
            whole[places + k, places] = ab[k, : n - k]
        else:
            whole[places, places + k] = ab[count - 1 - k, k:]
    return whole


@defines(linalg.cholesky_banded)
def cholesky_banded(ab: Any, lower: Any = False) -> Any:
    bands = np.asarray(ab)
    count, n = bands.shape
    triangle = from_bands(bands, lower)
    factor = np.linalg.cholesky(triangle if lower else np.conj(triangle.T))
    out = 1.0 * bands  # the corner that no diagonal reaches stays
    for k in range(count):
        if lower:
            out[k, : n - k] = np.diagonal(factor, -k)
        else:
            out[count - 1 - k, k:] = np.conj(np.diagonal(factor, -k))
    return valued(out, scipy_value("linalg.cholesky_banded", (ab,), (("lower", lower),)))


@defines(linalg.cho_solve_banded)
def cho_solve_banded(cb_and_lower: Any, b: Any) -> Any:
    lower = cb_and_lower[1]
    factor = from_bands(np.asarray(cb_and_lower[0]), lower)
    whole = factor @ np.conj(factor.T) if lower else np.conj(factor.T) @ factor
    return valued(np.linalg.solve(whole, b), scipy_value("linalg.cho_solve_banded", (cb_and_lower, b)))
