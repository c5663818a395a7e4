"""Adjoints of products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array

__all__ = ["dot_adjoint_left", "dot_adjoint_right", "inner_adjoint_left", "inner_adjoint_right", "matmul_adjoint_left",
           "matmul_adjoint_right"]  # fmt: skip

matmul_adjoint_left, matmul_adjoint_right = runtime.matmul_adjoint_left, runtime.matmul_adjoint_right
dot_adjoint_left, dot_adjoint_right = runtime.dot_adjoint_left, runtime.dot_adjoint_right
inner_adjoint_left, inner_adjoint_right = runtime.inner_adjoint_left, runtime.inner_adjoint_right


def _left(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``x`` in ``x @ z`` by the ranks of both; none for stacks of matrices."""
    ranks = (getattr(x, "ndim", 0), getattr(z, "ndim", 0))
    if ranks == (1, 1):
        return lambda g, x, z: g * z
    if ranks == (2, 1):
        return lambda g, x, z: np.outer(g, z)
    if ranks == (1, 2):
        return lambda g, x, z: np.dot(z, g)
    if ranks == (2, 2):
        return lambda g, x, z: np.dot(g, z.T)
    return None


def _right(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``z`` in ``x @ z`` by the ranks of both; none for stacks of matrices."""
    ranks = (getattr(x, "ndim", 0), getattr(z, "ndim", 0))
    if ranks == (1, 1):
        return lambda g, x, z: g * x
    if ranks == (2, 1):
        return lambda g, x, z: np.dot(g, x)
    if ranks == (1, 2):
        return lambda g, x, z: np.outer(x, g)
    if ranks == (2, 2):
        return lambda g, x, z: np.dot(x.T, g)
    return None


def _plain(*given: Any) -> bool:
    """Whether no argument is complex: their adjoints are conjugated."""
    return not any("complex" in str(t) for t in given)


@compiled_as(matmul_adjoint_left)
def _matmul_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    return _left(g, x, z) if _plain(g, x, z) else None


@compiled_as(matmul_adjoint_right)
def _matmul_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    return _right(g, x, z) if _plain(g, x, z) else None


@compiled_as(dot_adjoint_left)
def _dot_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    return _left(g, x, z) if _plain(g, x, z) else None


@compiled_as(dot_adjoint_right)
def _dot_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    return _right(g, x, z) if _plain(g, x, z) else None


@compiled_as(inner_adjoint_left)
def _inner_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    vectors = is_array(x) and is_array(z) and x.ndim == z.ndim == 1 and _plain(g, x, z)
    return (lambda g, x, z: g * z) if vectors else None


@compiled_as(inner_adjoint_right)
def _inner_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    vectors = is_array(x) and is_array(z) and x.ndim == z.ndim == 1 and _plain(g, x, z)
    return (lambda g, x, z: g * x) if vectors else None
