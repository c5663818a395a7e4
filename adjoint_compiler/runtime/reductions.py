"""Helpers of emitted code: reductions, products along an axis, running sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import spread_adjoint, unbroadcast

__all__ = [
    "align_weights", "align_weights_adjoint", "carry", "count", "cumsum_adjoint", "diff_adjoint",
    "leading_spread", "leading_sum", "merge_axes", "ones_outside", "products_before", "quantile_adjoint", "quantile_of",
    "quantile_parts", "quantile_rate", "relative_weights", "share_ties", "share_ties_adjoint", "spacing_weights", "split_axes",
    "ties_of", "trapezoid_nodes", "trapezoid_weights", "with_reduced_axes",
]  # fmt: skip


def count(x: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True) -> Any:
    """How many elements of ``x`` a mean over ``axis`` averages, less ``ddof``; NaN instead of zero and less.

    >>> count(np.zeros((2, 3)), 1), count(np.zeros((2, 3))), count(np.zeros((1, 2)), 0, 1)
    (3, 6, nan)
    """
    if where is not True:
        n = np.sum(np.broadcast_to(where, np.shape(x)), axis=axis, keepdims=keepdims) - ddof
        return np.where(n > 0, n, np.nan).astype(np.result_type(x))
    axes = range(np.ndim(x)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    n = math.prod([np.shape(x)[a] for a in axes] if np.ndim(x) else [1]) - ddof
    return n if n > 0 else math.nan


def share_ties(g: Any, x: Any, y: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    """The adjoint of ``y = np.max(x, axis)`` (or ``np.min``): elements equal to ``y`` share ``g`` equally.

    Elements that are NaN, if any, share where ``y`` is NaN.

    >>> share_ties(np.array([4.0, 1.0]), np.array([[3.0, 3.0], [0.0, 5.0]]), np.array([3.0, 5.0]), 1)
    array([[2., 2.],
           [0., 1.]])
    """
    ties, number = ties_of(x, y, axis, keepdims, where)
    share = with_reduced_axes(g, x, axis, keepdims) / number.astype(np.result_type(g))
    if math.isfinite(np.vdot(share, share).real):
        return ties * share
    return np.where(ties, share, np.zeros_like(g, shape=()))  # zero times infinity is not zero


def ties_of(x: Any, y: Any, axis: Any, keepdims: bool, where: Any) -> tuple[Any, Any]:
    """Which elements of ``x`` are equal to ``y = np.max(x, axis)``, and how many along ``axis``, or one.

    >>> ties_of(np.array([[3.0, 3.0], [0.0, 5.0]]), np.array([3.0, 5.0]), 1, False, True)[1]
    array([[2],
           [1]])
    """
    top = with_reduced_axes(y, x, axis, keepdims)
    ties = (x if np.result_type(x) == top.dtype else np.asarray(x).astype(top.dtype)) == top
    if not (ties.any() if axis is None else ties.any(axis=axis).all()):  # some are NaN
        ties |= np.isnan(x) & np.isnan(top)
    if where is not True:
        ties = ties & where
    return ties, np.maximum(np.count_nonzero(ties, axis=axis, keepdims=True), 1)


def with_reduced_axes(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """What a reduction of ``x`` gave, after leading axes, with an axis of length one for each that was reduced.

    >>> with_reduced_axes(np.zeros(2), np.zeros((2, 3)), 1, False).shape
    (2, 1)
    """
    g, ndim = np.asarray(g), np.ndim(x)
    if keepdims or not ndim:
        return g
    axes = {a % ndim for a in (range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,))}
    lead, kept = g.ndim - (ndim - len(axes)), list(g.shape)
    for a in sorted(axes):
        kept.insert(lead + a, 1)
    return g.reshape(kept)


def share_ties_adjoint(g: Any, x: Any, y: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    """The mean of ``g`` over the elements of ``x`` that are equal to ``y``: the tangent of ``np.max``.

    >>> share_ties_adjoint(np.array([1.0, 3.0, 7.0]), np.array([5.0, 5.0, 0.0]), 5.0)
    np.float64(2.0)
    """
    ties, number = ties_of(x, y, axis, keepdims, where)
    shared = np.where(ties, g / number.astype(np.result_type(g)), np.zeros_like(g, shape=()))
    return spread_adjoint(shared, x, axis, keepdims)


def merge_axes(v: Any, x: Any, axis: Any = None) -> Any:
    """``v``, shaped like ``x`` after leading axes, with the axes ``axis`` of ``x`` merged into one last axis.

    >>> merge_axes(np.zeros((5, 2, 3, 4)), np.zeros((2, 3, 4)), (0, 2)).shape
    (5, 3, 8)
    """
    n = np.ndim(x)
    axes = range(n) if axis is None or n == 0 else axis if isinstance(axis, tuple) else (axis,)
    places = sorted(a % n - n for a in axes)
    v = np.moveaxis(v, places, range(-len(places), 0))
    kept = v.ndim - len(places)
    return v.reshape(v.shape[:kept] + (math.prod(v.shape[kept:]),))


def split_axes(v: Any, x: Any, axis: Any = None) -> Any:
    """The inverse of ``merge_axes``.

    >>> split_axes(np.zeros((5, 3, 8)), np.zeros((2, 3, 4)), (0, 2)).shape
    (5, 2, 3, 4)
    """
    n = np.ndim(x)
    axes = range(n) if axis is None or n == 0 else axis if isinstance(axis, tuple) else (axis,)
    places = sorted(a % n - n for a in axes)
    v = np.reshape(v, v.shape[:-1] + tuple(np.shape(x)[a] for a in places))
    return np.moveaxis(v, range(-len(places), 0), places)


def ones_outside(x: Any, mask: Any) -> Any:
    """``x`` with ones where ``mask`` is false.

    >>> ones_outside(np.array([2.0, 3.0]), np.array([True, False]))
    array([2., 1.])
    """
    return np.where(mask, x, np.ones_like(x, shape=()))


def products_before(x: Any, axis: Any = None, step: int = 1) -> Any:
    """For each element the product of those before it along the axes; of those after it when ``step`` is -1.

    >>> products_before(np.array([2.0, 3.0, 5.0])), products_before(np.array([2.0, 3.0, 5.0]), 0, -1)
    (array([1., 2., 6.]), array([15.,  5.,  1.]))
    """
    flat = merge_axes(x, x, axis)[..., ::step]
    out = np.ones_like(flat)
    np.cumprod(flat[..., :-1], axis=-1, out=out[..., 1:])
    return split_axes(out[..., ::step], x, axis)


def carry(g: Any, c: Any, axis: Any = None, step: int = 1) -> Any:
    """The recurrence ``r[i] = g[i + 1] + c[i + 1] * r[i + 1]``, ``r[-1] = 0``; downwards when ``step`` is -1.

    The adjoint of products along an axis, exact where factors are zero; it is its own adjoint, reversed.

    >>> carry(np.ones(3), np.array([2.0, 3.0, 5.0]))
    array([4., 1., 0.])
    """
    bar, factor = merge_axes(g, c, axis)[..., ::step], merge_axes(c, c, axis)[..., ::step]
    out = np.zeros(bar.shape, np.result_type(bar, factor))
    for i in range(out.shape[-1] - 2, -1, -1):
        out[..., i] = bar[..., i + 1] + factor[..., i + 1] * out[..., i + 1]
    return split_axes(out[..., ::step], c, axis)


def cumsum_adjoint(g: Any, x: Any, axis: Any = None) -> Any:
    """The adjoint of ``np.cumsum(x, axis)``: sums of ``g`` from each element on.

    >>> cumsum_adjoint(np.array([1.0, 2.0, 4.0]), np.zeros(3))
    array([7., 6., 4.])
    """
    if axis is None or np.ndim(x) == 0:
        return np.cumsum(g[..., ::-1], axis=-1)[..., ::-1].reshape(g.shape[:-1] + np.shape(x))
    axis = axis % np.ndim(x) - np.ndim(x)
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


def diff_adjoint(g: Any, x: Any, n: int = 1, axis: int = -1) -> Any:
    """The adjoint of ``np.diff(x, n, axis)``.

    >>> diff_adjoint(np.array([1.0, 3.0]), np.zeros(3))
    array([-1., -2.,  3.])
    """
    axis = axis % np.ndim(x) - np.ndim(x)
    if g.shape[axis] == 0:
        return np.zeros(g.shape[: g.ndim - np.ndim(x)] + np.shape(x), g.dtype)
    widths = [(0, 0)] * g.ndim
    widths[axis] = (n, n)
    return (-1) ** n * np.diff(np.pad(g, widths), n, axis)


def trapezoid_weights(f: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The weights ``w``, shaped like ``f``, with ``np.trapezoid(f, x, dx, axis) == (f * w).sum(axis)``.

    Args:
        f: the integrand; only its shape is read.
        x: points, of one axis or shaped like ``f``; None: a grid of spacing ``dx``.

    >>> trapezoid_weights(np.zeros(3), np.array([0.0, 1.0, 4.0]))
    array([0.5, 2. , 1.5])
    """
    axis = axis % np.ndim(f) - np.ndim(f)
    if x is None:
        steps = np.full(max(np.shape(f)[axis] - 1, 0), dx, np.result_type(f, dx))
    else:
        steps = np.diff(x, axis=-1 if np.ndim(x) == 1 else axis)
    if steps.ndim == 1:
        steps = steps.reshape(steps.shape + (1,) * (-axis - 1))
    shape = tuple(1 if k == steps.ndim + axis else n for k, n in enumerate(steps.shape))
    edge = np.zeros_like(steps, shape=shape)
    padded = np.concatenate([edge, steps, edge], axis)
    along = np.moveaxis(padded, axis, 0)
    return np.broadcast_to(np.moveaxis((along[1:] + along[:-1]) / 2, 0, axis), np.shape(f))


def spacing_weights(f: Any, x: Any = None, axis: int = -1) -> Any:
    """The derivative of ``trapezoid_weights(f, x, dx, axis)`` by ``dx``: zeros where there are points ``x``.

    >>> spacing_weights(np.zeros(3)), spacing_weights(np.zeros(3), np.zeros(3))
    (array([0.5, 1. , 0.5]), array([0., 0., 0.]))
    """
    return trapezoid_weights(f, None, 1.0 if x is None else 0.0, axis)


def trapezoid_nodes(g: Any, f: Any, x: Any, axis: int = -1) -> Any:
    """The adjoint of ``x -> trapezoid_weights(f, x, axis=axis)``.

    >>> trapezoid_nodes(np.array([1.0, 2.0, 4.0]), np.zeros(3), np.array([0.0, 1.0, 4.0]))
    array([-1.5, -1.5,  3. ])
    """
    axis = axis % np.ndim(f) - np.ndim(f)
    along = np.moveaxis(g, axis, -1)
    bar = diff_adjoint((along[..., 1:] + along[..., :-1]) / 2, along)
    return unbroadcast(bar if np.ndim(x) == 1 else np.moveaxis(bar, -1, axis), x)


def align_weights(weights: Any, x: Any, axis: Any = None) -> Any:
    """``np.average``'s weights as an array of the shape of ``x`` (ones for None).

    >>> align_weights([1.0, 2.0], np.zeros((2, 3)), 0)
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    weights = np.ones((), np.result_type(x)) if weights is None else np.asarray(weights)
    if weights.ndim and weights.shape != np.shape(x):
        axes = axis if isinstance(axis, tuple) else (axis,)
        places = [a % np.ndim(x) for a in axes]
        weights = weights.transpose(np.argsort(places))
        weights = weights.reshape([n if k in places else 1 for k, n in enumerate(np.shape(x))])
    return np.broadcast_to(weights, np.shape(x))


def align_weights_adjoint(g: Any, weights: Any, x: Any, axis: Any = None) -> Any:
    """The adjoint of ``weights -> align_weights(weights, x, axis)``.

    >>> align_weights_adjoint(np.ones((2, 3)), [1.0, 2.0], np.zeros((2, 3)), 0)
    array([3., 3.])
    """
    if np.shape(weights) == np.shape(x):
        return g
    places = [a % np.ndim(x) for a in (axis if isinstance(axis, tuple) else (axis,))]
    summed = g.sum(axis=tuple(k for k in range(np.ndim(x)) if k not in places))
    return summed.transpose(np.argsort(np.argsort(places)))


def relative_weights(weights: Any, x: Any, axis: Any = None) -> Any:
    """``np.average``'s weights as an array of the shape of ``x``, with sum one along ``axis``.

    >>> relative_weights([1.0, 3.0], np.zeros((2, 2)), 0)
    array([[0.25, 0.25],
           [0.75, 0.75]])
    """
    aligned = align_weights(weights, x, axis)
    return aligned / np.sum(aligned, axis=axis, keepdims=True)


def quantile_parts(x: Any, q: Any, axis: Any, method: str, order: int, nan: bool) -> Any:
    """The weights with which ``np.quantile`` adds up sorted elements, in the places of these; derivatives by ``q`` of them.

    Args:
        order: which derivative by ``q``; from the second on, all are zero.
        nan: whether elements that are NaN are left out.

    Returns:
        Weights with the axes of ``q``, then those of ``x`` as :func:`merge_axes` gives them.
    """
    flat = merge_axes(x, x, axis)
    if nan and np.ndim(q) > 1 and flat.ndim > 1 and isinstance(axis, tuple) and len(axis) != 1:
        raise NotImplementedError(
            "the axes that np.nanquantile mixes up: several of q, several of the array; pass q.ravel()"
        )
    number = flat.shape[-1]
    out = np.zeros(np.shape(q) + flat.shape, np.result_type(x, 1.0 if flat.dtype.kind != "f" else flat.dtype))
    if order > 1 or number == 0:
        return out
    order_of = np.argsort(flat, axis=-1, kind="stable")
    counts = np.sum(~np.isnan(flat), axis=-1) if nan else np.full(flat.shape[:-1], number)
    for n in np.unique(counts[counts > 0]):
        place = np.asarray(np.quantile(np.arange(float(n)), q, method=method))  # type: ignore[call-overload]
        low = np.minimum(place.astype(int), max(n - 2, 0))
        weights = np.zeros((*np.shape(q), number), out.dtype)
        at: Any = low[..., None]
        upper = (place - low if order == 0 else quantile_rate(int(n), np.asarray(q), method))[..., None]
        np.put_along_axis(weights, at, 1 - upper if order == 0 else -upper, -1)
        if n > 1:
            np.put_along_axis(weights, at + 1, upper, -1)
        chosen = (counts == n)[..., None]
        shape = np.shape(q) + (1,) * (flat.ndim - 1) + (number,)
        spread_out = np.broadcast_to(weights.reshape(shape), out.shape)
        sorted_in = np.zeros_like(out)
        np.put_along_axis(sorted_in, np.broadcast_to(order_of, out.shape), spread_out, -1)
        out = np.where(chosen, sorted_in, out)
    return out


def quantile_rate(n: int, q: Any, method: str) -> Any:
    """How fast the place of the quantile ``q`` moves among ``n`` sorted elements; not at all before the first and behind the last.

    Source: Hyndman and Fan, Sample quantiles in statistical packages (1996): the place is ``n * q + alpha + q * (1 - alpha - beta) - 1``.

    >>> quantile_rate(5, 0.5, "linear"), quantile_rate(5, 0.5, "lower"), quantile_rate(2, np.array([0.1, 0.5]), "weibull")
    (array(4.), array(0.), array([0., 3.]))
    """
    alpha_beta = {
        "linear": (1.0, 1.0),
        "interpolated_inverted_cdf": (0.0, 1.0),
        "hazen": (0.5, 0.5),
        "weibull": (0.0, 0.0),
        "median_unbiased": (1 / 3, 1 / 3),
        "normal_unbiased": (0.375, 0.375),
    }
    if method not in alpha_beta or n < 2:
        return np.zeros(np.shape(q))
    alpha, beta = alpha_beta[method]
    place = n * q + (alpha + q * (1 - alpha - beta)) - 1
    return np.where((place >= 0) & (place <= n - 1), n + 1 - alpha - beta, 0.0)


def quantile_of(
    v: Any, x: Any, q: Any, axis: Any = None, keepdims: bool = False, method: str = "linear", order: int = 0, nan: bool = False,
) -> Any:  # fmt: skip
    """The sums of ``v`` that are the quantiles ``q`` of ``x`` where ``v`` is ``x``; or their derivatives by ``q``.

    >>> quantile_of(np.array([3.0, 1.0, 2.0, 4.0]), np.array([3.0, 1.0, 2.0, 4.0]), 0.5)
    np.float64(2.5)
    """
    weights = quantile_parts(x, q, axis, method, order, nan)
    found = np.sum(np.where(weights == 0, 0, merge_axes(v, x, axis)) * weights, axis=-1)
    if not keepdims:
        return found
    kept = np.sum(np.zeros(np.shape(x)), axis=axis, keepdims=True).shape
    return found.reshape(np.shape(q) + kept)


def quantile_adjoint(
    g: Any, x: Any, q: Any, axis: Any = None, keepdims: bool = False, method: str = "linear", order: int = 0, nan: bool = False,
) -> Any:  # fmt: skip
    """The adjoint of ``v`` in :func:`quantile_of`.

    >>> quantile_adjoint(2.0, np.array([3.0, 1.0, 2.0, 4.0]), 0.5)
    array([1., 0., 1., 0.])
    """
    if nan and np.size(x) == 0:  # NumPy's result is that of a mean
        return np.zeros_like(x)
    weights = quantile_parts(x, q, axis, method, order, nan)
    lead = np.shape(g)[: np.ndim(g) - np.ndim(q) - (np.ndim(x) if keepdims else weights.ndim - 1 - np.ndim(q))]
    each = np.reshape(g, lead + weights.shape[:-1])[..., None] * weights
    return split_axes(each.sum(axis=tuple(range(len(lead), len(lead) + np.ndim(q)))), x, axis)


def leading_sum(v: Any, q: Any) -> Any:
    """The sums of ``v`` over all axes behind those of ``q``.

    >>> leading_sum(np.ones((2, 3)), np.zeros(2))
    array([3., 3.])
    """
    return np.sum(v, axis=tuple(range(np.ndim(q), np.ndim(v))))


def leading_spread(q: Any, v: Any) -> Any:
    """``q``, repeated over the axes that ``v`` has behind its own.

    >>> leading_spread(np.array([1.0, 2.0]), np.zeros((2, 2)))
    array([[1., 1.],
           [2., 2.]])
    """
    return np.broadcast_to(np.reshape(q, np.shape(q) + (1,) * (np.ndim(v) - np.ndim(q))), np.shape(v))
