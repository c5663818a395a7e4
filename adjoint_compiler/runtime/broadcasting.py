"""Helpers that undo broadcasting and guard singular partials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = [
    "divide_or_zero", "guarded", "guarded_as", "guarded_tangent", "let_through", "outline", "not_differentiated",
    "quotient_tangent", "spread", "spread_adjoint", "stretched", "sum_product", "sum_to", "unbroadcast", "unbroadcast_product",
    "valued",
]  # fmt: skip


def unbroadcast(g: Any, x: Any) -> Any:
    """The adjoint of broadcasting ``x`` to the shape of ``g``: sums over the axes that broadcasting repeated.

    Where ``x`` is larger than ``g`` it is ``g`` that is broadcast, so that the operation is its own adjoint.

    Args:
        g: a number or array.
        x: an array or number whose shape broadcasts against that of ``g``.

    Returns:
        An array of ``x``'s shape (or a number): ``g`` itself, or new memory.

    >>> unbroadcast(np.ones((3, 2)), np.zeros(2))
    array([3., 3.])
    >>> unbroadcast(2.0, np.zeros(2))
    array([2., 2.])
    """
    try:
        if g.shape == x.shape:
            return g
    except AttributeError:  # a Python number
        pass
    shape = np.shape(x)
    if np.shape(g) == shape:
        return g
    extra = np.ndim(g) - len(shape)
    if extra > 0:
        g = g.sum(axis=tuple(range(extra))) if g.ndim != 2 or extra != 1 else np.einsum("ij->j", g)
    skip = max(-extra, 0)
    axes = tuple(k - skip for k in range(skip, len(shape)) if shape[k] == 1 and g.shape[k - skip] != 1)
    if axes == (0,) and g.ndim == 2:
        g = np.einsum("ij->j", g)[None]  # several times as quick as a sum over one of two axes
    elif axes == (1,) and g.ndim == 2 and g.shape[1] <= 128:  # NumPy sums no more one by one
        g = np.einsum("ij->i", g)[:, None]
    elif axes:
        g = g.sum(axis=axes, keepdims=True)
    if np.shape(g) == shape:
        return g
    out = np.empty(shape, np.result_type(g))
    out[...] = g
    return out


def stretched(t: Any, y: Any) -> Any:
    """The tangent ``t`` of a result ``y`` that has more elements, because a constant operand has.

    >>> stretched(2.0, np.zeros(3))
    array([2., 2., 2.])
    """
    if np.shape(t) == np.shape(y):
        return t
    out = np.empty(np.shape(y), np.result_type(t))
    out[...] = t
    return out


def unbroadcast_product(g: Any, z: Any, x: Any) -> Any:
    """``unbroadcast(g * z, x)``; as a product of a matrix and a vector where ``x`` and ``z`` are a row and a column.

    >>> unbroadcast_product(np.ones((2, 3)), np.array([[1.0], [2.0]]), np.zeros(3))
    array([3., 3., 3.])
    """
    if g.ndim == 2 and g.shape != x.shape:
        n, m = g.shape
        if z.shape == (n, 1) and x.shape in ((m,), (1, m)):
            return (z[:, 0] @ g).reshape(x.shape)
        if z.shape in ((m,), (1, m)) and x.shape == (n, 1):
            return (g @ z.reshape(m)).reshape(n, 1)
        if z.shape == g.shape and x.shape in ((m,), (1, m)):
            return np.einsum("ij,ij->j", g, z).reshape(x.shape)
        if z.shape == g.shape and x.shape == (n, 1) and m <= 128:
            return np.einsum("ij,ij->i", g, z).reshape(n, 1)
    return unbroadcast(g * z, x)


def sum_to(g: Any, x: Any, lead: int) -> Any:
    """``unbroadcast(g, x)`` of an adjoint that has ``lead`` leading axes, which stay.

    >>> sum_to(np.ones((5, 3, 2)), np.zeros((1, 2)), 1).shape
    (5, 1, 2)
    """
    shape = np.shape(x)
    g = g.sum(axis=tuple(range(lead, g.ndim - len(shape))))
    axes = tuple(lead + k for k, n in enumerate(shape) if n == 1 and g.shape[lead + k] != 1)
    return g.sum(axis=axes, keepdims=True) if axes else g


def outline(*arrays: Any) -> Any:
    """Something that has the shape which arrays broadcast to.

    >>> outline(np.zeros((3, 1)), np.zeros(2)).shape
    (3, 2)
    """
    return np.broadcast(*arrays)


def sum_product(x: Any, z: Any) -> Any:
    """``np.sum(x * z)`` of real arrays: an inner product where nothing is broadcast.

    >>> sum_product(np.array([1.0, 2.0]), np.array([3.0, 4.0])), sum_product(np.array([1.0, 2.0]), np.array([3.0]))
    (np.float64(11.0), np.float64(9.0))
    """
    if x.shape != z.shape:
        return np.sum(x * z)
    return x.dot(z) if x.ndim == 1 else np.vdot(x, z)


def spread(g: Any, x: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    """The adjoint of ``np.sum(x, axis, keepdims=keepdims, where=where)``: ``g`` along the summed axes.

    Args:
        g: adjoint of the sum; it may have leading axes more.
        x: what was summed; only its shape is read.
        axis, keepdims, where: as the sum had them.

    Returns:
        An array of ``x``'s shape, after the leading axes; a read-only view where ``where`` is True.

    >>> spread(np.array([1.0, 2.0]), np.zeros((2, 3)), 1)
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    shape = np.shape(x)
    if shape:
        g = np.asarray(g)
        lead = g.ndim
        if axis is None:
            kept = (1,) * len(shape)
            lead -= len(shape) if keepdims else 0
        else:
            axes = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
            kept = tuple(1 if k in axes else n for k, n in enumerate(shape))
            lead -= len(shape) if keepdims else len(shape) - len(axes)
        g = g.reshape(g.shape[:lead] + kept)
        g, part = np.empty(g.shape[:lead] + shape, g.dtype), g
        g[...] = part
    return g if where is True else np.where(where, g, np.zeros_like(g))


def spread_adjoint(g: Any, x: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    """The sum of ``g``, which has the shape of ``x`` after leading axes, over the axes ``axis`` of ``x``.

    >>> spread_adjoint(np.ones((5, 2, 3)), np.zeros((2, 3)), 0).shape
    (5, 3)
    """
    n = np.ndim(x)
    if where is not True:
        g = np.where(where, g, np.zeros_like(g))
    if n == 0:
        return g
    axes = range(n) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return np.sum(g, axis=tuple(a % n - n for a in axes), keepdims=keepdims)


def guarded(g: Any, c: Any) -> Any:
    """The contribution ``c``, which is ``g`` times a partial; zero where ``g`` is zero and the partial is not finite.

    >>> guarded(np.array([0.0, 2.0]), np.array([np.nan, 6.0]))
    array([0., 6.])
    """
    if isinstance(c, float):
        return c if g or math.isfinite(c) else 0.0 * g
    if type(c) is complex:
        return c if g or math.isfinite(c.real) and math.isfinite(c.imag) else 0.0 * g
    size = c.dot(c) if c.ndim == 1 else np.vdot(c, c)
    if math.isfinite(size.real):  # else something is not finite, or the sum of squares overflows
        return c
    stopped = (g == 0) & ~np.isfinite(c)
    return np.where(stopped, 0.0, c).astype(c.dtype, copy=False)[()] if np.any(stopped) else c


def guarded_as(g: Any, c: Any, p: Any, checked: Any) -> Any:
    """``guarded(g, c)``, where ``checked`` is ``guarded(g, p)`` and ``p`` a product of ``c``: not finite wherever ``c`` is not.

    >>> c = np.array([1.0, 6.0])
    >>> p = c * 2.0
    >>> guarded_as(np.ones(2), c, p, guarded(np.ones(2), p)) is c
    True
    """
    return c if checked is p else guarded(g, c)


def guarded_tangent(t: Any, g: Any, c: Any) -> Any:
    """The tangent of ``guarded(g, c)``, given that of ``c``: zero where that is zero, whatever ``t`` is.

    >>> guarded_tangent(np.array([np.nan, 2.0]), np.array([0.0, 2.0]), np.array([np.inf, 6.0]))
    array([0., 2.])
    """
    if isinstance(c, float):
        return t if g or math.isfinite(c) else 0.0
    return np.where((g == 0) & ~np.isfinite(c), np.zeros_like(t), t)[()]


def quotient_tangent(s: Any, t: Any, y: Any, z: Any) -> Any:
    """The tangent of ``y = x / z`` from those of ``x`` and ``z``: ``(s - t * y) / z``, with NumPy's warnings switched off.

    Where that is not finite, a tangent of zero contributes zero.

    >>> with np.errstate(all="ignore"):
    ...     quotient_tangent(np.array([1.0, 0.0]), np.array([0.5, 0.0]), np.array([2.0, np.inf]), np.array([1.0, 0.0]))
    array([0., 0.])
    """
    out = (s - t * y) / z
    if isinstance(out, float):
        if math.isfinite(out):
            return out
    else:
        size = out.dot(out) if np.ndim(out) == 1 else np.vdot(out, out)
        if math.isfinite(size.real):  # else something is not finite, or the sum of squares overflows
            return out
    first, second = np.divide(s, z), np.divide(t, z) * y
    return np.where((s == 0) & ~np.isfinite(first), 0.0, first) - np.where((t == 0) & ~np.isfinite(second), 0.0, second)


def let_through(g: Any, c: Any) -> Any:
    """One where ``guarded(g, c)`` is ``c``, else zero.

    >>> let_through(np.array([0.0, 2.0]), np.array([np.nan, np.inf]))
    array([0., 1.])
    """
    return np.where((g == 0) & ~np.isfinite(c), np.zeros_like(c), np.ones_like(c))[()]


def divide_or_zero(a: Any, b: Any) -> Any:
    """``a / b``, but zero where ``b`` is zero: the convention at the kinks of norms and of ``std``.

    >>> divide_or_zero(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
    array([0. , 0.5])
    """
    with np.errstate(all="ignore"):
        quotient = np.true_divide(a, b)
    return np.where(np.equal(b, 0), np.zeros_like(quotient), quotient)[()]


def not_differentiated(what: str) -> Any:
    """Stands where a derivative of high order is not implemented: raises when it is reached.

    >>> not_differentiated("third derivatives of np.linalg.norm with ord=2")
    Traceback (most recent call last):
    NotImplementedError: third derivatives of np.linalg.norm with ord=2 are not implemented
    """
    raise NotImplementedError(f"{what} are not implemented")


def valued(x: Any, value: Any) -> Any:
    """``value``, copied as it lies, whose derivative is that of ``x``: the same in exact arithmetic, computed in another way.

    >>> valued(0.30000000000000004, 0.3)
    0.3
    """
    return value.copy(order="K") if isinstance(value, np.ndarray) else value
