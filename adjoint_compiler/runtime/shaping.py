"""Helpers of emitted code: adjoints of reshaping, joining, splitting, repeating, padding, of diagonals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import sum_to

__all__ = [
    "array_adjoint", "column_stack_adjoint", "concatenate_adjoint", "diag_adjoint", "diagonal_adjoint",
    "dstack_adjoint", "filled", "hsplit_adjoint", "hstack_adjoint", "layout_axes", "layout_order", "meshgrid_adjoint",
    "listed_adjoint", "meshgrid_part", "pad_adjoint", "pad_values_adjoint", "pad_widths", "pieces_like", "repeat_adjoint", "reshape_adjoint",
    "reshape_like", "split_adjoint", "stack_adjoint", "tile_adjoint", "transpose_adjoint", "vstack_adjoint",
]  # fmt: skip


def layout_order(x: Any, order: str) -> Any:
    """The order, ``C`` or ``F``, that ``order`` means for reshaping ``x``.

    >>> layout_order(np.zeros((2, 3)).T, "A")
    'F'
    """
    flags = np.asarray(x).flags
    if order == "K" and not (flags.c_contiguous or flags.f_contiguous):
        raise NotImplementedError("order='K' of an array with gaps is not differentiated")
    return order if order in ("C", "F") else "F" if flags.fnc else "C"


def layout_axes(x: Any) -> tuple[int, ...]:
    """The axes of ``x`` from the longest step in memory to the shortest: transposed so, ``order="K"`` is ``order="C"``.

    >>> layout_axes(np.zeros((2, 3, 4)).transpose(1, 2, 0))
    (2, 0, 1)
    """
    if not isinstance(x, np.ndarray):
        return ()
    if x.size and any(n > 1 and stride == 0 for n, stride in zip(x.shape, x.strides)):
        raise NotImplementedError("order='K' of an array that repeats itself is not differentiated")
    whole = (abs(s) if n > 1 else 0 for n, s in zip(x.shape, x.strides))
    steps = list(whole)
    long = [k for k in range(x.ndim) if x.shape[k] > 1]
    order = iter(sorted(long, key=lambda k: -steps[k]))
    return tuple(next(order) if k in long else k for k in range(x.ndim))


def reshape_like(v: Any, x: Any, y: Any, order: str = "C") -> Any:
    """``v``, shaped like ``x``, reshaped as ``y = np.reshape(x, shape, order)`` was; leading axes are kept.

    >>> reshape_like(np.arange(4.0).reshape(2, 2), np.zeros((2, 2)), np.zeros(4), "F")
    array([0., 2., 1., 3.])
    """
    if np.ndim(v) > np.ndim(x):
        return np.stack([reshape_like(part, x, whole, order) for part, whole in zip(v, y, strict=True)])
    return np.reshape(v, np.shape(y), order=layout_order(x, order))


def reshape_adjoint(g: Any, x: Any, y: Any, order: str = "C") -> Any:
    """The adjoint of ``y = np.reshape(x, shape, order)``; leading axes of ``g`` are kept.

    >>> reshape_adjoint(np.arange(4.0), np.zeros((2, 2)), np.zeros(4), "F")
    array([[0., 2.],
           [1., 3.]])
    """
    if np.ndim(g) > np.ndim(y):
        return np.stack([reshape_adjoint(part, x, y, order) for part in g])
    return np.reshape(g, np.shape(x), order=layout_order(x, order))


def transpose_adjoint(g: Any, x: Any, axes: Any = None) -> Any:
    """The adjoint of ``np.transpose(x, axes)``; leading axes of ``g`` are kept.

    >>> transpose_adjoint(np.zeros((3, 4, 2)), np.zeros((2, 3, 4)), (1, 2, 0)).shape
    (2, 3, 4)
    """
    n = np.ndim(x)
    order = range(n)[::-1] if axes is None else np.argsort([a % n for a in axes])
    return np.transpose(g, [*range(np.ndim(g) - n), *(int(a) - n + np.ndim(g) for a in order)])


def pieces_like(g: Any, arrays: Any, shapes: Any, axis: int) -> Any:
    """``g`` cut along ``axis`` into pieces of the ``shapes``, each reshaped to the shape of its array.

    >>> [p.shape for p in pieces_like(np.zeros((3, 2)), [np.zeros(2), np.zeros((2, 2))], [(1, 2), (2, 2)], 0)]
    [(2,), (2, 2)]
    """
    n = len(shapes[0])
    axis = axis % n - n
    parts = np.split(g, np.cumsum([s[axis] for s in shapes])[:-1], axis)
    parts = [p.reshape(g.shape[: g.ndim - n] + np.shape(a)) for p, a in zip(parts, arrays, strict=True)]
    return np.stack(parts, -arrays.ndim) if isinstance(arrays, np.ndarray) else parts


def concatenate_adjoint(g: Any, arrays: Any, axis: int | None = 0) -> Any:
    """The adjoint of ``np.concatenate(arrays, axis)``: one piece of ``g`` for each array.

    >>> concatenate_adjoint(np.arange(5.0), [np.zeros(2), np.zeros(3)])
    [array([0., 1.]), array([2., 3., 4.])]
    """
    shapes = [(np.size(a),) if axis is None else np.shape(a) for a in arrays]
    return pieces_like(g, arrays, shapes, axis or 0)


def stack_adjoint(g: Any, arrays: Any, axis: int = 0) -> Any:
    """The adjoint of ``np.stack(arrays, axis)``.

    >>> stack_adjoint(np.array([[1.0, 2.0], [3.0, 4.0]]), [np.zeros(2), np.zeros(2)], 1)
    [array([1., 3.]), array([2., 4.])]
    """
    at = axis % (np.ndim(arrays[0]) + 1)
    return pieces_like(g, arrays, [np.shape(a)[:at] + (1,) + np.shape(a)[at:] for a in arrays], at)


def vstack_adjoint(g: Any, arrays: Any) -> Any:
    """The adjoint of ``np.vstack(arrays)``.

    >>> vstack_adjoint(np.array([[1.0, 2.0], [3.0, 4.0]]), [np.zeros(2), np.zeros((1, 2))])
    [array([1., 2.]), array([[3., 4.]])]
    """
    return pieces_like(g, arrays, [np.atleast_2d(a).shape for a in arrays], 0)


def hstack_adjoint(g: Any, arrays: Any) -> Any:
    """The adjoint of ``np.hstack(arrays)``.

    >>> hstack_adjoint(np.arange(3.0), [np.zeros(2), np.zeros(1)])
    [array([0., 1.]), array([2.])]
    """
    shapes = [np.atleast_1d(a).shape for a in arrays]
    return pieces_like(g, arrays, shapes, 0 if len(shapes[0]) == 1 else 1)


def dstack_adjoint(g: Any, arrays: Any) -> Any:
    """The adjoint of ``np.dstack(arrays)``.

    >>> dstack_adjoint(np.array([[[1.0, 2.0], [3.0, 4.0]]]), [np.zeros(2), np.zeros((1, 2))])
    [array([1., 3.]), array([[2., 4.]])]
    """
    return pieces_like(g, arrays, [np.atleast_3d(a).shape for a in arrays], 2)


def column_stack_adjoint(g: Any, arrays: Any) -> Any:
    """The adjoint of ``np.column_stack(arrays)``.

    >>> column_stack_adjoint(np.array([[1.0, 2.0], [3.0, 4.0]]), [np.zeros(2), np.zeros((2, 1))])
    [array([1., 3.]), array([[2.],
           [4.]])]
    """
    return pieces_like(g, arrays, [np.shape(a) if np.ndim(a) > 1 else (np.size(a), 1) for a in arrays], 1)


def filled(g: Any, like: Any) -> Any:
    """Adjoints ``g`` of the items of ``like``, with zeros of the item's shape for those that are just 0.0.

    >>> filled([0.0, np.ones(2)], [np.zeros(1), np.zeros(2)])
    [array([0.]), array([1., 1.])]
    """
    if isinstance(like, (list, tuple)):
        items = g if isinstance(g, (list, tuple, np.ndarray)) else [g] * len(like)
        return [filled(a, b) for a, b in zip(items, like, strict=True)]
    return g if np.shape(g) == np.shape(like) else np.broadcast_to(g, np.shape(like))


def array_adjoint(g: Any, like: Any) -> Any:
    """The adjoint of ``np.array(like)`` for nested sequences: ``g`` taken apart in the same way.

    >>> array_adjoint(np.array([[1.0, 2.0], [3.0, 4.0]]), [(0.0, 0.0), np.zeros(2)])
    [[np.float64(1.0), np.float64(2.0)], array([3., 4.])]
    """
    return [array_adjoint(a, b) for a, b in zip(g, like, strict=True)] if isinstance(like, (list, tuple)) else g


def listed_adjoint(g: Any, x: Any) -> Any:
    """The adjoint of ``list(x)`` of an array: one for each item of its first axis (unused: None or 0.0), as an array.

    >>> listed_adjoint([1.0, None, 0.0], np.zeros(3, np.float32))
    array([1., 0., 0.], dtype=float32)
    """
    if not isinstance(x, np.ndarray):
        return g
    out = np.zeros_like(x)
    for k, part in enumerate(g):
        if part is not None:
            out[k] = part if np.iscomplexobj(x) else np.real(part)
    return out


def split_adjoint(g: Any, x: Any, sections: Any, axis: int = 0) -> Any:
    """The adjoint of ``np.array_split(x, sections, axis)``, from one adjoint for each piece (unused: 0.0).

    >>> split_adjoint([np.ones(2), 0.0], np.zeros(3), 2)
    array([1., 1., 0.])
    """
    out = np.zeros(np.shape(x), np.result_type(*g))
    for piece, part in zip(np.array_split(out, sections, axis), g, strict=True):
        piece += part
    return out


def hsplit_adjoint(g: Any, x: Any, sections: Any) -> Any:
    """The adjoint of ``np.hsplit(x, sections)``.

    >>> hsplit_adjoint([0.0, np.ones((2, 1))], np.zeros((2, 2)), 2)
    array([[0., 1.],
           [0., 1.]])
    """
    return split_adjoint(g, x, sections, 1 if np.ndim(x) > 1 else 0)


def repeat_adjoint(g: Any, x: Any, repeats: Any, axis: int | None = None) -> Any:
    """The adjoint of ``np.repeat(x, repeats, axis)``: sums over the copies of each element.

    >>> repeat_adjoint(np.array([1.0, 2.0, 4.0]), np.zeros(3), [1, 0, 2])
    array([1., 0., 6.])
    """
    n = np.size(x) if axis is None else np.shape(x)[axis]
    at = -1 if axis is None else axis % np.ndim(x) - np.ndim(x)
    along = np.moveaxis(g, at, -1)
    if np.ndim(repeats) == 0:
        out = along.reshape(along.shape[:-1] + (n, int(repeats))).sum(axis=-1)
    else:
        out = np.zeros(along.shape[:-1] + (n,), g.dtype)
        index: Any = (..., np.repeat(np.arange(n), repeats))
        np.add.at(out, index, along)
    return out.reshape(out.shape[:-1] + np.shape(x)) if axis is None else np.moveaxis(out, -1, at)


def tile_adjoint(g: Any, x: Any, reps: Any) -> Any:
    """The adjoint of ``np.tile(x, reps)``: the sum of the tiles.

    >>> tile_adjoint(np.arange(4.0), np.zeros(2), 2)
    array([2., 4.])
    """
    times = tuple(np.ravel(reps).tolist())
    n = max(len(times), np.ndim(x))
    times, shape = (1,) * (n - len(times)) + times, (1,) * (n - np.ndim(x)) + np.shape(x)
    lead = g.shape[: g.ndim - n]
    pairs = g.reshape(lead + tuple(k for pair in zip(times, shape, strict=True) for k in pair))
    return pairs.sum(axis=tuple(range(-2 * n, 0, 2))).reshape(lead + np.shape(x))


def pad_widths(pad_width: Any, n: int) -> Any:
    """How much ``np.pad`` of an array of rank ``n`` puts before and behind each axis.

    >>> pad_widths({-1: (1, 2)}, 2), pad_widths(1, 1)
    (array([[0, 0],
           [1, 2]]), array([[1, 1]]))
    """
    if isinstance(pad_width, dict):
        widths = dict.fromkeys(range(n), 0) | {axis % n: w for axis, w in pad_width.items()}
        pad_width = [np.broadcast_to(widths[axis], 2) for axis in range(n)]
    return np.array(np.broadcast_to(pad_width, (n, 2)))


def pad_adjoint(g: Any, x: Any, pad_width: Any, mode: str = "constant") -> Any:
    """The adjoint of ``np.pad(x, pad_width, mode)``, modes constant, edge, reflect, symmetric and wrap.

    >>> pad_adjoint(np.arange(4.0), np.zeros(2), 1), pad_adjoint(np.arange(4.0), np.zeros(2), 1, "edge")
    (array([1., 2.]), array([1., 5.]))
    """
    shape = np.shape(x)
    if mode == "constant":
        before = [int(b) for b, _ in pad_widths(pad_width, len(shape))]
        return g[(..., *(slice(b, b + n) for b, n in zip(before, shape, strict=True)))]
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise NotImplementedError(f"np.pad with mode={mode!r} is not differentiated")
    source = np.pad(np.arange(np.size(x)).reshape(shape), pad_width, mode)  # type: ignore[call-overload]
    lead = g.shape[: g.ndim - len(shape)]
    out = np.zeros((*lead, np.size(x)), g.dtype)
    index: Any = (..., source.ravel())
    np.add.at(out, index, g.reshape(*lead, source.size))
    return out.reshape(lead + shape)


def pad_values_adjoint(g: Any, x: Any, pad_width: Any, values: Any) -> Any:
    """The adjoint of ``constant_values`` of ``np.pad``: the sums of ``g`` over the borders that each of them fills.

    >>> pad_values_adjoint(np.arange(4.0), np.zeros(2), 1, 0.5), pad_values_adjoint(np.arange(4.0), np.zeros(2), 1, (0.5, 0.0))
    (np.float64(3.0), array([0., 3.]))
    """
    n = np.ndim(x)
    borders = np.arange(1, 2 * n + 1).reshape(n, 2)
    of = np.pad(np.zeros(np.shape(x), int), pad_width, constant_values=borders)
    if np.ndim(values) == 0:
        return np.where(of > 0, g, np.zeros_like(g)).sum(axis=tuple(range(-n, 0)))
    sums = [np.where(of == k, g, np.zeros_like(g)).sum(axis=tuple(range(-n, 0))) for k in borders.ravel()]
    return sum_to(np.stack(sums, -1).reshape(*np.shape(sums[0]), n, 2), np.asarray(values), np.ndim(sums[0]))


def diagonal_adjoint(g: Any, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of ``np.diagonal(x, offset, axis1, axis2)``; a last axis of length one is repeated.

    >>> diagonal_adjoint(np.array([1.0, 2.0]), np.zeros((2, 3)), 1)
    array([[0., 1., 0.],
           [0., 0., 2.]])
    """
    n = np.ndim(x)
    out = np.zeros(g.shape[: g.ndim - n + 1] + np.shape(x), g.dtype)
    place = np.diagonal(out, offset, axis1 % n - n, axis2 % n - n)
    place.setflags(write=True)
    place[...] = g
    return out


def diag_adjoint(g: Any, x: Any, k: int = 0) -> Any:
    """The adjoint of ``np.diag(x, k)``, which makes a matrix of a vector and takes a vector from a matrix.

    >>> diag_adjoint(np.eye(2), np.zeros(2)), diag_adjoint(np.ones(2), np.zeros((2, 2))).shape
    (array([1., 1.]), (2, 2))
    """
    return diagonal_adjoint(g, x, k, -2, -1) if np.ndim(x) == 2 else np.diagonal(g, k, -2, -1)


def meshgrid_adjoint(g: Any, xi: Any, k: int, indexing: str = "xy") -> Any:
    """The adjoint of argument ``k`` of ``np.meshgrid(*xi)``: ``g``, of output ``k``, summed to it.

    >>> meshgrid_adjoint(np.ones((3, 2)), (np.zeros(2), np.zeros(3)), 0)
    array([3., 3.])
    """
    n = len(xi)
    own = 1 - k if indexing == "xy" and n > 1 and k < 2 else k
    if np.ndim(g) == 0:
        return np.zeros(np.shape(xi[k]))
    summed = g.sum(axis=tuple(a for a in range(-n, 0) if a != own - n))
    return summed.reshape(summed.shape[:-1] + np.shape(xi[k]))


def meshgrid_part(x: Any, like: Any, xi: Any, k: int, indexing: str = "xy") -> Any:
    """Output ``k`` of ``np.meshgrid(*xi)`` with ``x`` for ``xi[k]``, in the shape of ``like``.

    >>> meshgrid_part(np.array([1.0, 2.0]), np.zeros((3, 2)), (np.zeros(2), np.zeros(3)), 0)[0]
    array([1., 2.])
    """
    n = len(xi)
    own = 1 - k if indexing == "xy" and n > 1 and k < 2 else k
    shape = (1,) * own + (math.prod(np.shape(xi[k])),) + (1,) * (n - own - 1)
    return np.broadcast_to(np.reshape(x, shape), np.shape(like))
