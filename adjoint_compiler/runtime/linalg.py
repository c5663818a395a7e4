"""Helpers of emitted code: linear algebra. Matrices are the last two axes throughout."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import divide_or_zero, spread
from adjoint_compiler.runtime.reductions import products_before, share_ties

__all__ = [
    "as_columns", "cholesky_adjoint", "cholesky_tangent", "cofactors", "det_hessian", "eigenvalue_gaps", "frobenius", "half_triangle", "inv_or_inf",
    "edge_of_vectors", "held_vectors", "largest_of_columns", "matching_order",
    "logdet_seed", "matrix_norm_slope", "narrowed", "norm_slope", "plus_adjoint", "solve_as", "thin_adjoint", "widened",
]  # fmt: skip


def as_columns(v: Any, b: Any) -> Any:
    """``v``, shaped like the solution of ``np.linalg.solve(a, b)``, as matrices: a vector becomes a column.

    >>> as_columns(np.zeros((5, 3)), np.zeros(3)).shape
    (5, 3, 1)
    """
    return v[..., None] if np.ndim(b) == 1 else v


def solve_as(a: Any, v: Any, b: Any) -> Any:
    """The solution of ``a @ x = v``, where ``v`` holds vectors if ``b`` has one axis, else matrices.

    >>> solve_as(2 * np.eye(2), np.array([[2.0, 4.0], [6.0, 8.0]]), np.zeros(2))
    array([[1., 2.],
           [3., 4.]])
    """
    return np.linalg.solve(a, v[..., None])[..., 0] if np.ndim(b) == 1 else np.linalg.solve(a, v)


def half_triangle(x: Any, uplo: str = "L") -> Any:
    """The lower (or upper) triangle of ``x``, with half its diagonal.

    >>> half_triangle(np.ones((2, 2)))
    array([[0.5, 0. ],
           [1. , 0.5]])
    """
    out = np.tril(x) if uplo in ("L", "l") else np.triu(x)
    np.einsum("...ii->...i", out)[...] /= 2
    return out


def plus_adjoint(x: Any) -> Any:
    """``x`` plus its conjugate transpose.

    >>> plus_adjoint(np.array([[1.0, 2.0], [0.0, 3.0]]))
    array([[2., 2.],
           [2., 6.]])
    """
    return x + np.conj(np.swapaxes(x, -1, -2))


def cholesky_adjoint(g: Any, y: Any, block: int = 48) -> Any:
    """The adjoint of a real matrix from ``g``, that of its lower Cholesky factor ``y``, by the lower triangle.

    Blocks are worked off from the last to the first, so that nearly all is products of matrices.

    References:
        Murray, Differentiation of the Cholesky decomposition (2016), section 4.

    >>> cholesky_adjoint(np.eye(2), np.array([[2.0, 0.0], [1.0, 1.0]]))
    array([[ 0.375,  0.   ],
           [-0.5  ,  0.5  ]])
    """
    out = np.tril(g)
    for stop in range(len(y), 0, -block):
        start = max(stop - block, 0)
        left, corner = y[start:stop, :start], np.tril(y[start:stop, start:stop])
        below_left, below = y[stop:, :start], y[stop:, start:stop]
        inverse = np.linalg.inv(corner)
        out[stop:, start:stop] = out[stop:, start:stop] @ inverse
        below_bar, corner_bar = out[stop:, start:stop], out[start:stop, start:stop]
        out[stop:, :start] -= below_bar @ left
        corner_bar -= np.tril(below_bar.T @ below)
        both = plus_adjoint(inverse.T @ half_triangle(corner.T @ corner_bar) @ inverse)
        corner_bar[...] = half_triangle(both)
        out[start:stop, :start] -= below_bar.T @ below_left + both @ left
    return out


def cholesky_tangent(t: Any, y: Any, block: int = 48) -> Any:
    """The tangent of the lower Cholesky factor ``y`` of a matrix with tangent ``t``, of which the lower triangle is read.

    One real matrix is worked off in blocks, as :func:`cholesky_adjoint` does.

    References:
        Murray, Differentiation of the Cholesky decomposition (2016), sections 3 and 4.

    >>> cholesky_tangent(np.eye(2), np.array([[2.0, 0.0], [1.0, 1.0]]))
    array([[ 0.25 ,  0.   ],
           [-0.125,  0.625]])
    """
    y = np.tril(y)
    if np.ndim(y) != 2 or np.iscomplexobj(y) or np.iscomplexobj(t):
        inverse = np.linalg.inv(y)
        symmetric = plus_adjoint(half_triangle(t))
        return y @ half_triangle(inverse @ symmetric @ np.conj(np.swapaxes(inverse, -1, -2)))
    out = np.tril(t)
    for start in range(0, len(y), block):
        stop = min(start + block, len(y))
        left, left_dot = y[start:stop, :start], out[start:stop, :start]
        corner = y[start:stop, start:stop]
        inverse = np.linalg.inv(corner)
        middle = plus_adjoint(half_triangle(out[start:stop, start:stop])) - plus_adjoint(left_dot @ left.T)
        corner_dot = corner @ half_triangle(inverse @ middle @ inverse.T)
        out[start:stop, start:stop] = corner_dot
        below = out[stop:, start:stop]
        below -= out[stop:, :start] @ left.T + y[stop:, :start] @ left_dot.T + y[stop:, start:stop] @ corner_dot.T
        out[stop:, start:stop] = below @ inverse.T
    return out


def inv_or_inf(a: Any) -> Any:
    """The inverse of ``a``, infinite where ``a`` is exactly singular.

    >>> inv_or_inf(np.array([[2.0, 0.0], [0.0, 0.0]]))
    array([[inf, inf],
           [inf, inf]])
    """
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return np.full_like(a, np.inf) if np.ndim(a) == 2 else np.stack([inv_or_inf(m) for m in a])


def logdet_seed(sign_bar: Any, log_bar: Any, sign: Any) -> Any:
    """The adjoint of a determinant's complex logarithm, from those of ``np.linalg.slogdet``'s two results.

    >>> logdet_seed(1.0, 2.0, 1j)
    (2-1j)
    """
    if not (np.iscomplexobj(sign_bar) or np.iscomplexobj(sign)):
        return log_bar
    return log_bar - 1j * np.imag(np.conj(sign_bar) * sign)


def cofactors(a: Any) -> Any:
    """The cofactors of ``a``, the derivative of its determinant; right for singular matrices, too.

    From the singular value decomposition (Golub and Van Loan, Matrix Computations): with ``u, s, vh`` they
    are ``det(u) * det(vh) * conj(u) @ diag(products of the other s) @ conj(vh)``.

    >>> np.abs(cofactors(np.array([[2.0, 0.0], [0.0, 0.0]])))
    array([[0., 0.],
           [0., 2.]])
    """
    u, s, vh = np.linalg.svd(a)
    others = products_before(s, -1) * products_before(s, -1, -1)
    phase = np.linalg.det(u) * np.linalg.det(vh)
    return (phase[..., None, None] * np.conj(u) * others[..., None, :]) @ np.conj(vh)


def det_hessian(h: Any, a: Any) -> Any:
    """The derivative of ``cofactors(a)`` in direction ``h``: twice the derivative of the determinant.

    >>> det_hessian(np.array([[1.0, 0.0], [0.0, 0.0]]), np.eye(2))
    array([[0., 0.],
           [0., 1.]])
    """
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    rest = np.where(np.eye(n, dtype=bool), np.ones_like(s, shape=()), s[..., None, :])
    others = products_before(rest, -1) * products_before(rest, -1, -1) * (1 - np.eye(n, dtype=s.dtype))
    x = np.conj(np.swapaxes(u, -1, -2)) @ h @ np.conj(np.swapaxes(vh, -1, -2))
    inner = -others * np.swapaxes(x, -1, -2)
    np.einsum("...ii->...i", inner)[...] += np.einsum("...ij,...jj->...i", others, x)
    phase = np.linalg.det(u) * np.linalg.det(vh)
    return phase[..., None, None] * (np.conj(u) @ inner @ np.conj(vh))


def frobenius(a: Any, b: Any) -> Any:
    """The sum of ``a * b`` over each matrix, as a matrix of one element.

    >>> frobenius(np.eye(2), np.ones((2, 2)))
    array([[2.]])
    """
    return np.sum(a * b, axis=(-2, -1), keepdims=True)


def eigenvalue_gaps(w: Any) -> Any:
    """The matrix ``1 / (w[j] - w[i])``, zero where eigenvalues are equal.

    >>> eigenvalue_gaps(np.array([1.0, 3.0]))
    array([[ 0. ,  0.5],
           [-0.5,  0. ]])
    """
    return divide_or_zero(np.ones_like(w, shape=()), w[..., None, :] - w[..., :, None])


def largest_of_columns(v: Any) -> Any:
    """Ones where the largest elements of the columns are: LAPACK turns eigenvectors so that those are real.

    >>> largest_of_columns(np.array([[3.0, 1.0], [0.0, -2.0]]))
    array([[1., 0.],
           [0., 1.]])
    """
    n = v.shape[-1]
    places = np.argmax(np.abs(v), axis=-2)[..., None, :]
    return (np.arange(n)[:, None] == places).astype(v.real.dtype)


def edge_of_vectors(v: Any, first: Any) -> Any:
    """Ones in the first row, or in the last one, which LAPACK makes real in complex eigenvectors.

    Source: LAPACK's ``zhetrd``, whose reflections leave the first (the last) coordinate alone.

    >>> edge_of_vectors(np.zeros((2, 2)), True)
    array([[1., 1.],
           [0., 0.]])
    """
    out = np.zeros(v.shape, v.real.dtype)
    out[..., 0 if first else -1, :] = 1.0
    return out


def held_vectors(u: Any, vh: Any, left: bool) -> Any:
    """Ones at the elements of the left, or right, singular vectors that LAPACK makes real, if those are of this side.

    Source: LAPACK's ``zgebrd``: of matrices with more columns than rows the first elements of the left vectors.

    >>> held_vectors(np.zeros((2, 2)), np.zeros((2, 3)), True), held_vectors(np.zeros((2, 2)), np.zeros((2, 2)), False)
    (array([[1., 1.],
           [0., 0.]]), array([[1., 0.],
           [1., 0.]]))
    """
    wide = u.shape[-2] < vh.shape[-1]
    out = np.zeros(u.shape if left else vh.shape, u.real.dtype)
    if wide == left:
        out[(..., 0, slice(None)) if left else (..., 0)] = 1.0
    return out


def matching_order(found: Any, wanted: Any) -> Any:
    """The indices that bring eigenvalues ``found`` in the order in which another function gives them.

    >>> matching_order(np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 2.0]))
    array([2, 0, 1])
    """
    return np.argmin(np.abs(found[..., None, :] - wanted[..., :, None]), axis=-1)


def thin_adjoint(g: Any, s: Any, axis: int) -> Any:
    """Of the adjoint of all singular vectors that of those with a value in ``s``; they lie along ``axis``.

    Raises:
        ValueError: the others have an adjoint that is not zero. Nothing but their span is determined.

    >>> thin_adjoint(np.array([[1.0, 0.0], [2.0, 0.0]]), np.ones(1), -1)
    array([[1.],
           [2.]])
    """
    kept, rest = np.split(g, [s.shape[-1]], axis)
    if np.any(rest):
        raise ValueError("singular vectors without a singular value are not differentiated: use full_matrices=False")
    return kept


def narrowed(x: Any, like: Any, axis: int) -> Any:
    """The first part of ``x`` along ``axis``, as long as ``like`` is.

    >>> narrowed(np.ones((1, 2)), np.zeros((1, 1)), -1)
    array([[1.]])
    """
    return np.split(x, [np.shape(like)[axis]], axis)[0]


def widened(v: Any, like: Any, axis: int) -> Any:
    """``v`` with zeros behind it along ``axis``, to the shape of ``like``.

    >>> widened(np.ones((1, 1)), np.zeros((1, 2)), -1)
    array([[1., 0.]])
    """
    pad = [(0, 0)] * np.ndim(v)
    pad[axis] = (0, np.shape(like)[axis] - np.shape(v)[axis])
    return np.pad(v, pad)


def norm_slope(x: Any, y: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The derivative of ``y = np.linalg.norm(x, ord, axis, keepdims)``, shaped like ``x``; 0 where ``y`` is.

    Largest and smallest elements and singular values share equally.

    >>> norm_slope(np.array([3.0, -4.0]), 5.0), norm_slope(np.array([3.0, -4.0]), 4.0, np.inf)
    (array([ 0.6, -0.8]), array([ 0., -1.]))
    """
    axes = tuple(range(np.ndim(x))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    top = spread(y, x, axis, keepdims)
    if ord is None or ord == "fro" or (ord == 2 and len(axes) == 1):
        return divide_or_zero(x, top)
    size = np.abs(x)
    phase = divide_or_zero(x, size)
    if len(axes) == 2:
        v, phase = np.moveaxis(x, axes, (-2, -1)), np.moveaxis(phase, axes, (-2, -1))
        return matrix_norm_slope(v, phase, ord, axes)
    if np.isinf(ord):
        return share_ties(np.ones_like(top, shape=np.shape(y)), size, y, axis, keepdims) * phase
    if ord == 0:
        return np.zeros_like(x)
    with np.errstate(all="ignore"):
        return phase * np.where(size == 0, np.zeros_like(size), divide_or_zero(size, top) ** (ord - 1))


def matrix_norm_slope(v: Any, phase: Any, ord: Any, axes: tuple[int, ...]) -> Any:
    """``norm_slope`` of matrices ``v`` (the last two axes), whose elements have the phase ``phase``.

    >>> matrix_norm_slope(np.diag([3.0, 1.0]), np.eye(2), 1, (0, 1))
    array([[1., 0.],
           [0., 0.]])
    """
    if ord in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(v), axis=-2 if abs(ord) == 1 else -1, keepdims=True)
        extreme = np.max if ord > 0 else np.min
        top = extreme(sums, axis=(-2, -1))
        return np.moveaxis(share_ties(np.ones_like(top), sums, top, (-2, -1)) * phase, (-2, -1), axes)
    u, s, vh = np.linalg.svd(v, full_matrices=False)
    if ord == "nuc":
        weights = np.ones_like(s)
    else:
        top = (np.max if ord == 2 else np.min)(s, axis=-1)
        weights = share_ties(np.ones_like(top), s, top, -1)
    return np.moveaxis((u * np.where(s == 0, np.zeros_like(s), weights)[..., None, :]) @ vh, (-2, -1), axes)
