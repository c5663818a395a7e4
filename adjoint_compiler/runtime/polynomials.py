"""Helpers of emitted code: polynomials in the bases of numpy.polynomial, by the names of its functions.

Functions that are linear in coefficients are matrices, which they show when they are given unit vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "basis_adjoint",
    "basis_function",
    "basis_map",
    "basis_product",
    "basis_product_adjoint",
    "basis_slopes",
    "basis_sum_adjoint",
    "basis_values",
    "fitted",
]


def basis_function(name: str) -> Any:
    """A function of numpy.polynomial.

    >>> basis_function("chebyshev.chebder") is np.polynomial.chebyshev.chebder
    True
    """
    module, _, function = name.partition(".")
    return getattr(getattr(np.polynomial, module), function)


def basis_map(c: Any, name: str, arguments: tuple[Any, ...] = ()) -> Any:
    """A function, linear in its coefficients, of ``c``.

    >>> basis_map(np.array([1.0, 2.0, 3.0]), "polynomial.polyder")
    array([2., 6.])
    """
    return basis_function(name)(c, *arguments).astype(np.result_type(c), copy=False)


def basis_adjoint(g: Any, c: Any, name: str, arguments: tuple[Any, ...] = ()) -> Any:
    """The adjoint of :func:`basis_map`: the coefficients lie along the first axis.

    >>> basis_adjoint(np.array([1.0, 1.0]), np.zeros(3), "polynomial.polyder")
    array([0., 1., 2.])
    """
    n = np.shape(c)[0]
    if n == 0:
        return np.zeros(np.shape(c), np.result_type(g))
    columns = [np.atleast_1d(basis_function(name)(unit, *arguments)) for unit in np.eye(n)]
    parts = [np.tensordot(fitted(column, len(g)), g, (0, 0)) for column in columns]
    return np.stack(parts).astype(np.result_type(g), copy=False)


def fitted(v: Any, n: int) -> Any:
    """``v`` with zeros behind it, or cut off, to length ``n``.

    >>> fitted(np.ones(1), 2)
    array([1., 0.])
    """
    return np.concatenate([v[:n], np.zeros((max(n - len(v), 0), *v.shape[1:]), v.dtype)])


def basis_product(c1: Any, c2: Any, name: str, like: Any) -> Any:
    """The product of two series, in the shape of ``like``.

    >>> basis_product(np.array([1.0, 1.0]), np.array([1.0, -1.0]), "polynomial.polymul", np.zeros(3))
    array([ 1.,  0., -1.])
    """
    return fitted(basis_function(name)(c1, c2), len(like))


def basis_product_adjoint(g: Any, c1: Any, c2: Any, name: str) -> Any:
    """The adjoint of ``c1`` in the product of two series.

    >>> basis_product_adjoint(np.array([1.0, 0.0, 0.0]), np.zeros(2), np.array([3.0, 4.0]), "polynomial.polymul")
    array([3., 0.])
    """
    columns = [fitted(basis_function(name)(unit, c2), len(g)) for unit in np.eye(len(c1))]
    return np.stack([np.sum(g * np.conj(column)) for column in columns]).astype(np.result_type(g, c2), copy=False)


def basis_values(x: Any, deg: int, name: str) -> Any:
    """The polynomials of a basis up to degree ``deg`` at ``x``, along the last axis.

    >>> basis_values(2.0, 3, "polynomial.poly")
    array([1., 2., 4., 8.])
    """
    return np.reshape(basis_function(f"{name}vander")(x, deg), (*np.shape(x), deg + 1))


def basis_slopes(x: Any, deg: int, name: str, order: int = 1) -> Any:
    """The derivatives of the polynomials of a basis up to degree ``deg`` at ``x``, along the last axis.

    >>> basis_slopes(np.array([2.0]), 3, "polynomial.poly")
    array([[ 0.,  1.,  4., 12.]])
    """
    matrix = np.eye(deg + 1)
    for _ in range(order):
        matrix = fitted(basis_function(f"{name}der")(matrix), deg + 1)
    slopes = np.tensordot(basis_values(x, deg, name), matrix, (-1, 0))
    return slopes.astype(np.result_type(x, 0.0), copy=False)


def basis_sum_adjoint(g: Any, x: Any, c: Any, name: str) -> Any:
    """The adjoint of the coefficients ``c`` of a series that was evaluated at ``x``.

    >>> basis_sum_adjoint(np.array([1.0, 1.0]), np.array([2.0, 3.0]), np.zeros(2), "polynomial.poly")
    array([2., 5.])
    """
    powers = basis_values(x, np.shape(c)[0] - 1, name)
    return np.tensordot(np.conj(powers), g, (tuple(range(np.ndim(x))), tuple(range(np.ndim(g)))))
