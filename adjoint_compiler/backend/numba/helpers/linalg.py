"""Adjoints of factorizations and determinants of one real matrix."""

from __future__ import annotations

from typing import Any

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
    """Element by element, from the last column to the first (Smith, Differentiation of the Cholesky algorithm, 1995)."""
    if not _is_matrix(g, y):
        return None

    def worked_off(g: Any, y: Any, block: Any = 48) -> Any:
        n = y.shape[0]
        out = np.tril(g)
        for k in range(n - 1, -1, -1):
            for i in range(k + 1, n):
                for j in range(k + 1, i + 1):
                    out[i, k] -= out[i, j] * y[j, k]
                    out[j, k] -= out[i, j] * y[i, k]
            for j in range(k + 1, n):
                out[j, k] /= y[k, k]
                out[k, k] -= y[j, k] * out[j, k]
            out[k, k] /= 2.0 * y[k, k]
        return out

    return worked_off
