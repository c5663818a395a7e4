"""Helpers of Taylor mode: coefficients of ``y(t)`` from those of its operands, by recurrences.

Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), section 13.2, Tables 13.1 and 13.2. The coefficients of
orders 1, 2, ... of a variable stand along a leading axis, beside its value, which is that of order 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = [
    "arctan2_series", "cosine_series", "divided_series", "exp_series", "full_series", "hypot_series",
    "integral_series", "log_series", "logaddexp_series", "multilinear_series", "multiplied_series", "power_of_series",
    "power_series", "product_series", "quotient_series", "sine_and_cosine", "sine_series", "tangent_series",
]  # fmt: skip


def full_series(x: Any, x_: Any, like: Any, y: Any) -> Any:
    """The coefficients of all orders of ``x``, with axes of length one up to the rank of ``y``.

    Args:
        x: the value.
        x_: its coefficients from order 1 on; None for a constant.
        like: coefficients of another variable, of which there are as many.
        y: the result that ``x`` is broadcast to.

    >>> full_series(2.0, np.array([3.0, 4.0]), np.zeros(2), 1.0)
    array([2., 3., 4.])
    """
    count = len(like)
    shape = (*(1,) * (np.ndim(y) - np.ndim(x)), *np.shape(x))
    out = np.zeros((count + 1, *shape), np.result_type(x, float if x_ is None else x_, y))
    out[0] = np.reshape(x, shape)
    if x_ is not None:
        out[1:] = np.reshape(x_, (count, *shape))
    return out


def multiplied_series(x: Any, z: Any) -> Any:
    """The coefficients of a product, from all coefficients of its factors.

    >>> multiplied_series(np.array([1.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0]))
    array([1., 2., 1.])
    """
    return np.stack([sum(x[j] * z[k - j] for j in range(k + 1)) for k in range(len(x))])


def divided_series(x: Any, z: Any) -> Any:
    """The coefficients of a quotient, from all coefficients; zero over zero is zero from order 1 on.

    >>> divided_series(np.array([1.0, 0.0, 0.0]), np.array([1.0, -1.0, 0.0]))
    array([1., 1., 1.])
    """
    y: Any = []
    with np.errstate(all="ignore"):
        for k in range(len(x)):
            over = x[k] - sum(z[j] * y[k - j] for j in range(1, k + 1))
            y.append(np.where(over == 0, 0.0, np.divide(over, z[0])) if k else np.divide(over, z[0]))
    return np.stack(y)


def power_of_series(x: Any, r: Any, y: Any) -> Any:
    """All coefficients of ``x**r`` for a constant ``r``, given its value ``y``.

    Whole powers are products, so that they are right at zero, too.

    >>> power_of_series(np.array([0.0, 1.0, 0.0, 0.0]), 3, 0.0)
    array([0., 0., 0., 1.])
    """
    if np.ndim(r) == 0 and np.isreal(r) and 0 <= r <= 64 and r == int(r):
        out = np.zeros_like(x)
        out[0] = 1.0
        for _ in range(int(r)):
            out = multiplied_series(out, x)
        return out
    out = np.zeros((len(x), *np.shape(y)), np.result_type(x, y))
    out[0] = y
    with np.errstate(all="ignore"):
        for k in range(1, len(x)):
            over = sum((j * r - (k - j)) * x[j] * out[k - j] for j in range(1, k + 1))
            zero = np.all([x[j] == 0 for j in range(1, k + 1)], axis=0)
            out[k] = np.where(zero, 0.0, np.divide(over, k * x[0]))
    return out


def product_series(y: Any, x: Any, x_: Any, z: Any, z_: Any) -> Any:
    """The coefficients of ``x * z``.

    >>> product_series(6.0, 2.0, np.array([1.0, 0.0]), 3.0, np.array([1.0, 0.0]))
    array([5., 1.])
    """
    like = z_ if x_ is None else x_
    return multiplied_series(full_series(x, x_, like, y), full_series(z, z_, like, y))[1:]


def quotient_series(y: Any, x: Any, x_: Any, z: Any, z_: Any) -> Any:
    """The coefficients of ``x / z``.

    >>> quotient_series(0.5, 1.0, None, 2.0, np.array([2.0, 0.0]))
    array([-0.5,  0.5])
    """
    like = z_ if x_ is None else x_
    return divided_series(full_series(x, x_, like, y), full_series(z, z_, like, y))[1:]


def multilinear_series(y: Any, function: Any, named: Any, *pairs: Any) -> Any:
    """The coefficients of a product of matrices, or of another function that is linear in each of its operands.

    Args:
        y: the result.
        function: the function.
        named: the names of the last operands, of those that are given by keyword.
        pairs: each operand, and its coefficients; None for a constant.

    >>> multilinear_series(5.0, np.dot, (), np.ones(2), np.ones((1, 2)), np.array([2.0, 3.0]), np.ones((1, 2)))
    array([7.])
    """
    operands, coefs = pairs[::2], pairs[1::2]
    moving = [k for k, c in enumerate(coefs) if c is not None]
    full = {k: [operands[k], *coefs[k]] for k in moving}

    def product(orders: tuple[int, ...]) -> Any:
        given = list(operands)
        for k, j in zip(moving, orders, strict=True):
            given[k] = full[k][j]
        split = len(given) - len(named)
        return function(*given[:split], **dict(zip(named, given[split:], strict=True)))

    def up_to(order: int, parts: int) -> Iterator[tuple[int, ...]]:
        if parts == 1:
            yield (order,)
        for j in range(order + 1 if parts > 1 else 0):
            yield from ((j, *rest) for rest in up_to(order - j, parts - 1))

    count = len(full[moving[0]])
    return np.stack([sum(map(product, up_to(k, len(moving)))) for k in range(1, count)])


def power_series(y: Any, x: Any, x_: Any, z: Any, z_: Any) -> Any:
    """The coefficients of ``x**z``.

    >>> power_series(4.0, 2.0, np.array([1.0, 0.0]), 2, None)
    array([4., 1.])
    """
    like = z_ if x_ is None else x_
    if z_ is None:
        return power_of_series(full_series(x, x_, like, y), z, y)[1:]
    with np.errstate(all="ignore"):
        log = np.log(x)
    logs = None if x_ is None else log_series(log, x, x_)
    return exp_series(y, None, product_series(y, log, logs, z, z_))


def exp_series(y: Any, x: Any, x_: Any, rate: float = 1.0, offset: float = 0.0) -> Any:
    """The coefficients of ``y = exp(rate * x) - offset``.

    >>> exp_series(1.0, 0.0, np.array([1.0, 0.0]))
    array([1. , 0.5])
    """
    out = [np.asarray(y + offset)]
    for k in range(1, len(x_) + 1):
        out.append(rate / k * sum(j * x_[j - 1] * out[k - j] for j in range(1, k + 1)))
    return np.stack(out[1:])


def log_series(y: Any, x: Any, x_: Any, scale: float = 1.0, offset: float = 0.0) -> Any:
    """The coefficients of ``y = scale * log(x + offset)``.

    >>> log_series(0.0, 1.0, np.array([1.0, 0.0]))
    array([ 1. , -0.5])
    """
    z = full_series(x + offset, x_, x_, y)
    slope = np.stack([k * c for k, c in enumerate(z)][1:])
    rate = divided_series(slope, z[: len(slope)])
    return np.stack([scale * rate[k] / (k + 1) for k in range(len(rate))])


def sine_and_cosine(x: Any, x_: Any, sine: Any, cosine: Any, sign: float) -> Any:
    """All coefficients of the sine and the cosine of ``x``, given their values; hyperbolic ones for a ``sign`` of 1.

    >>> sine_and_cosine(0.0, np.array([1.0, 0.0, 0.0]), 0.0, 1.0, -1.0)[1]
    array([ 1. , -0. , -0.5, -0. ])
    """
    s, c = [np.asarray(sine)], [np.asarray(cosine)]
    for k in range(1, len(x_) + 1):
        s.append(sum(j * x_[j - 1] * c[k - j] for j in range(1, k + 1)) / k)
        c.append(sign * sum(j * x_[j - 1] * s[k - j] for j in range(1, k + 1)) / k)
    return np.stack(s), np.stack(c)


def sine_series(y: Any, x: Any, x_: Any, sign: float = -1.0) -> Any:
    """The coefficients of ``sin(x)``, or of ``sinh(x)`` for a ``sign`` of 1.

    >>> sine_series(0.0, 0.0, np.array([1.0, 0.0, 0.0]))
    array([ 1.        ,  0.        , -0.16666667])
    """
    return sine_and_cosine(x, x_, y, np.cos(x) if sign < 0 else np.cosh(x), sign)[0][1:]


def cosine_series(y: Any, x: Any, x_: Any, sign: float = -1.0) -> Any:
    """The coefficients of ``cos(x)``, or of ``cosh(x)`` for a ``sign`` of 1.

    >>> cosine_series(1.0, 0.0, np.array([1.0, 0.0]))
    array([-0. , -0.5])
    """
    return sine_and_cosine(x, x_, np.sin(x) if sign < 0 else np.sinh(x), y, sign)[1][1:]


def tangent_series(y: Any, x: Any, x_: Any, sign: float = 1.0) -> Any:
    """The coefficients of ``tan(x)``, or of ``tanh(x)`` for a ``sign`` of -1: ``y' = (1 + sign * y * y) * x'``.

    >>> tangent_series(0.0, 0.0, np.array([1.0, 0.0, 0.0]))
    array([1.        , 0.        , 0.33333333])
    """
    out = [np.asarray(y)]
    rate = [1.0 + sign * y * y]
    for k in range(1, len(x_) + 1):
        out.append(sum(j * x_[j - 1] * rate[k - j] for j in range(1, k + 1)) / k)
        rate.append(sign * sum(out[j] * out[k - j] for j in range(k + 1)))
    return np.stack(out[1:])


def integral_series(y: Any, x: Any, x_: Any, constant: float, square: float, power: float, scale: float = 1.0) -> Any:
    """The coefficients of ``y`` with ``y' = scale * (constant + square * x * x)**power * x'``; a ``power`` of 0: ``exp(square * x * x)``.

    >>> integral_series(0.0, 0.0, np.array([1.0, 0.0, 0.0]), 1.0, 1.0, -1.0)
    array([ 1.        ,  0.        , -0.33333333])
    """
    z = full_series(x, x_, x_, y)
    inner = square * multiplied_series(z, z)
    with np.errstate(all="ignore"):
        if power == 0:
            value = np.exp(inner[0])
            rate = np.concatenate([value[None], exp_series(value, None, inner[1:])])
        else:
            inner[0] += constant
            rate = power_of_series(inner, power, np.power(inner[0], power))
    return np.stack([
        scale * sum(j * x_[j - 1] * rate[k - j] for j in range(1, k + 1)) / k for k in range(1, len(x_) + 1)
    ])  # fmt: skip


def logaddexp_series(y: Any, x: Any, x_: Any, z: Any, z_: Any, rate: float = 1.0) -> Any:
    """The coefficients of ``log(exp(x) + exp(z))``, whose slopes are ``exp(x - y)`` and ``exp(z - y)``; in base 2 for a ``rate`` of ``log(2)``.

    >>> logaddexp_series(np.log(2.0), 0.0, np.array([1.0, 0.0]), 0.0, None)
    array([0.5  , 0.125])
    """
    like = z_ if x_ is None else x_
    a, b = full_series(x, x_, like, y), full_series(z, z_, like, y)
    with np.errstate(all="ignore"):
        left, right = [np.exp(rate * (a[0] - y))], [np.exp(rate * (b[0] - y))]
    out = [np.asarray(y)]
    for k in range(1, len(a)):
        out.append(sum(j * (a[j] * left[k - j] + b[j] * right[k - j]) for j in range(1, k + 1)) / k)
        for slope, c in ((left, a), (right, b)):
            slope.append(rate / k * sum(j * (c[j] - out[j]) * slope[k - j] for j in range(1, k + 1)))
    return np.stack(out[1:])


def hypot_series(y: Any, x: Any, x_: Any, z: Any, z_: Any) -> Any:
    """The coefficients of ``hypot(x, z)``.

    >>> hypot_series(5.0, 3.0, np.array([3.0, 0.0]), 4.0, np.array([4.0, 0.0]))
    array([5., 0.])
    """
    like = z_ if x_ is None else x_
    a, b = full_series(x, x_, like, y), full_series(z, z_, like, y)
    return power_of_series(multiplied_series(a, a) + multiplied_series(b, b), 0.5, y)[1:]


def arctan2_series(y: Any, x: Any, x_: Any, z: Any, z_: Any) -> Any:
    """The coefficients of ``arctan2(x, z)``: ``(x * x + z * z) * y' = z * x' - x * z'``.

    >>> arctan2_series(0.0, 0.0, np.array([1.0, 0.0, 0.0]), 1.0, None)
    array([ 1.        ,  0.        , -0.33333333])
    """
    like = z_ if x_ is None else x_
    a, b = full_series(x, x_, like, y), full_series(z, z_, like, y)
    square = multiplied_series(a, a) + multiplied_series(b, b)
    over = np.stack([
        sum(j * (b[k - j] * a[j] - a[k - j] * b[j]) for j in range(1, k + 1)) for k in range(1, len(a))
    ])  # fmt: skip
    rate = divided_series(over, square[: len(over)])
    return np.stack([rate[k] / (k + 1) for k in range(len(rate))])
