"""Definitions of NumPy's functions of polynomials, as the coefficients from the highest power down."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines
from adjoint_compiler.library.numpy_linalg import lstsq
from adjoint_compiler.runtime import machine_epsilon


@defines(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    c = np.asarray(p)
    at = np.asarray(x) if isinstance(x, (list, tuple)) else x
    y = np.zeros_like(at)
    for k in range(len(c)):
        y = y * at + c[k]
    return y


@defines(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    a = np.atleast_1d(a1)
    b = np.atleast_1d(a2)
    if len(a) == len(b):
        return a + b
    if len(a) < len(b):
        return np.concatenate((np.zeros(len(b) - len(a), a.dtype), a)) + b
    return a + np.concatenate((np.zeros(len(a) - len(b), b.dtype), b))


@defines(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    a = np.atleast_1d(a1)
    b = np.atleast_1d(a2)
    if len(a) == len(b):
        return a - b
    if len(a) < len(b):
        return np.concatenate((np.zeros(len(b) - len(a), a.dtype), a)) - b
    return a - np.concatenate((np.zeros(len(a) - len(b), b.dtype), b))


def without_leading_zeros(a: Any) -> Any:
    """The coefficients from the first that is not zero on; one zero, if all are."""
    c = np.trim_zeros(np.atleast_1d(a), trim="f")
    return np.zeros(1, c.dtype) if len(c) == 0 else c


@defines(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    return np.convolve(without_leading_zeros(a1), without_leading_zeros(a2))


@defines(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    y = np.asarray(p)
    for _ in range(m):
        n = len(y) - 1
        y = y[:-1] * np.arange(n, 0, -1)
    return y


@defines(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    y = np.asarray(p)
    for j in range(m):
        if k is None:
            constant = 0.0
        elif np.ndim(k) == 0:
            constant = k
        else:
            constant = k[j]
        y = np.concatenate((y / np.arange(len(y), 0, -1), np.atleast_1d(constant)))
    return y


@defines(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    a = np.atleast_1d(u) + 0.0
    b = np.atleast_1d(v) + 0.0
    m = len(a) - 1
    n = len(b) - 1
    scale = 1.0 / b[0]
    q = np.zeros((max(m - n + 1, 1),), np.result_type(a, b))
    r = a + np.zeros(len(a), np.result_type(a, b))
    for k in range(0, m - n + 1):
        d = scale * r[k]
        q[k] = d
        r[k : k + n + 1] -= d * b
    first = 0
    while first < len(r) - 1 and np.allclose(r[first], 0, rtol=1e-14):
        first += 1
    return q, r[first:]


@defines(np.vander)
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    n = len(x) if N is None else N
    powers = np.ones((len(x), n), np.result_type(x, int))
    if n > 1:
        repeated = np.repeat(np.asarray(x)[:, None], n - 1, axis=1).astype(powers.dtype)
        powers[:, 1:] = np.multiply.accumulate(repeated, axis=1)
    return powers if increasing else powers[:, ::-1]


@defines(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    zeros = np.atleast_1d(seq_of_zeros)
    if np.ndim(zeros) == 2:
        zeros = np.linalg.eigvals(zeros)
    a = np.ones((1,), zeros.dtype)
    for k in range(len(zeros)):
        a = np.convolve(a, np.stack([np.ones_like(zeros[k]), -zeros[k]]), mode="full")
    if np.iscomplexobj(a) and np.all(np.sort(zeros) == np.sort(np.conj(zeros))):
        return np.real(a)
    return a


@defines(np.roots)
def roots(p: Any) -> Any:
    c = np.atleast_1d(p)
    filled = np.nonzero(np.ravel(c))[0]
    if len(filled) == 0:
        return np.array([])
    trailing = len(c) - filled[-1] - 1
    c = c[filled[0] : filled[-1] + 1]
    n = len(c)
    if n < 2:
        return np.zeros(trailing)
    companion = np.diag(np.ones((n - 2,), c.dtype), -1)
    companion[0, :] = -c[1:] / c[0]
    found = np.linalg.eigvals(companion)
    if trailing > 0:
        return np.concatenate((found, np.zeros(trailing, found.dtype)))
    return found


@defines(np.polyfit)
def polyfit(x: Any, y: Any, deg: Any, rcond: Any = None, *, w: Any = None) -> Any:
    points = np.asarray(x) + 0.0
    values = np.asarray(y) + 0.0
    cut = len(points) * machine_epsilon(points) if rcond is None else rcond
    left = vander(points, deg + 1)
    right = values
    if w is not None:
        weights = np.asarray(w) + 0.0
        left = left * weights[:, None]
        right = right * (weights[:, None] if np.ndim(right) == 2 else weights)
    scale = np.sqrt(np.sum(left * left, axis=0))
    c, _, _, _ = lstsq(left / scale, right, cut)
    return (c.T / scale).T
