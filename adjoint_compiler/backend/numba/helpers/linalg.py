"""Adjoints of factorizations and determinants of one real matrix."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array

__all__ = ["cholesky_adjoint", "cofactors"]

cholesky_adjoint, cofactors = runtime.cholesky_adjoint, runtime.cofactors


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
