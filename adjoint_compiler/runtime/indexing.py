"""Helpers of emitted code: adjoints of sorting, taking and selecting."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import divide_or_zero, unbroadcast

__all__ = [
    "cast_adjoint", "has_stop", "interp_inside", "interp_nodes", "interp_part", "interp_place",
    "item_adjoint", "item_of", "select_adjoint", "sort_adjoint", "sort_as", "interp_steps", "interp_steps_adjoint", "take_adjoint",
    "take_along_axis_adjoint", "unselected",
]  # fmt: skip


def sort_adjoint(g: Any, x: Any, axis: int | None = -1) -> Any:
    """The adjoint of ``np.sort(x, axis)``; equal elements are ordered as by a stable sort.

    >>> sort_adjoint(np.array([1.0, 2.0, 3.0]), np.array([5.0, 9.0, 7.0]))
    array([1., 3., 2.])
    """
    if axis is None:
        return sort_adjoint(g, np.ravel(x)).reshape(g.shape[:-1] + np.shape(x))
    axis = axis % np.ndim(x) - np.ndim(x)
    place = np.argsort(np.argsort(x, axis=axis, kind="stable"), axis=axis)
    return np.take_along_axis(g, place.reshape((1,) * (g.ndim - place.ndim) + place.shape), axis)


def sort_as(v: Any, x: Any, axis: int | None = -1) -> Any:
    """``v`` in the order that sorts ``x``: the tangent of ``np.sort``.

    >>> sort_as(np.array([1.0, 2.0, 3.0]), np.array([5.0, 9.0, 7.0]))
    array([1., 3., 2.])
    """
    if axis is None:
        return sort_as(np.ravel(v), np.ravel(x))
    return np.take_along_axis(v, np.argsort(x, axis=axis, kind="stable"), axis)


def take_adjoint(g: Any, x: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """The adjoint of ``np.take(x, indices, axis, mode=mode)``: ``g`` added up where it was taken from.

    >>> take_adjoint(np.array([1.0, 2.0, 4.0]), np.zeros(3), [2, 0, 2])
    array([2., 0., 5.])
    """
    g, indices = np.asarray(g), np.asarray(indices)
    n, size = np.ndim(x), np.size(x) if axis is None else np.shape(x)[axis]
    if mode != "raise":
        indices = indices % size if mode == "wrap" else np.clip(indices, 0, size - 1)
    lead = g.ndim - indices.ndim - (0 if axis is None else n - 1)
    out = np.zeros(g.shape[:lead] + np.shape(x), g.dtype)
    at = lead + (0 if axis is None else axis % n)
    if g.size == 0:  # numbers of elements that nothing is taken from are not looked at
        return out
    along = out.reshape(*g.shape[:lead], size) if axis is None else np.moveaxis(out, at, -1)
    index: Any = (..., indices)
    np.add.at(along, index, np.moveaxis(g, range(at, at + indices.ndim), range(-indices.ndim, 0)))
    return out


def take_along_axis_adjoint(g: Any, x: Any, indices: Any, axis: int | None = -1) -> Any:
    """The adjoint of ``np.take_along_axis(x, indices, axis)``.

    >>> take_along_axis_adjoint(np.ones((1, 2)), np.zeros((1, 3)), np.array([[2, 2]]), 1)
    array([[0., 0., 2.]])
    """
    if axis is None:
        return take_adjoint(g, x, indices)
    n, indices = np.ndim(x), np.asarray(indices)
    lead, at = g.ndim - n, axis % n
    grid: list[Any] = list(np.indices(g.shape, sparse=True))
    for k, length in enumerate(np.shape(x)):
        grid[lead + k] = indices if k == at else grid[lead + k] if length > 1 else 0
    out = np.zeros(g.shape[:lead] + np.shape(x), g.dtype)
    if g.size:
        np.add.at(out, tuple(grid), g)
    return out


def select_adjoint(g: Any, condlist: Any, choicelist: Any) -> Any:
    """The adjoint of the choices of ``np.select(condlist, choicelist)``: ``g`` where each was chosen.

    >>> conditions = [np.array([True, False]), np.array([True, True])]
    >>> select_adjoint(np.ones(2), conditions, [np.zeros(2), np.zeros(2)])
    [array([1., 0.]), array([0., 1.])]
    """
    parts, earlier = [], np.zeros((), bool)
    for condition, choice in zip(condlist, choicelist, strict=True):
        parts.append(unbroadcast(np.where(condition & ~earlier, g, np.zeros_like(g)), choice))
        earlier = earlier | condition
    return np.stack(parts) if isinstance(choicelist, np.ndarray) else parts


def unselected(condlist: Any) -> Any:
    """Where ``np.select`` takes its default.

    >>> unselected([np.array([True, False, False]), np.array([True, True, False])])
    array([False, False,  True])
    """
    return ~np.logical_or.reduce(np.broadcast_arrays(*condlist))


def item_of(x: Any, at: Any = None) -> Any:
    """The element that ``x.item(at)`` gives, as a NumPy number.

    >>> item_of(np.array([[1.0, 2.0], [3.0, 4.0]]), 2)
    np.float64(3.0)
    """
    return x.reshape(-1)[0 if at is None else at] if not isinstance(at, tuple) else x[at]


def item_adjoint(g: Any, x: Any, at: Any = None) -> Any:
    """The adjoint of ``x.item(at)``: ``g`` where the element stands.

    >>> item_adjoint(5.0, np.zeros((2, 2)), (0, 1))
    array([[0., 5.],
           [0., 0.]])
    """
    out = np.zeros(np.shape(x), np.result_type(g))
    if isinstance(at, tuple):
        out[at] = g
    else:
        out.reshape(-1)[0 if at is None else at] = g
    return out


def cast_adjoint(g: Any, y: Any) -> Any:
    """The adjoint of a cast to ``y``: zero where ``y`` has an integer or boolean dtype, real where that is real.

    >>> cast_adjoint(np.ones(2), np.zeros(2, int)), cast_adjoint(1.0, np.zeros(()))
    (array([0., 0.]), 1.0)
    """
    kind = np.result_type(y).kind
    return g if kind == "c" else np.real(g) if kind == "f" else np.zeros_like(g)


def interp_place(x: Any, xp: Any) -> Any:
    """The number of the interval between the points ``xp`` in which ``np.interp`` places ``x``; -1 if there is one point.

    >>> interp_place(np.array([-1.0, 0.5, 1.0, 9.0]), np.array([0.0, 1.0, 2.0]))
    array([0, 0, 1, 1])
    """
    return np.clip(np.searchsorted(xp, x, side="right") - 1, min(len(xp) - 2, 0), len(xp) - 2)


def interp_steps(v: Any) -> Any:
    """``np.diff(v)``, and one step of length zero where there is one point.

    >>> interp_steps(np.array([1.0, 3.0])), interp_steps(np.array([1.0]))
    (array([2.]), array([0.]))
    """
    return np.diff(v) if len(v) > 1 else np.zeros_like(v)


def interp_steps_adjoint(g: Any, v: Any) -> Any:
    """The adjoint of ``interp_steps(v)``; leading axes of ``g`` are kept.

    >>> interp_steps_adjoint(np.array([1.0, 5.0]), np.zeros(3)), interp_steps_adjoint(np.array([1.0]), np.zeros(1))
    (array([-1., -4.,  5.]), array([0.]))
    """
    if len(v) == 1:
        return np.zeros_like(g)
    end = np.zeros_like(g[..., :1])
    return np.concatenate((end, g), axis=-1) - np.concatenate((g, end), axis=-1)


def interp_inside(x: Any, xp: Any) -> Any:
    """1.0 where ``x`` lies between the first and the last of the points ``xp``, else 0.0.

    >>> interp_inside(np.array([-1.0, 0.5, 9.0]), np.array([0.0, 1.0, 2.0]))
    array([0., 1., 0.])
    """
    return ((x >= xp[0]) & (x <= xp[-1])).astype(np.result_type(x, np.asarray(xp)))


def interp_part(x: Any, xp: Any) -> Any:
    """How far ``x`` has come in its interval between the points ``xp``, from 0 to 1.

    >>> interp_part(np.array([-1.0, 0.5, 9.0]), np.array([0.0, 1.0, 2.0]))
    array([0. , 0.5, 1. ])
    """
    place = interp_place(x, xp)
    return np.clip(divide_or_zero(x - np.take(xp, place), np.take(interp_steps(xp), place)), 0.0, 1.0)


def interp_nodes(g: Any, x: Any, xp: Any) -> Any:
    """What the points ``xp`` receive when ``x`` receives ``g``: they carry it, by parts, the other way.

    >>> interp_nodes(np.array([1.0]), np.array([0.25]), np.array([0.0, 1.0]))
    array([-0.75, -0.25])
    """
    place, part = interp_place(x, xp), interp_part(x, xp)
    return take_adjoint(-g * (1 - part), xp, place) + take_adjoint(-g * part, xp, place + 1)


def has_stop(stop: Any) -> float:
    """1.0 where ``np.arange(start, stop)`` has a stop, 0.0 where its one argument is the stop.

    >>> has_stop(3.0), has_stop(None)
    (1.0, 0.0)
    """
    return 0.0 if stop is None else 1.0
