"""Helpers of emitted code: functions that only move elements, and their adjoints.

Where the elements of a result come from shows when the function is run on labels instead of numbers: element
number ``k`` of an argument is labelled ``k``, from 1 on, and 0 stands for "from nowhere". Functions that change
an argument in place (``np.put``) are written as functions of what they change.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import unbroadcast

__all__ = [
    "arrangement", "block_adjoint", "choose_adjoint", "first_found", "labels", "moved", "moved_adjoint", "no_labels", "offsets",
    "strided", "strided_places", "with_diagonal", "with_flat",
    "with_masked", "with_placed", "with_put", "with_put_along", "restacked", "trimmed_bounds",
]  # fmt: skip


def labels(x: Any) -> Any:
    """The numbers 1, 2, ... in the shape of ``x``.

    >>> labels(np.zeros((2, 2)))
    array([[1, 2],
           [3, 4]])
    """
    return np.arange(1, np.size(x) + 1).reshape(np.shape(x))


def no_labels(x: Any) -> Any:
    """Zeros in the shape of ``x``, as labels; None for None.

    >>> no_labels(np.ones(2))
    array([0, 0])
    """
    return None if x is None else np.zeros(np.shape(x), int)


def moved(v: Any, x: Any, source: Any) -> Any:
    """The elements of ``v``, shaped like ``x`` after leading axes, that have the labels ``source``; zero for label 0.

    >>> moved(np.array([5.0, 7.0]), np.zeros(2), np.array([2, 2, 0]))
    array([7., 7., 0.])
    """
    v = np.asarray(v)
    flat = v.reshape(*v.shape[: v.ndim - np.ndim(x)], np.size(x))
    zero = np.zeros((*flat.shape[:-1], 1), v.dtype)
    return np.concatenate([zero, flat], -1)[..., source]


def moved_adjoint(g: Any, x: Any, source: Any) -> Any:
    """The adjoint of ``moved``: ``g``, shaped like ``source`` after leading axes, added up at the labels.

    >>> moved_adjoint(np.array([1.0, 2.0, 4.0]), np.zeros(2), np.array([2, 2, 0]))
    array([0., 3.])
    """
    g = np.asarray(g)
    lead = g.shape[: g.ndim - np.ndim(source)]
    out = np.zeros((*lead, np.size(x) + 1), g.dtype)
    index: Any = (..., source)
    np.add.at(out, index, g)
    return out[..., 1:].reshape(lead + np.shape(x))


def strided_places(x: Any, shape: Any = None, strides: Any = None) -> Any:
    """The labels of the elements of ``x`` that ``np.lib.stride_tricks.as_strided(x, shape, strides)`` shows.

    Raises:
        ValueError: it shows memory that ``x`` does not.

    >>> strided_places(np.zeros(3), (2, 2), (8, 8))
    array([[1, 2],
           [2, 3]])
    """
    own = offsets(x.shape, x.strides).ravel()
    shown = offsets(x.shape if shape is None else shape, x.strides if strides is None else strides)
    order = np.argsort(own, kind="stable")
    at = np.searchsorted(own, shown, sorter=order)
    if own.size == 0 or np.any(at == own.size) or np.any(own[order[at]] != shown):
        raise ValueError("as_strided shows memory that its argument does not: this is not differentiated")
    return order[at] + 1


def offsets(shape: Any, strides: Any) -> Any:
    """Where the elements of an array lie, in bytes from its first.

    >>> offsets((2, 2), (16, 8))
    array([[ 0,  8],
           [16, 24]])
    """
    out = np.zeros((), int)
    for n, stride in zip(np.atleast_1d(shape), np.atleast_1d(strides), strict=True):
        out = out[..., None] + np.arange(n) * stride
    return out


def strided(x: Any, places: Any, shape: Any = None, strides: Any = None, writeable: bool = True) -> Any:
    """``np.lib.stride_tricks.as_strided(x, shape, strides)``, which shows the elements of ``x`` with the labels ``places``.

    >>> strided(np.arange(3.0), None, (2, 2), (8, 8))
    array([[0., 1.],
           [1., 2.]])
    """
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=writeable)


def arrangement(x: Any, y: Any, axis: int | None = -1) -> Any:
    """The indices with which ``np.take_along_axis(x, indices, axis)`` is ``y``, which has the elements of ``x``.

    Equal elements keep their order.

    >>> arrangement(np.array([5.0, 9.0, 7.0]), np.array([7.0, 5.0, 9.0]))
    array([2, 0, 1])
    """
    x = np.ravel(x) if axis is None else x
    at = -1 if axis is None else axis
    order = np.argsort(x, axis=at, kind="stable")
    rank = np.argsort(np.argsort(y, axis=at, kind="stable"), axis=at)
    return np.take_along_axis(order, rank, at)


def first_found(x: Any, y: Any) -> Any:
    """The label of the first element of ``x`` that each element of ``y`` is equal to; 0 where there is none.

    >>> first_found(np.array([5.0, 7.0, 5.0]), np.array([5.0, 6.0, 7.0]))
    array([1, 0, 2])
    """
    flat = np.ravel(x)
    if flat.size == 0:
        return np.zeros(np.shape(y), int)
    order = np.argsort(flat, kind="stable")
    place = order[np.minimum(np.searchsorted(flat, y, sorter=order), flat.size - 1)]
    same = (flat[place] == y) | ((flat[place] != flat[place]) & np.not_equal(y, y))
    return np.where(same, place + 1, 0)


def with_put(a: Any, ind: Any, v: Any, mode: str = "raise") -> Any:
    """A copy of ``a`` after ``np.put(a, ind, v, mode)``.

    >>> with_put(np.zeros(3), [0, 2], [5.0, 7.0])
    array([5., 0., 7.])
    """
    out = np.array(a)
    np.put(out, ind, v, mode=mode)  # type: ignore[arg-type]
    return out


def with_put_along(arr: Any, indices: Any, values: Any, axis: Any = -1) -> Any:
    """A copy of ``arr`` after ``np.put_along_axis(arr, indices, values, axis)``.

    >>> with_put_along(np.zeros((2, 2)), np.array([[1], [0]]), 5.0, 1)
    array([[0., 5.],
           [5., 0.]])
    """
    out = np.array(arr)
    np.put_along_axis(out, indices, values, axis)
    return out


def with_masked(a: Any, mask: Any, values: Any) -> Any:
    """A copy of ``a`` after ``np.putmask(a, mask, values)``.

    >>> with_masked(np.zeros(3), [True, False, True], [5.0, 6.0, 7.0])
    array([5., 0., 7.])
    """
    out = np.array(a)
    np.putmask(out, mask, values)
    return out


def with_placed(arr: Any, mask: Any, vals: Any) -> Any:
    """A copy of ``arr`` after ``np.place(arr, mask, vals)``.

    >>> with_placed(np.zeros(3), [True, False, True], [5.0, 6.0])
    array([5., 0., 6.])
    """
    out = np.array(arr)
    np.place(out, np.asarray(mask), vals)
    return out


def with_diagonal(a: Any, val: Any, wrap: bool = False) -> Any:
    """A copy of ``a`` after ``np.fill_diagonal(a, val, wrap)``.

    >>> with_diagonal(np.zeros((2, 2)), 1.0)
    array([[1., 0.],
           [0., 1.]])
    """
    out = np.array(a)
    np.fill_diagonal(out, val, wrap)
    return out


def with_flat(a: Any, index: Any, values: Any) -> Any:
    """A copy of ``a`` after ``a.flat[index] = values``.

    >>> with_flat(np.zeros((2, 2)), slice(1, 3), 5.0)
    array([[0., 5.],
           [5., 0.]])
    """
    out = np.array(a)
    out.flat[index] = values
    return out


def restacked(parts: Any, x: Any, axis: int = 0) -> Any:
    """``parts`` of ``x`` along an axis as one array; nothing, if there are none.

    >>> restacked([np.zeros(2)], np.ones((1, 2))), restacked([], np.ones((0, 2)))
    (array([[0., 0.]]), array([], shape=(0, 2), dtype=float64))
    """
    return np.stack(parts, axis) if len(parts) else np.zeros_like(x)


def trimmed_bounds(x: Any, trim: str = "fb", axis: int = 0) -> tuple[int, int]:
    """Where along an axis ``np.trim_zeros(x, trim)`` begins, and where it ends.

    >>> trimmed_bounds(np.array([0.0, 5.0, 0.0])), trimmed_bounds(np.array([0.0, 5.0, 0.0]), "b"), trimmed_bounds(np.zeros(3))
    ((1, 2), (0, 2), (0, 0))
    """
    filled = np.argwhere(x)
    if len(filled) == 0:
        return 0, 0
    first = int(filled[:, axis].min()) if "f" in trim.lower() else 0
    last = int(filled[:, axis].max()) + 1 if "b" in trim.lower() else np.shape(x)[axis]
    return first, last


def block_adjoint(g: Any, arrays: Any) -> Any:
    """The adjoint of ``np.block(arrays)``, nested as ``arrays`` is.

    >>> block_adjoint(np.arange(3.0), [[0.0, np.zeros(2)]])
    [[array(0.), array([1., 2.])]]
    """
    numbered = 0

    def numbers(item: Any) -> Any:
        nonlocal numbered
        if isinstance(item, list):
            return [numbers(i) for i in item]
        numbered += np.size(item)
        return labels(item) + (numbered - np.size(item))

    source = numbers(arrays)
    flat = moved_adjoint(g, np.zeros(numbered), np.block(source))

    def parts(item: Any) -> Any:
        return [parts(i) for i in item] if isinstance(item, list) else flat[..., item - 1]

    return parts(source)


def choose_adjoint(g: Any, a: Any, choices: Any, mode: str = "raise") -> Any:
    """The adjoint of the choices of ``np.choose(a, choices, mode=mode)``: ``g`` where each was chosen.

    >>> choose_adjoint(np.array([1.0, 2.0]), np.array([1, 0]), [np.zeros(2), np.zeros(2)])
    [array([0., 2.]), array([1., 0.])]
    """
    a, n = np.asarray(a), len(choices)
    a = a % n if mode == "wrap" else np.clip(a, 0, n - 1) if mode == "clip" else a
    parts = [unbroadcast(np.where(a == k, g, np.zeros_like(g)), c) for k, c in enumerate(choices)]
    return np.stack(parts) if isinstance(choices, np.ndarray) else parts
