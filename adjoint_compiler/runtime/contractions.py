"""Helpers of emitted code: adjoints of products and contractions.

A product ``B(x, z)`` has two adjoints, ``left(g, x, z)`` for ``x`` (of which it reads only the shape) and
``right(g, x, z)`` for ``z``. All three are linear in each factor, and the adjoints of each are the others.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import sum_to

__all__ = [
    "overlap_part", "overlap_start", "whole_overlap",
    "cross_adjoint_left", "cross_adjoint_right", "dot_adjoint_left", "dot_adjoint_right", "einsum_adjoint",
    "einsum_adjoints", "einsum_plan", "einsum_with", "inner_adjoint_left", "inner_adjoint_right",
    "kron_adjoint_left", "kron_adjoint_right", "letters", "matmul_adjoint_left", "matmul_adjoint_right",
    "outer_sum", "products_with", "tensordot_adjoint_left", "tensordot_adjoint_right", "tensordot_axes",
]  # fmt: skip


def outer_sum(lefts: Any, rights: Any, like: Any = 0.0) -> Any:
    """The sum of the outer products of the vectors of two sequences; for none zeros ``like`` a matrix.

    >>> outer_sum([np.array([1.0, 2.0]), np.ones(2)], [np.array([1.0, 0.0]), np.ones(2)])
    array([[2., 1.],
           [3., 1.]])
    """
    return np.array(lefts).T @ np.array(rights) if len(lefts) else np.zeros_like(like)


def products_with(g: Any, vectors: Any) -> Any:
    """``g @ v`` for every vector ``v`` of a sequence.

    >>> products_with(np.eye(2), [np.array([1.0, 2.0])])
    [array([1., 2.])]
    """
    return [g @ v for v in vectors]


def matmul_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``x`` in ``x @ z``, any ranks and batches; leading axes of ``g`` are kept.

    >>> matmul_adjoint_left(np.ones((5, 2)), np.zeros(3), np.ones((5, 3, 2)))
    array([10., 10., 10.])
    """
    g, nx, nz = np.asarray(g), np.ndim(x), np.ndim(z)
    lead = g.ndim - max(nx - 2, nz - 2, 0) - (nx > 1) - (nz > 1)
    rows = g if nz > 1 else g[..., None]
    rows = rows if nx > 1 else rows[..., None, :]
    bar = rows @ np.conj(np.swapaxes(z, -1, -2) if nz > 1 else z[None, :])
    return sum_to(bar if nx > 1 else bar[..., 0, :], x, lead)


def matmul_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``z`` in ``x @ z``, any ranks and batches; leading axes of ``g`` are kept.

    >>> matmul_adjoint_right(np.ones((5, 2)), np.ones((5, 2, 3)), np.zeros(3))
    array([10., 10., 10.])
    """
    g, nx, nz = np.asarray(g), np.ndim(x), np.ndim(z)
    lead = g.ndim - max(nx - 2, nz - 2, 0) - (nx > 1) - (nz > 1)
    columns = g if nz > 1 else g[..., None]
    columns = columns if nx > 1 else columns[..., None, :]
    rows = x if nx > 1 else x[None, :]
    if nz <= 2:  # one product instead of one for each matrix of the batch
        n = math.prod(rows.shape[:-1])
        rows = rows.reshape(n, rows.shape[-1])
        columns = columns.reshape(*g.shape[:lead], n, columns.shape[-1])
    bar = np.conj(np.swapaxes(rows, -1, -2)) @ columns
    return sum_to(bar if nz > 1 else bar[..., 0], z, lead)


def tensordot_axes(x: Any, z: Any, axes: Any) -> tuple[list[int], list[int], list[int], list[int]]:
    """The contracted axes of ``x`` and of ``z`` in ``np.tensordot(x, z, axes)``, and the free axes of both.

    >>> tensordot_axes(np.zeros((2, 3)), np.zeros((3, 4)), 1)
    ([1], [0], [0], [1])
    """
    nx, nz = np.ndim(x), np.ndim(z)
    first, second = (range(nx - axes, nx), range(axes)) if np.ndim(axes) == 0 else axes
    ax = [int(a) % nx for a in np.atleast_1d(first)]
    az = [int(a) % nz for a in np.atleast_1d(second)]
    return ax, az, [a for a in range(nx) if a not in ax], [a for a in range(nz) if a not in az]


def tensordot_adjoint_left(g: Any, x: Any, z: Any, axes: Any = 2) -> Any:
    """The adjoint of ``x`` in ``np.tensordot(x, z, axes)``; leading axes of ``g`` are kept.

    >>> tensordot_adjoint_left(np.ones((2, 4)), np.zeros((2, 3)), np.ones((3, 4)), 1)
    array([[4., 4., 4.],
           [4., 4., 4.]])
    """
    ax, az, free_x, free_z = tensordot_axes(x, z, axes)
    g = np.asarray(g)
    lead = g.ndim - len(free_x) - len(free_z)
    bar = np.tensordot(g, np.conj(z), (range(g.ndim - len(free_z), g.ndim), free_z))
    order = free_x + [ax[k] for k in np.argsort(az)]
    return np.moveaxis(bar, range(lead, bar.ndim), [lead + a for a in order])


def tensordot_adjoint_right(g: Any, x: Any, z: Any, axes: Any = 2) -> Any:
    """The adjoint of ``z`` in ``np.tensordot(x, z, axes)``; leading axes of ``g`` are kept.

    >>> tensordot_adjoint_right(np.ones((2, 4)), np.ones((2, 3)), np.zeros((3, 4)), 1)
    array([[2., 2., 2., 2.],
           [2., 2., 2., 2.],
           [2., 2., 2., 2.]])
    """
    ax, az, free_x, free_z = tensordot_axes(x, z, axes)
    g = np.asarray(g)
    lead = g.ndim - len(free_x) - len(free_z)
    bar = np.tensordot(g, np.conj(x), (range(lead, lead + len(free_x)), free_x))
    order = free_z + [az[k] for k in np.argsort(ax)]
    return np.moveaxis(bar, range(lead, bar.ndim), [lead + a for a in order])


def dot_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``x`` in ``np.dot(x, z)``; leading axes of ``g`` are kept.

    >>> dot_adjoint_left(np.ones(2), np.zeros((2, 3)), np.ones(3))
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    nx, nz = np.ndim(x), np.ndim(z)
    if nx == 0 or nz == 0:
        bar = np.asarray(g * (np.conj(z) if np.iscomplexobj(z) else z))
        return sum_to(bar, x, np.ndim(g) - max(nx, nz))[()]
    return tensordot_adjoint_left(g, x, z, (-1, max(nz - 2, 0)))


def dot_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``z`` in ``np.dot(x, z)``; leading axes of ``g`` are kept.

    >>> dot_adjoint_right(np.ones(2), np.ones((2, 3)), np.zeros(3))
    array([2., 2., 2.])
    """
    nx, nz = np.ndim(x), np.ndim(z)
    if nx == 0 or nz == 0:
        bar = np.asarray(g * (np.conj(x) if np.iscomplexobj(x) else x))
        return sum_to(bar, z, np.ndim(g) - max(nx, nz))[()]
    return tensordot_adjoint_right(g, x, z, (-1, max(nz - 2, 0)))


def inner_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``x`` in ``np.inner(x, z)``; leading axes of ``g`` are kept.

    >>> inner_adjoint_left(np.ones(2), np.zeros(3), np.ones((2, 3)))
    array([2., 2., 2.])
    """
    scalar = np.ndim(x) == 0 or np.ndim(z) == 0
    return dot_adjoint_left(g, x, z) if scalar else tensordot_adjoint_left(g, x, z, (-1, -1))


def inner_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``z`` in ``np.inner(x, z)``; leading axes of ``g`` are kept.

    >>> inner_adjoint_right(np.ones(2), np.ones((2, 3)), np.zeros(3))
    array([2., 2., 2.])
    """
    scalar = np.ndim(x) == 0 or np.ndim(z) == 0
    return dot_adjoint_right(g, x, z) if scalar else tensordot_adjoint_right(g, x, z, (-1, -1))


def kron_adjoint_left(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``x`` in ``np.kron(x, z)``; leading axes of ``g`` are kept.

    >>> kron_adjoint_left(np.ones(6), np.zeros(2), np.ones(3))
    array([3., 3.])
    """
    n = max(np.ndim(x), np.ndim(z))
    sx, sz = ((1,) * (n - np.ndim(v)) + np.shape(v) for v in (x, z))
    lead = np.shape(g)[: np.ndim(g) - n]
    pairs = np.reshape(g, lead + tuple(k for pair in zip(sx, sz, strict=True) for k in pair))
    places = [len(lead) + 2 * k + 1 for k in range(n)]
    return np.tensordot(pairs, np.conj(z).reshape(sz), (places, range(n))).reshape(lead + np.shape(x))


def kron_adjoint_right(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of ``z`` in ``np.kron(x, z)``; leading axes of ``g`` are kept.

    >>> kron_adjoint_right(np.ones(6), np.ones(2), np.zeros(3))
    array([2., 2., 2.])
    """
    n = max(np.ndim(x), np.ndim(z))
    sx, sz = ((1,) * (n - np.ndim(v)) + np.shape(v) for v in (x, z))
    lead = np.shape(g)[: np.ndim(g) - n]
    pairs = np.reshape(g, lead + tuple(k for pair in zip(sx, sz, strict=True) for k in pair))
    places = [len(lead) + 2 * k for k in range(n)]
    return np.tensordot(pairs, np.conj(x).reshape(sx), (places, range(n))).reshape(lead + np.shape(z))


def cross_adjoint_left(g: Any, x: Any, z: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1,
                       axis: int | None = None) -> Any:  # fmt: skip
    """The adjoint of ``x`` in ``np.cross(x, z, ...)``, vectors of length two in the plane too; leading axes are kept.

    >>> cross_adjoint_left(np.array([1.0, 0.0, 0.0]), np.zeros(3), np.array([0.0, 1.0, 0.0]))
    array([ 0.,  0., -1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    nx, nz, ny = np.ndim(x), np.ndim(z), max(np.ndim(x), np.ndim(z))
    vectors, like = np.moveaxis(z, axisb % nz, -1), np.moveaxis(x, axisa % nx, -1)
    if vectors.shape[-1] == like.shape[-1] == 2:  # the third component of the product alone
        bars = np.asarray(g)[..., None] * np.array([0, 0, 1], np.result_type(g))
    else:
        bars = np.moveaxis(g, axisc % ny - ny, -1)
    if vectors.shape[-1] == 2:
        vectors = np.concatenate((vectors, np.zeros_like(vectors[..., :1])), axis=-1)
    product = np.cross(np.conj(vectors), bars)[..., : like.shape[-1]]
    return np.moveaxis(sum_to(product, like, np.ndim(bars) - ny), -1, axisa % nx - nx)


def cross_adjoint_right(g: Any, x: Any, z: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1,
                        axis: int | None = None) -> Any:  # fmt: skip
    """The adjoint of ``z`` in ``np.cross(x, z, ...)``, vectors of length two in the plane too; leading axes are kept.

    >>> cross_adjoint_right(np.array([1.0, 2.0, 3.0]), np.ones(3), np.zeros(3))
    array([-1.,  2., -1.])
    """
    return -cross_adjoint_left(g, z, x, axisb, axisa, axisc, axis)


def einsum_plan(subscripts: Any, ranks: Any, k: int) -> tuple[list[str], str, list[int], list[int]]:
    """The contraction that is adjoint to operand ``k`` of ``np.einsum(subscripts, ...)``.

    An axis that stands in no other operand and not in the result is repeated: the adjoint has a vector of
    ones more. An axis that stands twice in operand ``k`` is a diagonal: the adjoint has a unit matrix more.

    Args:
        subscripts: the subscripts, as one string.
        ranks: rank of each operand (used only where there is an ellipsis).

    Returns:
        Subscripts of: the adjoint of the result, the other operands, vectors of ones, unit matrices; those of
        the adjoint's result; the axes of operand ``k`` whose lengths the vectors and the matrices have.

    >>> einsum_plan("ij,jk", (2, 2), 0), einsum_plan("iij->j", (3,), 0)
    ((['ik', 'jk'], 'ij', [], []), (['j', 'i', 'iA'], 'iAj', [0], [1]))
    """
    if not isinstance(subscripts, str):
        raise TypeError("np.einsum is differentiated with its subscripts as one string")
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    spare = iter([c for c in letters() if c not in subscripts])
    inputs = left.split(",")
    widths = [r - len(s) + 3 if "..." in s else 0 for s, r in zip(inputs, ranks, strict=True)]
    dots = "".join(next(spare) for _ in range(max(widths)))
    if not arrow:
        once = [c for c in left if left.count(c) == 1 and c not in ",."]
        out = ("..." if "..." in left else "") + "".join(sorted(once))
    inputs = [s.replace("...", dots[len(dots) - w :]) for s, w in zip(inputs, widths, strict=True)]
    out = out.replace("...", dots)
    own, others = inputs[k], inputs[:k] + inputs[k + 1 :]
    target, ones, units, extra = "", [], [], []
    for place, letter in enumerate(own):
        if letter in own[:place]:
            units.append(place)
            target += next(spare)
        else:
            target += letter
            if not any(letter in s for s in (out, *others)):
                ones.append(place)
    extra = [own[p] for p in ones] + [own[p] + target[p] for p in units]
    return [out, *others, *extra], target, ones, units


def letters() -> list[str]:
    """The letters that name axes, capitals first: texts seldom use them.

    >>> "".join(letters())
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    """
    return [chr(n) for n in (*range(65, 91), *range(97, 123))]


def einsum_adjoint(g: Any, subscripts: str, operands: Any, k: int) -> Any:
    """The adjoint of operand ``k`` of ``np.einsum(subscripts, *operands)``; leading axes of ``g`` are kept.

    >>> einsum_adjoint(np.ones(2), "ij->i", (np.zeros((2, 3)),), 0).shape
    (2, 3)
    """
    g, x = np.asarray(g), operands[k]
    inputs, target, ones, units = einsum_plan(subscripts, [np.ndim(o) for o in operands], k)
    lead = g.ndim - len(inputs[0])
    extra = [c for c in letters() if c not in "".join(inputs) + target][:lead]
    arrays = [g, *(np.conj(o) for i, o in enumerate(operands) if i != k)]
    arrays += [np.ones(np.shape(x)[p], g.dtype) for p in ones]
    arrays += [np.eye(np.shape(x)[p], dtype=g.dtype) for p in units]
    text = "".join(extra) + ",".join(inputs) + "->" + "".join(extra) + target
    bar = np.einsum(text, *arrays, optimize=len(arrays) > 2)
    full = np.broadcast_to(bar, tuple(max(a, b) for a, b in zip(bar.shape, (0,) * lead + np.shape(x), strict=True)))
    return sum_to(full, x, lead)


def einsum_with(v: Any, subscripts: str, operands: Any, k: int) -> Any:
    """``np.einsum(subscripts, *operands)`` with ``v`` for operand ``k``.

    >>> einsum_with(np.ones((2, 3)), "ij->i", (np.zeros((2, 3)),), 0)
    array([3., 3.])
    """
    return np.einsum(subscripts, *(v if i == k else o for i, o in enumerate(operands)))


def einsum_adjoints(g: Any, v: Any, subscripts: str, operands: Any, k: int) -> Any:
    """The adjoints of all operands of ``einsum_with(v, subscripts, operands, k)``; zeros for operand ``k``.

    >>> operands = (np.zeros((2, 3)), np.ones(3))
    >>> [p.shape for p in einsum_adjoints(np.ones(2), np.ones((2, 3)), "ij,j->i", operands, 0)]
    [(2, 3), (3,)]
    """
    arrays = tuple(v if i == k else o for i, o in enumerate(operands))
    zero = np.zeros(np.shape(operands[k]))
    return [zero if i == k else einsum_adjoint(g, subscripts, arrays, i) for i in range(len(arrays))]


def whole_overlap(g: Any, a: Any, v: Any, mode: str = "full", correlating: bool = False) -> Any:
    """The part ``g`` of ``np.convolve(a, v)`` that ``mode`` keeps (of ``np.correlate``, if ``correlating``), in its place among zeros.

    >>> whole_overlap(np.ones(2), np.zeros(3), np.zeros(2), "valid")
    array([0., 1., 1., 0.])
    """
    start = overlap_start(np.size(a), np.size(v), mode, correlating)
    out = np.zeros(np.size(a) + np.size(v) - 1, np.result_type(g))
    out[start : start + len(g)] = g
    return out


def overlap_part(whole: Any, g: Any, a: Any, v: Any, mode: str = "full", correlating: bool = False) -> Any:
    """The part of ``whole`` that ``mode`` keeps, as long as ``g``: the transpose of :func:`whole_overlap`.

    >>> overlap_part(np.arange(4.0), np.zeros(2), np.zeros(3), np.zeros(2), "valid")
    array([1., 2.])
    """
    start = overlap_start(np.size(a), np.size(v), mode, correlating)
    return whole[start : start + len(g)]


def overlap_start(m: int, n: int, mode: str, correlating: bool) -> int:
    """Where the part of a convolution (or correlation) of so many elements begins that ``mode`` keeps.

    >>> overlap_start(5, 3, "same", False), overlap_start(2, 4, "same", True)
    (1, 1)
    """
    short = min(m, n)
    start = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    if correlating and m < n:  # NumPy correlates the other way round, and reverses
        start = m + n - 1 - start - {"full": m + n - 1, "same": n, "valid": n - m + 1}[mode]
    return start
