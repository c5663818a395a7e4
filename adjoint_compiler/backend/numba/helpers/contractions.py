"""Adjoints of products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.broadcasting import unbroadcast
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, made

__all__ = [
    "cross_adjoint_left", "cross_adjoint_right", "dot_adjoint_left", "dot_adjoint_right", "inner_adjoint_left", "inner_adjoint_right",
    "kron_adjoint_left", "kron_adjoint_right", "matmul_adjoint_left", "matmul_adjoint_right", "outer_sum", "overlap_part", "whole_overlap",
]  # fmt: skip

matmul_adjoint_left, matmul_adjoint_right = runtime.matmul_adjoint_left, runtime.matmul_adjoint_right
dot_adjoint_left, dot_adjoint_right = runtime.dot_adjoint_left, runtime.dot_adjoint_right
inner_adjoint_left, inner_adjoint_right = runtime.inner_adjoint_left, runtime.inner_adjoint_right
cross_adjoint_left, cross_adjoint_right = runtime.cross_adjoint_left, runtime.cross_adjoint_right
kron_adjoint_left, kron_adjoint_right = runtime.kron_adjoint_left, runtime.kron_adjoint_right
outer_sum, overlap_part, whole_overlap = runtime.outer_sum, runtime.overlap_part, runtime.whole_overlap


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


# -- Kronecker and cross products -----------------------------------------------------------------------------------


def _kron(g: Any, x: Any, z: Any, wanted: str, other: str) -> Any:
    """The adjoint of one factor of a Kronecker product of two arrays with as many axes."""
    if not all(map(is_array, (g, x, z))) or not x.ndim == z.ndim == g.ndim or not _plain(g, x, z):
        return None
    place = "".join(f"p[{k}] * z.shape[{k}] + q[{k}], " for k in range(x.ndim))
    mine, theirs = ("p", "q") if wanted == "x" else ("q", "p")
    text = (
        f"def sums(g, x, z):\n    out = np.zeros({wanted}.shape, g.dtype)\n    for p in np.ndindex(x.shape):\n"
        f"        for q in np.ndindex(z.shape):\n            out[{mine}] += g[({place})] * {other}[{theirs}]\n    return out"
    )
    return made(text, "sums", np=np)


@compiled_as(kron_adjoint_left)
def _kron_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    return _kron(g, x, z, "x", "z")


@compiled_as(kron_adjoint_right)
def _kron_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    return _kron(g, x, z, "z", "x")


@numba.njit
def in_space(v: Any) -> Any:
    """Vectors of the plane, or of space, as vectors of space.

    >>> in_space(np.array([1.0, 2.0]))
    array([1., 2., 0.])
    """
    out = np.zeros(v.shape[:-1] + (3,), v.dtype)
    out[..., : v.shape[-1]] = v
    return out


def _cross(g: Any, x: Any, z: Any, text: str) -> Any:
    """The adjoint of one factor of a cross product along the last axis."""
    if not all(map(is_array, (g, x, z))) or not _plain(g, x, z) or g.ndim != max(x.ndim, z.ndim):
        return None
    params = "g, x, z, axisa=-1, axisb=-1, axisc=-1, axis=None"
    return made(f"def cross({params}):\n    return {text}", "cross", np=np, unbroadcast=unbroadcast, in_space=in_space)


@compiled_as(cross_adjoint_left)
def _cross_adjoint_left(
    g: Any, x: Any, z: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None
) -> Any:
    if not all(isinstance(a, (types.Omitted, int)) for a in (axisa, axisb, axisc)):
        return None
    return _cross(g, x, z, "unbroadcast(np.cross(in_space(z), g)[..., : x.shape[-1]], x)")


@compiled_as(cross_adjoint_right)
def _cross_adjoint_right(
    g: Any, x: Any, z: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None
) -> Any:
    if not all(isinstance(a, (types.Omitted, int)) for a in (axisa, axisb, axisc)):
        return None
    return _cross(g, x, z, "unbroadcast(np.cross(g, in_space(x))[..., : z.shape[-1]], z)")


@compiled_as(outer_sum)
def _outer_sum(lefts: Any, rights: Any, like: Any = 0.0) -> Any:
    """Of lists of vectors; without a matrix to be like, there must be some."""
    vectors = all(isinstance(t, types.List) and is_array(t.dtype) and t.dtype.ndim == 1 for t in (lefts, rights))
    if not vectors:
        return None
    start = "np.zeros_like(like)" if is_array(like) else "np.zeros((lefts[0].size, rights[0].size))"
    text = (
        f"def sums(lefts, rights, like=0.0):\n    out = {start}\n    for k in range(len(lefts)):\n"
        "        out += np.outer(lefts[k], rights[k])\n    return out"
    )
    return made(text, "sums", np=np)


# -- convolutions ---------------------------------------------------------------------------------------------------


@numba.njit
def overlap_start(m: Any, n: Any, mode: Any, correlating: Any) -> Any:
    """Where the part of a convolution (or correlation) of so many elements begins that ``mode`` keeps.

    >>> overlap_start(5, 3, "same", False), overlap_start(3, 5, "valid", True)
    (1, 2)
    """
    short = min(m, n)
    start = 0 if mode == "full" else (short - 1) // 2 if mode == "same" else short - 1
    if correlating and m < n:  # NumPy correlates the other way round, and reverses
        long = m + n - 1 if mode == "full" else n if mode == "same" else n - m + 1
        start = m + n - 1 - start - long
    return start


@compiled_as(whole_overlap)
def _whole_overlap(g: Any, a: Any, v: Any, mode: Any = "full", correlating: Any = False) -> Any:
    if not all(map(is_array, (g, a, v))):
        return None

    def padded(g: Any, a: Any, v: Any, mode: Any = "full", correlating: Any = False) -> Any:
        start = overlap_start(a.size, v.size, mode, correlating)
        out = np.zeros(a.size + v.size - 1, g.dtype)
        out[start : start + g.size] = g
        return out

    return padded


@compiled_as(overlap_part)
def _overlap_part(whole: Any, g: Any, a: Any, v: Any, mode: Any = "full", correlating: Any = False) -> Any:
    if not all(map(is_array, (whole, g, a, v))):
        return None

    def part(whole: Any, g: Any, a: Any, v: Any, mode: Any = "full", correlating: Any = False) -> Any:
        start = overlap_start(a.size, v.size, mode, correlating)
        return whole[start : start + g.size]

    return part
