"""Helpers of dependency programs: on which inputs each element of a variable may depend.

A set of inputs is a Python int with a bit for each of them. Those of an array are an array of objects of its shape, so
that parts of arrays, views and stores mean the same on both. All of this errs to one side: a set may be too large.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.memory import allocation
from adjoint_compiler.runtime.structures import is_object, items_of

__all__ = [
    "accumulated_sets", "aliased_sets", "all_sets", "copied_sets", "fill_sets", "filled_sets", "differenced_sets", "gathered_sets",
    "joined_sets", "no_sets", "scatter_sets", "sets_as_array", "sets_everywhere", "sets_laid_out", "sets_of_copy", "shadow_sets", "spread_sets",
    "summed_sets",
    "union_of_sets", "united_sets",
]  # fmt: skip


def no_sets(x: Any) -> Any:
    """What depends on nothing, in the structure of ``x``; an array in the order of axes that ``x`` has in memory.

    >>> no_sets((1.0, np.ones(2), {"n": 3}))
    (0, array([0, 0], dtype=object), {'n': 0})
    """
    if isinstance(x, np.ndarray):
        return filled_sets(x, 0)
    if isinstance(x, (int, float, complex, np.generic)):
        return 0
    if isinstance(x, tuple):
        return tuple(no_sets(v) for v in x)
    if isinstance(x, list):
        return [no_sets(v) for v in x]
    return {k: no_sets(v) for k, v in items_of(x)} if isinstance(x, dict) or is_object(x) else 0


def all_sets(y: Any, *sets: Any) -> Any:
    """Everything that is in any of the sets, for every element of ``y``.

    >>> all_sets(np.zeros(2), np.array([1, 2], object), 4)
    array([7, 7], dtype=object)
    """
    total = 0
    for s in sets:
        total |= union_of_sets(s)
    return sets_everywhere(y, total)


def union_of_sets(sets: Any) -> int:
    """The union of all sets in a structure."""
    total = 0
    if isinstance(sets, np.ndarray):
        for s in sets.ravel().tolist():
            total |= s or 0
    elif isinstance(sets, (list, tuple)):
        for s in sets:
            total |= union_of_sets(s)
    elif isinstance(sets, dict):
        for s in sets.values():
            total |= union_of_sets(s)
    elif sets is not None:
        total = int(sets)
    return total


def sets_everywhere(y: Any, total: int) -> Any:
    """One set for each element of ``y``, in its structure."""
    if isinstance(y, np.ndarray):
        return filled_sets(y, total)
    if isinstance(y, tuple):
        return tuple(sets_everywhere(v, total) for v in y)
    if isinstance(y, list):
        return [sets_everywhere(v, total) for v in y]
    return {k: sets_everywhere(v, total) for k, v in items_of(y)} if isinstance(y, dict) or is_object(y) else total


def filled_sets(x: Any, value: Any) -> Any:
    """An array of sets that is laid out like ``x``."""
    out = np.empty_like(x, dtype=object, subok=False)
    out[...] = value
    return out


def joined_sets(y: Any, *sets: Any) -> Any:
    """The sets of an elementwise result: for each element the union of those of the operands, which are broadcast.

    >>> joined_sets(np.zeros((2, 2)), np.array([1, 2], object), np.array([[4], [8]], object))
    array([[5, 6],
           [9, 10]], dtype=object)
    """
    if not isinstance(y, np.ndarray):
        return union_of_sets(sets)
    out = filled_sets(y, 0)
    for s in sets:
        s = np.array(s, dtype=object) if isinstance(s, (list, tuple)) else s
        if s is None:
            continue
        if np.ndim(s) > out.ndim:
            return all_sets(y, *sets)
        np.bitwise_or(out, s, out=out)
    return out


def aliased_sets(y: Any, sets: Any, x: Any) -> Any:
    """The sets of ``y``, which has the elements of ``x``: those of ``x`` themselves where it is ``x``, or shows its memory.

    >>> sets, x = np.array([1, 2], object), np.zeros(2)
    >>> aliased_sets(np.asarray(x), sets, x) is sets, aliased_sets(x.copy(), sets, x) is sets
    (True, False)
    """
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        if np.shape(sets) != y.shape:
            sets = np.reshape(sets, y.shape)
        return sets if np.may_share_memory(x, y) else copied_sets(sets, y)
    if isinstance(x, (list, tuple)) and isinstance(y, np.ndarray):
        return gathered_sets(y, sets)
    return copied_sets(sets_as_array(sets) if isinstance(y, np.ndarray) else sets, y)


def sets_of_copy(sets: Any, y: Any, x: Any, of_x: Any = 0) -> Any:
    """The sets of ``y``, which may show the memory of ``x``: those of ``x`` where it is ``x``.

    Raises:
        ValueError: ``y`` is another view of ``x``.

    >>> x = np.zeros(2)
    >>> sets_of_copy(np.array([1, 2], object), x[:1], x)
    Traceback (most recent call last):
    ValueError: what depends on what is not followed through a view that an operation gave; take a copy of it
    """
    if not (isinstance(y, np.ndarray) and isinstance(x, np.ndarray) and np.may_share_memory(x, y)):
        return sets
    if y is x or y.__array_interface__ == x.__array_interface__:
        return of_x
    raise ValueError("what depends on what is not followed through a view that an operation gave; take a copy of it")


def shadow_sets(shadows: dict[int, Any], x: Any) -> Any:
    """The sets of the shadow of ``x``: views of one allocation get views of one array.

    >>> a, shadows = np.arange(6.0), {}
    >>> shadow_sets(shadows, a[::2])[1] = 5
    >>> shadow_sets(shadows, a)
    array([0, 0, 5, 0, 0, 0], dtype=object)
    """
    if not isinstance(x, np.ndarray):
        if id(x) not in shadows:
            values = [0 if isinstance(v, (int, float, complex, np.number)) else None for _, v in items_of(x)]
            own = values if isinstance(x, list) else dict(zip((k for k, _ in items_of(x)), values))
            shadows[id(x)] = (x, own)
        return shadows[id(x)][1]
    root = allocation(x)
    if id(root) not in shadows:
        low, high = np.lib.array_utils.byte_bounds(root)
        shadows[id(root)] = (root, np.zeros((high - low) // root.itemsize, object), low)
    _, memory, low = shadows[id(root)]
    first = (x.__array_interface__["data"][0] - low) // x.itemsize
    strides = [8 * (s // x.itemsize) for s in x.strides]
    return np.lib.stride_tricks.as_strided(memory[first:], x.shape, strides)


def united_sets(y: Any, a: Any, axis: Any = None) -> Any:
    """The sets of a reduction along an axis, which ``y`` may keep with length one.

    >>> united_sets(np.zeros(2), np.array([[1, 2], [4, 8]], object), 0)
    array([5, 10], dtype=object)
    """
    if axis is None or not isinstance(a, np.ndarray) or not isinstance(y, np.ndarray):
        return all_sets(y, a)
    axes = axis if isinstance(axis, tuple) else (axis,)
    out = np.bitwise_or.reduce(a, axis=tuple(int(k) for k in axes), keepdims=True, initial=0, dtype=object)
    return copied_sets(np.reshape(out, y.shape), y)


def accumulated_sets(y: Any, a: Any, axis: Any = None) -> Any:
    """The sets of running sums or products.

    >>> accumulated_sets(np.zeros(3), np.array([1, 2, 4], object))
    array([1, 3, 7], dtype=object)
    """
    if axis is None:
        a, axis = np.ravel(a), 0
    return copied_sets(np.bitwise_or.accumulate(a, axis=axis), y) if np.ndim(a) == np.ndim(y) else all_sets(y, a)


def differenced_sets(y: Any, a: Any, n: int = 1, axis: int = -1) -> Any:
    """The sets of ``np.diff``.

    >>> differenced_sets(np.zeros(2), np.array([1, 2, 4], object))
    array([3, 6], dtype=object)
    """
    out = np.moveaxis(a, axis, 0)
    for _ in range(n):
        out = out[1:] | out[:-1]
    return copied_sets(np.moveaxis(out, 0, axis), y)


def summed_sets(y: Any, g: Any, x: Any) -> Any:
    """The sets of ``unbroadcast(g, x)``: unions over the axes that broadcasting repeated.

    >>> summed_sets(np.zeros(2), np.array([[1, 2], [4, 8]], object), np.zeros(2))
    array([5, 10], dtype=object)
    """
    shape = np.shape(x)
    extra = np.ndim(g) - len(shape)
    if not isinstance(y, np.ndarray) or not isinstance(g, np.ndarray) or extra < 0:
        return joined_sets(y, g) if np.ndim(g) <= np.ndim(y) else all_sets(y, g)
    axes = (*range(extra), *(extra + k for k, n in enumerate(shape) if n == 1 and g.shape[extra + k] != 1))
    out = np.bitwise_or.reduce(g, axis=axes, keepdims=True, initial=0, dtype=object) if axes else g
    return joined_sets(y, out.reshape(out.shape[extra:]))


def spread_sets(y: Any, g: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sets of ``spread(g, x, axis, keepdims)``, the adjoint of a sum.

    >>> spread_sets(np.zeros((2, 2)), np.array([1, 2], object), np.zeros((2, 2)), 1)
    array([[1, 1],
           [2, 2]], dtype=object)
    """
    shape = np.shape(x)
    if not shape or np.shape(y) != shape:
        return all_sets(y, g)
    axes = {
        a % len(shape) for a in (range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,))
    }
    kept = tuple(1 if k in axes else n for k, n in enumerate(shape))
    if np.size(g) != np.prod(kept, dtype=int):
        return all_sets(y, g)
    return joined_sets(y, np.reshape(sets_as_array(g), kept))


def gathered_sets(y: Any, items: Any) -> Any:
    """The sets of an array made of nested sequences of numbers and arrays.

    >>> gathered_sets(np.zeros((2, 2)), [[1, 2], np.array([4, 8], object)])
    array([[1, 2],
           [4, 8]], dtype=object)
    """
    out = filled_sets(y, 0)
    fill_sets(out, items)
    return out


def fill_sets(out: Any, items: Any) -> None:
    """Store nested sequences of sets into an array."""
    if not isinstance(items, (list, tuple)):
        out[...] = items
        return
    for k, item in enumerate(items):
        fill_sets(out[k : k + 1] if out.ndim == 1 else out[k], item)


def scatter_sets(target: Any, index: Any, sets: Any) -> None:
    """Join sets to those at an index, which may repeat.

    >>> a = np.array([1, 0], object)
    >>> scatter_sets(a, np.array([0, 0]), np.array([2, 4], object))
    >>> a
    array([7, 0], dtype=object)
    """
    np.bitwise_or.at(target, index, sets)


def sets_as_array(sets: Any) -> Any:
    """Sets as arrays of objects: that of a number without axes; so in sequences, too.

    >>> sets_as_array(3)
    array(3, dtype=object)
    """
    if isinstance(sets, (list, tuple)):
        return [sets_as_array(s) for s in sets]
    if isinstance(sets, np.ndarray):
        return sets
    out = np.empty((), object)
    out[()] = sets
    return out


def copied_sets(sets: Any, y: Any) -> Any:
    """Sets in memory of their own that is laid out like ``y``.

    >>> copied_sets(np.array([1, 2], object)[::-1], np.zeros(2))
    array([2, 1], dtype=object)
    """
    if not isinstance(y, np.ndarray):
        if isinstance(sets, np.ndarray):
            return union_of_sets(sets)
        if isinstance(sets, dict):
            fields = dict(items_of(y))
            return {k: copied_sets(s, fields.get(k)) for k, s in sets.items()}
        return [copied_sets(s, v) for s, v in zip(sets, y)] if isinstance(sets, (list, tuple)) else sets
    return filled_sets(y, sets)


def sets_laid_out(sets: Any, x: Any) -> Any:
    """Sets in memory of their own, with strides as those of ``x``, gaps included; so in containers, too.

    >>> sets_laid_out(np.zeros((2, 3), object), np.zeros((3, 2)).T).strides
    (8, 16)
    """
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fc":
            return sets
        scale = [s // x.itemsize for s in x.strides]
        low = sum(min(s * (n - 1), 0) for s, n in zip(scale, x.shape))
        high = sum(max(s * (n - 1), 0) for s, n in zip(scale, x.shape))
        memory = np.zeros(high - low + 1, object)
        out = (
            np.lib.stride_tricks.as_strided(memory[-low:], x.shape, [8 * s for s in scale])
            if x.size
            else np.zeros(x.shape, object)
        )
        out[...] = sets
        return out
    if isinstance(x, (list, tuple)):
        items = [sets_laid_out(a, b) for a, b in zip(sets, x)]
        return items if isinstance(x, list) else tuple(items)
    return {k: sets_laid_out(sets[k], v) for k, v in items_of(x)} if isinstance(sets, dict) else sets
