"""The numbers and arrays in arguments and results, and structures made of others in their places."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.ir.objects import fields_of, is_record
from adjoint_compiler.runtime.structures import with_fields


def differentiable(value: Any) -> bool:
    """Whether a leaf is a real or complex number or an array of them.

    >>> differentiable(1.0), differentiable(1), differentiable(np.ones(2, int))
    (True, False, False)
    """
    return isinstance(value, (float, complex)) or (
        isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fc"
    )


def leaves_of(value: Any, like: Any = None) -> list[Any]:
    """The leaves of a structure that have a derivative; ``like`` says which those are in a structure of tangents.

    >>> leaves_of({"a": 1.0, "b": [2, 3.0]})
    [1.0, 3.0]
    """
    like = value if like is None else like
    if isinstance(like, dict):
        return [x for k in like for x in leaves_of(value[k], like[k])]
    if isinstance(like, (tuple, list)):
        return [x for a, b in zip(value, like, strict=True) for x in leaves_of(a, b)]
    if is_record(like):
        return [x for n in fields_of(like) for x in leaves_of(getattr(value, n), getattr(like, n))]
    return [value] if differentiable(like) else []


def seeded(x: Any, parts: Any, count: int) -> Any:
    """Tangents in many directions, in the structure of tangents of ``x``: the next of the parts for each leaf.

    >>> seeded((1.0, 2), iter([np.ones(3)]), 3)
    (array([1., 1., 1.]), array([0., 0., 0.]))
    """
    if is_record(x) and not isinstance(x, tuple):
        return {n: seeded(getattr(x, n), parts, count) for n in fields_of(x)}
    if isinstance(x, (tuple, list)):
        items = [seeded(v, parts, count) for v in x]
        return items if isinstance(x, list) else tuple(items)
    if isinstance(x, dict):
        return {k: seeded(v, parts, count) for k, v in x.items()}
    if differentiable(x):
        return next(parts)
    return np.zeros((count, *np.shape(x))) if isinstance(x, (int, np.ndarray, np.generic)) else None


def tangents_of(d: Any, y: Any) -> list[Any]:
    """The tangents of the leaves of a result, as generated code returns them: of objects, by attribute.

    >>> tangents_of([np.ones(3), None], (1.0, 2))
    [array([1., 1., 1.])]
    """
    if isinstance(y, dict):
        return [x for k in y for x in tangents_of(d[k], y[k])]
    if isinstance(y, (tuple, list)):
        return [x for a, b in zip(d, y, strict=True) for x in tangents_of(a, b)]
    if is_record(y):
        return [
            x for n in fields_of(y) for x in tangents_of(d[n] if isinstance(d, dict) else getattr(d, n), getattr(y, n))
        ]
    return [d] if differentiable(y) else []


def rebuilt(like: Any, parts: Any, inert: Any = None, zero: bool = False) -> Any:
    """The structure of ``like`` with ``parts`` for the leaves that have a derivative.

    >>> rebuilt((1.0, {"n": 3}), iter([5.0]))
    (5.0, {'n': None})
    """
    if isinstance(like, dict):
        return {k: rebuilt(v, parts, inert, zero) for k, v in like.items()}
    if isinstance(like, (tuple, list)) or (is_record(like) and isinstance(like, tuple)):
        items = [rebuilt(v, parts, inert, zero) for v in like]
        if isinstance(like, list):
            return items
        return tuple(items) if type(like) is tuple else type(like)._make(items)  # type: ignore[attr-defined]
    if is_record(like):
        return with_fields(like, [rebuilt(getattr(like, n), parts, inert, zero) for n in fields_of(like)])
    if not differentiable(like):
        return inert
    return np.zeros_like(like) if zero else next(parts)


def unit_directions(leaves: list[Any]) -> Any:
    """For each element of all leaves: zeros in the shapes of the leaves with a one in its place."""
    for i, leaf in enumerate(leaves):
        for k in range(np.size(leaf)):
            out = [np.zeros(np.shape(v), np.asarray(v).dtype) for v in leaves]
            out[i].reshape(-1)[k] = 1
            yield [d if isinstance(v, np.ndarray) else d[()] for d, v in zip(out, leaves, strict=True)]


def unit_block(leaves: list[Any], start: int, stop: int) -> list[Any]:
    """For each leaf its parts of some of the directions of :func:`unit_directions`, one behind the other.

    >>> unit_block([1.0, np.zeros(2)], 1, 3)
    [array([0., 0.]), array([[1., 0.],
           [0., 1.]])]
    """
    out, first = [], 0
    for v in leaves:
        block = np.zeros((stop - start, np.size(v)), np.asarray(v).dtype)
        own = np.arange(max(start, first), min(stop, first + np.size(v)))
        block[own - start, own - first] = 1
        out.append(block.reshape(stop - start, *np.shape(v)))
        first += np.size(v)
    return out


def split_columns(matrix: Any, y: Any, leaves: list[Any]) -> list[Any]:
    """The columns that belong to each leaf, as a block of shape ``y.shape + leaf.shape``."""
    out, start = [], 0
    for x in leaves:
        count = np.size(x)
        out.append(shaped(matrix[..., start : start + count], y, x))
        start += count
    return out


def shaped(block: Any, y: Any, x: Any) -> Any:
    """A block of a Jacobian in its own memory: one of Python's numbers where both sides are such."""
    dtype = np.result_type(np.asarray(y).dtype, np.asarray(x).dtype)
    block = np.array(block, dtype=dtype).reshape(np.shape(y) + np.shape(x))
    if block.ndim or isinstance(y, np.ndarray) or isinstance(x, np.ndarray):
        return block
    if isinstance(y, np.generic) or isinstance(x, np.generic):
        return block[()]
    return block.item()


__all__ = [
    "differentiable",
    "leaves_of",
    "rebuilt",
    "seeded",
    "shaped",
    "split_columns",
    "tangents_of",
    "unit_block",
    "unit_directions",
]
