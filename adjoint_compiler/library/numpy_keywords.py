"""Definitions of calls with keywords that the rules of the functions do not take: in terms of calls without."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import pad_widths


@defines(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    if period is not None:
        length = np.abs(period)
        inside = x % length
        places = np.asarray(xp) % length
        order = np.argsort(places)
        places = places[order]
        values = np.asarray(fp)[order]
        places = np.concatenate((places[-1:] - length, places, places[0:1] + length))
        values = np.concatenate((values[-1:], values, values[0:1]))
        return np.interp(inside, places, values)
    y = np.interp(x, xp, fp)
    if left is not None:
        y = np.where(x < xp[0], left, y)
    if right is not None:
        y = np.where(x > xp[-1], right, y)
    return y


@defines(np.diff)
def diff(a: Any, n: Any = 1, axis: Any = -1, prepend: Any = None, append: Any = None) -> Any:
    if n == 0:
        return np.diff(a, 0, axis)
    whole = np.asarray(a)
    if prepend is not None:
        whole = np.concatenate((one_more(prepend, a, axis), whole), axis=axis)
    if append is not None:
        whole = np.concatenate((whole, one_more(append, a, axis)), axis=axis)
    return np.diff(whole, n, axis)


def one_more(v: Any, a: Any, axis: Any) -> Any:
    """A number as an array of length one along an axis."""
    if np.ndim(v) == 0:
        return np.sum(np.zeros_like(a), axis=axis, keepdims=True) + np.asarray(v)
    return np.asarray(v)


@defines(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False) -> Any:
    mean = np.average(a, axis=axis, weights=weights, keepdims=keepdims)
    if not returned:
        return mean
    if weights is None:
        return mean, np.zeros_like(mean) + np.size(a) / np.size(mean)
    if np.shape(weights) == np.shape(a):
        return mean, np.sum(weights, axis=axis, keepdims=keepdims) + np.zeros_like(mean)
    return mean, np.sum(weights) + np.zeros_like(mean)


@defines(np.nansum)
def nansum(
    a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, initial: Any = 0, where: Any = True
) -> Any:
    known = np.where(np.isnan(a), 0.0, a)
    return np.sum(known, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)


@defines(np.nanprod)
def nanprod(
    a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, initial: Any = 1, where: Any = True
) -> Any:
    known = np.where(np.isnan(a), 1.0, a)
    return np.prod(known, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)


@defines(np.nanmean)
def nanmean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, where: Any = True) -> Any:
    missing = np.isnan(a)
    known = np.where(missing, 0.0, a)
    count = np.sum(~missing, axis=axis, dtype=np.intp, keepdims=keepdims, where=where)
    total = np.sum(known, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    return np.positive(np.asarray(total / count, dtype=total.dtype))


@defines(np.nanmax)
def nanmax(a: Any, axis: Any = None, *, keepdims: Any = False, initial: Any = None, where: Any = True) -> Any:
    return np.max(np.where(np.isnan(a), -np.inf, a), axis=axis, keepdims=keepdims, initial=initial, where=where)


@defines(np.nanmin)
def nanmin(a: Any, axis: Any = None, *, keepdims: Any = False, initial: Any = None, where: Any = True) -> Any:
    return np.min(np.where(np.isnan(a), np.inf, a), axis=axis, keepdims=keepdims, initial=initial, where=where)


@defines(np.var)
def var(
    a: Any, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: Any = False, *, where: Any = True, mean: Any = None,
    correction: Any = None,
) -> Any:  # fmt: skip
    lost = ddof if correction is None else correction
    if mean is None:
        return np.var(a, axis=axis, dtype=dtype, ddof=lost, keepdims=keepdims, where=where)
    away = np.asarray(a) - mean
    squares = np.real(away) ** 2 + np.imag(away) ** 2 if np.iscomplexobj(away) else np.multiply(away, away)
    total = np.sum(squares, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    number = np.sum(np.ones_like(squares), axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    return total / np.maximum(number - lost, 0)


@defines(np.std)
def std(
    a: Any, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: Any = False, *, where: Any = True, mean: Any = None,
    correction: Any = None,
) -> Any:  # fmt: skip
    lost = ddof if correction is None else correction
    if mean is None:
        return np.std(a, axis=axis, dtype=dtype, ddof=lost, keepdims=keepdims, where=where)
    return root(var(a, axis, dtype, lost, keepdims, where=where, mean=mean))


@defines(np.nanvar)
def nanvar(
    a: Any, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: Any = False, *, where: Any = True, mean: Any = None,
    correction: Any = None,
) -> Any:  # fmt: skip
    lost = ddof if correction is None else correction
    missing = np.isnan(a)
    known = np.where(missing, 0.0, a)
    count = np.sum(~missing, axis=axis, dtype=np.intp, keepdims=True, where=where)
    middle = mean
    if mean is None:
        total = np.sum(known, axis=axis, dtype=dtype, keepdims=True, where=where)
        middle = np.asarray(total / count, dtype=total.dtype)
    away = np.where(missing, 0.0, np.asarray(known - middle, dtype=known.dtype))
    products = np.real(np.multiply(away, np.conj(away))) if np.iscomplexobj(away) else np.multiply(away, away)
    squares = np.sum(products, axis=axis, dtype=dtype, keepdims=True, where=where)
    freedom = count - lost
    spread = np.where(freedom > 0, np.asarray(squares / freedom, dtype=squares.dtype), np.nan)
    return spread if keepdims else np.positive(np.squeeze(spread, axis=axis))


@defines(np.nanstd)
def nanstd(
    a: Any, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: Any = False, *, where: Any = True, mean: Any = None,
    correction: Any = None,
) -> Any:  # fmt: skip
    return root(nanvar(a, axis, dtype, ddof, keepdims, where=where, mean=mean, correction=correction))


def root(variance: Any) -> Any:
    """The square root, whose derivative is zero at zero."""
    return np.positive(np.where(variance > 0, np.sqrt(np.where(variance > 0, variance, 1.0)), variance))


@defines(np.nan_to_num)
def nan_to_num(x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    if copy:
        return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)
    x[...] = np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)
    return x


@defines(np.array)
def array(object: Any, dtype: Any = None, *, copy: Any = True, order: Any = "K", ndmin: Any = 0) -> Any:
    made = np.array(object, dtype=dtype, copy=copy, order=order)
    if ndmin == 1:
        return np.atleast_1d(made)
    if ndmin == 2:
        return np.atleast_2d(made)
    missing = ndmin - np.ndim(made)
    if missing <= 0:
        return made
    if np.ndim(made) == 0:
        return np.reshape(made, (1,) * ndmin)
    return np.reshape(made, (1,) * missing + np.shape(made))


@defines(np.reshape)
def reshape(a: Any, shape: Any, order: Any = "C", *, copy: Any = None) -> Any:
    if copy is False:
        raise NotImplementedError("np.reshape: copy=False is not differentiated; drop it")
    shaped = np.reshape(a, shape, order=order)
    return np.array(shaped, copy=True) if copy else shaped


@defines(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", *, stat_length: Any = None, end_values: Any = 0) -> Any:
    out = np.asarray(array)
    widths = pad_widths(pad_width, np.ndim(out))
    lengths = widths if stat_length is None else np.broadcast_to(np.asarray(stat_length), (np.ndim(out), 2))
    ends = np.broadcast_to(np.asarray(end_values), (np.ndim(out), 2))
    for axis in range(np.ndim(out)):
        n = out.shape[axis]
        first = n if stat_length is None else min(lengths[axis, 0], n)
        last = n if stat_length is None else min(lengths[axis, 1], n)
        if mode == "linear_ramp":
            head = np.take(out, [0], axis=axis)
            tail = np.take(out, [n - 1], axis=axis)
            first, last = np.squeeze(head, axis=axis), np.squeeze(tail, axis=axis)
            before = np.linspace(ends[axis, 0], first, widths[axis, 0], endpoint=False, dtype=out.dtype, axis=axis)
            after = np.linspace(ends[axis, 1], last, widths[axis, 1], endpoint=False, dtype=out.dtype, axis=axis)
            out = np.concatenate((before, out, np.flip(after, axis)), axis=axis)
        else:
            left = of_part(np.take(out, np.arange(first), axis=axis), mode, axis)
            right = of_part(np.take(out, np.arange(n - last, n), axis=axis), mode, axis)
            out = np.concatenate(
                (np.repeat(left, widths[axis, 0], axis=axis), out, np.repeat(right, widths[axis, 1], axis=axis)),
                axis=axis,
            )
    return out


def of_part(part: Any, mode: Any, axis: Any) -> Any:
    """The mean, median or extreme along an axis, which stays."""
    if mode == "mean":
        return np.mean(part, axis=axis, keepdims=True)
    if mode == "median":
        return np.median(part, axis=axis, keepdims=True)
    if mode == "maximum":
        return np.max(part, axis=axis, keepdims=True)
    return np.min(part, axis=axis, keepdims=True)
