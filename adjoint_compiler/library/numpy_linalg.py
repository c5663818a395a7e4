"""Definitions of functions of numpy.linalg that are made of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import lstsq_value, machine_epsilon, multi_dot_value, upper_factor, valued


@defines(np.linalg.cholesky)
def cholesky(a: Any, *, upper: Any = False) -> Any:
    if not upper:
        return np.linalg.cholesky(a)
    lower = np.linalg.cholesky(np.conj(np.swapaxes(a, -1, -2)))
    return valued(np.conj(np.swapaxes(lower, -1, -2)), upper_factor(a))


@defines(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    if n == 0:
        return np.zeros_like(a) + np.eye(a.shape[-1], dtype=a.dtype)
    base = np.linalg.inv(a) if n < 0 else a
    left = abs(n)
    if left == 3:
        return np.matmul(np.matmul(base, base), base)
    while left % 2 == 0:
        base = np.matmul(base, base)
        left = left // 2
    result = base
    left = left // 2
    while left > 0:
        base = np.matmul(base, base)
        if left % 2 == 1:
            result = np.matmul(result, base)
        left = left // 2
    return result


@defines(np.linalg.multi_dot)
def multi_dot(arrays: Any) -> Any:
    if len(arrays) == 2:
        return np.dot(arrays[0], arrays[1])
    product = np.dot(arrays[0], arrays[1])
    for k in range(2, len(arrays)):
        product = np.dot(product, arrays[k])
    return valued(product, multi_dot_value(arrays))


@defines(np.linalg.tensorinv)
def tensorinv(a: Any, ind: Any = 2) -> Any:
    rows = 1
    for n in a.shape[:ind]:
        rows = rows * n
    return np.reshape(np.linalg.inv(np.reshape(a, (rows, -1))), a.shape[ind:] + a.shape[:ind])


@defines(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    turned = np.asarray(a)
    if axes is not None:
        order = [k for k in range(np.ndim(a)) if k not in axes] + [k for k in axes]
        turned = np.transpose(a, order)
    shape = turned.shape[np.ndim(b) :]
    n = 1
    for k in shape:
        n = n * k
    return np.reshape(np.linalg.solve(np.reshape(turned, (-1, n)), np.ravel(b)), shape)


@defines(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    if p is None or p == 2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., 0] / s[..., -1]
    if p == -2:
        t = np.linalg.svd(x, compute_uv=False)
        return t[..., -1] / t[..., 0]
    inverse = np.linalg.inv(x)
    if np.ndim(x) == 2:
        return np.linalg.norm(x, ord=p) * np.linalg.norm(inverse, ord=p) if p != "fro" else fro(x) * fro(inverse)
    return np.linalg.norm(x, ord=p, axis=(-2, -1)) * np.linalg.norm(inverse, ord=p, axis=(-2, -1))


def fro(x: Any) -> Any:
    """The root of the sum of all squares, as matrix norms are computed."""
    return np.linalg.norm(x, ord="fro", axis=(-2, -1))


@defines(np.linalg.matrix_norm)
def matrix_norm(x: Any, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    if np.ndim(x) == 2:
        if ord != "fro":
            return np.reshape(np.linalg.norm(x, ord=ord), (1, 1)) if keepdims else np.linalg.norm(x, ord=ord)
    return np.linalg.norm(x, ord=ord, axis=(-2, -1), keepdims=keepdims)


@defines(np.linalg.vector_norm)
def vector_norm(x: Any, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    if axis is None:
        whole = np.linalg.norm(np.ravel(x), ord=ord, axis=0)
        return np.reshape(whole, (1,) * np.ndim(x)) if keepdims else whole
    if np.ndim(axis) > 0:
        axes = [k % np.ndim(x) for k in axis]
        turned = np.transpose(x, axes + [k for k in range(np.ndim(x)) if k not in axes])
        along = np.linalg.norm(np.reshape(turned, (-1,) + turned.shape[len(axis) :]), ord=ord, axis=0)
        return np.expand_dims(along, axis) if keepdims else along
    return np.linalg.norm(x, ord=ord, axis=axis, keepdims=keepdims)


@defines(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    found, squares, rank, s = lstsq_value(a, b, rcond)
    cut = machine_epsilon(a) * max(a.shape) if rcond is None else rcond
    x = valued(np.matmul(np.linalg.pinv(a, rcond=cut), b), found)
    if np.size(squares) > 0:
        r = b - np.matmul(a, x)
        squares = valued(np.atleast_1d(np.sum(np.real(r) ** 2 + np.imag(r) ** 2, axis=0)), squares)
    return x, squares, rank, valued(np.linalg.svd(a, compute_uv=False), s)
