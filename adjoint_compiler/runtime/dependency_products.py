"""Helpers of dependency programs for products of matrices (see :mod:`adjoint_compiler.runtime.dependencies`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.dependencies import all_sets, copied_sets, filled_sets, sets_as_array

__all__ = ["contracted_sets", "dotted_sets", "einsum_sets", "outer_sets", "sets_through"]


def contracted_sets(y: Any, x: Any, z: Any, a: Any, b: Any) -> Any:
    """The sets of a product of matrices (or vectors) ``a @ b`` with the sets ``x`` and ``z``; None for a constant factor.

    Zeros of a constant factor, which may be sparse, let nothing through.

    >>> contracted_sets(np.zeros(2), None, np.array([1, 2], object), np.array([[1.0, 0.0], [1.0, 1.0]]), np.zeros(2))
    array([1, 3], dtype=object)
    """
    if x is None and z is not None and np.ndim(a) == 2 and np.ndim(b) in (1, 2):
        return copied_sets(sets_through(a, z), y)
    if z is None and x is not None and np.ndim(b) == 2 and np.ndim(a) in (1, 2):
        return copied_sets(sets_through(b.T, x.T).T, y)
    if not isinstance(y, np.ndarray):
        return all_sets(y, x, z)
    total = filled_sets(y, 0)
    for sets, factor, axis in ((x, a, -1), (z, b, -2)):
        if sets is None:
            continue
        if np.ndim(factor) == 0:
            return all_sets(y, x, z)
        part = np.bitwise_or.reduce(sets, axis=max(axis, -np.ndim(factor)), keepdims=True, initial=0, dtype=object)
        if np.ndim(factor) == 1:
            part = np.reshape(part, ())
        elif np.ndim(a) == 1 or np.ndim(b) == 1:
            part = np.squeeze(part, axis)
        np.bitwise_or(total, part, out=total)
    return total


def dotted_sets(y: Any, x: Any, z: Any, a: Any, b: Any) -> Any:
    """The sets of ``np.dot``, which is another product than that of matrices where there are more than two axes.

    >>> dotted_sets(6.0, np.array([1, 2], object), None, np.ones(2), np.ones(2))
    3
    """
    return contracted_sets(y, x, z, a, b) if max(np.ndim(a), np.ndim(b)) <= 2 else all_sets(y, x, z)


def sets_through(matrix: Any, sets: Any) -> Any:
    """The sets of the rows of a constant matrix times something."""
    out = np.zeros((matrix.shape[0], *sets.shape[1:]), object)
    if isinstance(matrix, np.ndarray):
        rows, columns = (p.tolist() for p in np.nonzero(matrix))
    else:
        entries = matrix.tocoo()
        rows, columns = entries.row.tolist(), entries.col.tolist()
    for i, k in zip(rows, columns):
        out[i] = out[i] | sets[k]
    return out


def outer_sets(y: Any, x: Any, z: Any) -> Any:
    """The sets of ``np.outer``; None for a constant vector.

    >>> outer_sets(np.zeros((1, 2)), np.array([1], object), np.array([2, 4], object))
    array([[3, 5]], dtype=object)
    """
    out = filled_sets(y, 0)
    if x is not None:
        out |= np.reshape(sets_as_array(x), (-1, 1))
    if z is not None:
        out |= np.reshape(sets_as_array(z), (1, -1))
    return out


def einsum_sets(y: Any, subscripts: str, operands: Any) -> Any:
    """The sets of ``np.einsum``; None for constant operands.

    >>> einsum_sets(np.zeros(2), "ij,j->i", (np.array([[1, 2], [4, 8]], object), None))
    array([3, 12], dtype=object)
    """
    text = subscripts.replace(" ", "")
    source, arrow, target = text.partition("->")
    if "." in text or not isinstance(y, np.ndarray):
        return all_sets(y, *operands)
    if not arrow:
        target = "".join(sorted(c for c in set(source) - {","} if source.count(c) == 1))
    out = filled_sets(y, 0)
    for letters, sets in zip(source.split(","), operands):
        if sets is None:
            continue
        kept = "".join(c for c in target if c in letters)
        if len(set(letters)) < len(letters):
            return all_sets(y, *operands)
        axes = tuple(k for k, c in enumerate(letters) if c not in kept)
        part = np.bitwise_or.reduce(sets, axis=axes, initial=0, dtype=object) if axes else sets
        left = [c for c in letters if c in kept]
        part = np.transpose(part, [left.index(c) for c in kept]) if kept else part
        index = tuple(slice(None) if c in kept else None for c in target)
        np.bitwise_or(out, part[index] if kept else part, out=out)
    return out
