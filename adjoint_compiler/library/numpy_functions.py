"""Definitions of NumPy's functions that call a function for each row, axis or element; of updates that are functions."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import machine_epsilon


@defines(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    turned = np.moveaxis(np.asarray(arr), axis, -1)
    rows = np.reshape(turned, (-1, turned.shape[-1]))
    found = np.stack([np.asarray(func1d(rows[k], *args, **kwargs)) for k in range(len(rows))])
    if np.ndim(found) == 1:
        return np.reshape(found, turned.shape[:-1])
    if np.ndim(found) == 2:
        return np.moveaxis(np.reshape(found, turned.shape[:-1] + found.shape[1:]), -1, axis)
    raise NotImplementedError("np.apply_along_axis of a function that returns matrices is not differentiated")


@defines(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    value = np.asarray(a)
    for axis in np.atleast_1d(axes):
        found = func(value, axis)
        value = found if np.ndim(found) == np.ndim(value) else np.expand_dims(found, axis)
    return value


def of_each(function: Any, x: Any) -> Any:
    """``np.vectorize(function)(x)``."""
    if np.ndim(x) == 0:
        return np.asarray(function(x))
    flat = np.ravel(x)
    return np.reshape(np.stack([function(flat[k].item()) for k in range(len(flat))]), np.shape(x))


def of_each_pair(function: Any, x: Any, y: Any) -> Any:
    """``np.vectorize(function)(x, y)``."""
    whole = np.broadcast_shapes(np.shape(x), np.shape(y))
    if len(whole) == 0:
        return np.asarray(function(x, y))
    a = np.ravel(np.broadcast_to(x, whole))
    b = np.ravel(np.broadcast_to(y, whole))
    return np.reshape(np.stack([function(a[k].item(), b[k].item()) for k in range(len(a))]), whole)


def of_each_triple(function: Any, x: Any, y: Any, z: Any) -> Any:
    """``np.vectorize(function)(x, y, z)``."""
    whole = np.broadcast_shapes(np.shape(x), np.shape(y), np.shape(z))
    if len(whole) == 0:
        return np.asarray(function(x, y, z))
    a = np.ravel(np.broadcast_to(x, whole))
    b = np.ravel(np.broadcast_to(y, whole))
    c = np.ravel(np.broadcast_to(z, whole))
    return np.reshape(np.stack([function(a[k].item(), b[k].item(), c[k].item()) for k in range(len(a))]), whole)


@defines(operator.iadd)
def iadd(a: Any, b: Any) -> Any:
    a += b
    return a


@defines(operator.isub)
def isub(a: Any, b: Any) -> Any:
    a -= b
    return a


@defines(operator.imul)
def imul(a: Any, b: Any) -> Any:
    a *= b
    return a


@defines(operator.itruediv)
def itruediv(a: Any, b: Any) -> Any:
    a /= b
    return a


@defines(np.real_if_close)
def real_if_close(a: Any, tol: Any = 100) -> Any:
    x = np.asanyarray(a)
    if np.iscomplexobj(x):
        limit = machine_epsilon(x) * tol if tol > 1 else tol
        if np.all(np.absolute(x.imag) < limit):
            return x.real
    return x


VECTORIZED = {1: of_each, 2: of_each_pair, 3: of_each_triple}
