"""Adjoints and tangents of factorizations, determinants and norms of one real matrix."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_absent, is_array, is_number

__all__ = [
    "cholesky_adjoint", "cholesky_tangent", "cofactors", "det_hessian", "eigenvalue_gaps", "half_triangle", "inv_or_inf", "norm_slope",
    "plus_adjoint", "solve_as", "thin_adjoint",
]  # fmt: skip

cholesky_adjoint, cofactors, det_hessian = runtime.cholesky_adjoint, runtime.cofactors, runtime.det_hessian
cholesky_tangent, eigenvalue_gaps, half_triangle = (
    runtime.cholesky_tangent,
    runtime.eigenvalue_gaps,
    runtime.half_triangle,
)
thin_adjoint = runtime.thin_adjoint
inv_or_inf, norm_slope, plus_adjoint, solve_as = (
    runtime.inv_or_inf,
    runtime.norm_slope,
    runtime.plus_adjoint,
    runtime.solve_as,
)


def _is_matrix(*arrays: Any) -> bool:
    return all(is_array(a) and a.ndim == 2 and "float64" in str(a.dtype) for a in arrays)


@compiled_as(cofactors)
def _cofactors(a: Any) -> Any:
    """From the singular value decomposition, as under NumPy."""
    if not _is_matrix(a):
        return None

    def products(a: Any) -> Any:
        u, s, vh = np.linalg.svd(a)
        sign = np.linalg.det(u) * np.linalg.det(vh)
        for k in range(s.size):
            others = sign
            for m in range(s.size):
                if m != k:
                    others *= s[m]
            u[:, k] *= others
        return u @ vh

    return products


@compiled_as(cholesky_adjoint)
def _cholesky_adjoint(g: Any, y: Any, block: Any = 48) -> Any:
    """By blocks, as under NumPy; what is left in a block element by element (Smith, 1995; Murray, 2016)."""
    if not _is_matrix(g, y):
        return None

    def worked_off(g: Any, y: Any, block: Any = 48) -> Any:
        out, stop = np.tril(g), y.shape[0]
        while stop > 0:
            start = max(stop - block, 0)
            left, corner = y[start:stop, :start].copy(), np.tril(y[start:stop, start:stop])
            below_left, below = y[stop:, :start].copy(), y[stop:, start:stop].copy()
            below_bar = out[stop:, start:stop].copy() @ np.linalg.inv(corner)
            out[stop:, start:stop] = below_bar
            out[stop:, :start] -= below_bar @ left
            corner_bar = np.tril(out[start:stop, start:stop] - below_bar.T @ below)
            reverse_corner(corner_bar, corner)
            out[start:stop, start:stop] = corner_bar
            both = corner_bar + corner_bar.T
            out[start:stop, :start] -= below_bar.T @ below_left + both @ left
            stop = start
        return out

    return worked_off


@numba.njit
def reverse_corner(out: Any, y: Any) -> None:
    """The adjoint of one block from that of its factor ``y``, in its place."""
    n = y.shape[0]
    for k in range(n - 1, -1, -1):
        for i in range(k + 1, n):
            for j in range(k + 1, i + 1):
                out[i, k] -= out[i, j] * y[j, k]
                out[j, k] -= out[i, j] * y[i, k]
        for j in range(k + 1, n):
            out[j, k] /= y[k, k]
            out[k, k] -= y[j, k] * out[j, k]
        out[k, k] /= 2.0 * y[k, k]


@compiled_as(half_triangle)
def _half_triangle(x: Any, uplo: Any = "L") -> Any:
    if not _is_matrix(x) or getattr(uplo, "literal_value", getattr(uplo, "value", uplo)) not in ("L", "l"):
        return None

    def half(x: Any, uplo: Any = "L") -> Any:
        out = np.tril(x)
        for k in range(min(out.shape)):
            out[k, k] /= 2.0
        return out

    return half


@compiled_as(plus_adjoint)
def _plus_adjoint(x: Any) -> Any:
    return (lambda x: x + x.T) if _is_matrix(x) else None


@compiled_as(thin_adjoint)
def _thin_adjoint(g: Any, s: Any, axis: Any) -> Any:
    if not _is_matrix(g) or not is_array(s) or s.ndim != 1:
        return None

    def kept(g: Any, s: Any, axis: Any) -> Any:
        turned = g if axis == 0 or axis == -2 else g.T
        if np.any(turned[s.size :] != 0.0):
            raise ValueError(
                "singular vectors without a singular value are not differentiated: use full_matrices=False"
            )
        part = turned[: s.size]
        return part if axis == 0 or axis == -2 else part.T

    return kept


@compiled_as(solve_as)
def _solve_as(a: Any, v: Any, b: Any) -> Any:
    return lambda a, v, b: np.linalg.solve(a, v)


@compiled_as(inv_or_inf)
def _inv_or_inf(a: Any) -> Any:
    if not _is_matrix(a):
        return None

    def inverse(a: Any) -> Any:
        try:
            return np.linalg.inv(a)
        except Exception:  # compiled code catches all or none
            return np.full(a.shape, np.inf)

    return inverse


@compiled_as(eigenvalue_gaps)
def _eigenvalue_gaps(w: Any) -> Any:
    if not is_array(w) or w.ndim != 1 or "float64" not in str(w.dtype):
        return None

    def gaps(w: Any) -> Any:
        out = np.zeros((w.size, w.size))
        for i in range(w.size):
            for j in range(w.size):
                if w[i] != w[j]:
                    out[i, j] = 1.0 / (w[j] - w[i])
        return out

    return gaps


@compiled_as(cholesky_tangent)
def _cholesky_tangent(t: Any, y: Any, block: Any = 48) -> Any:
    if not _is_matrix(t, y):
        return None

    def tangent(t: Any, y: Any, block: Any = 48) -> Any:
        inverse = np.linalg.inv(np.tril(y))
        return np.tril(y) @ half_triangle(inverse @ plus_adjoint(half_triangle(t)) @ inverse.T)

    return tangent


@compiled_as(det_hessian)
def _det_hessian(h: Any, a: Any) -> Any:
    """From the singular value decomposition, as under NumPy."""
    if not _is_matrix(h, a):
        return None

    def slope(h: Any, a: Any) -> Any:
        u, s, vh = np.linalg.svd(a)
        n = s.size
        x, inner = u.T @ h @ vh.T, np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                if i != j:
                    others = 1.0
                    for m in range(n):
                        others *= s[m] if m != i and m != j else 1.0
                    inner[i, j] -= others * x[j, i]
                    inner[i, i] += others * x[j, j]
        return np.linalg.det(u) * np.linalg.det(vh) * (u @ inner @ vh)

    return slope


@compiled_as(norm_slope)
def _norm_slope(x: Any, y: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """Of vectors in all norms, and of matrices in that of Frobenius, of all elements."""
    if not is_array(x) or not is_number(y) or "complex" in str(x.dtype) or not is_absent(axis):
        return None

    def direction(x: Any, y: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
        out = np.zeros(x.shape, x.dtype)
        if y != 0.0:
            out[...] = x / y
        return out

    def slopes(x: Any, y: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
        out, ties = np.zeros(x.shape, x.dtype), 0
        for v in x:
            ties += abs(v) == y
        for k in range(x.size):
            size, sign = abs(x[k]), 1.0 if x[k] > 0.0 else -1.0
            if size == 0.0 or ord == 0:
                continue
            if np.isinf(ord):
                out[k] = sign / ties if size == y else 0.0
            else:
                out[k] = sign * (size / y) ** (ord - 1.0) if y != 0.0 else 0.0
        return out

    if is_absent(ord):
        return direction
    return slopes if x.ndim == 1 and is_number(ord) else None
