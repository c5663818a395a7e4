"""Definitions of NumPy's functions on arrays: statistics of several variables, differences, grids, running sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import (
    constant,
    histogram2d_value,
    histogram_value,
    histogramdd_value,
    trimmed_bounds,
    valued,
)


@defines(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = np.ravel(ary)
    steps = flat[1:] - flat[:-1]
    if to_begin is None and to_end is None:
        return steps
    first = flat[:0] if to_begin is None else np.ravel(to_begin)
    last = flat[:0] if to_end is None else np.ravel(to_end)
    return np.concatenate((first, steps, last), dtype=steps.dtype, casting="same_kind")


@defines(np.trim_zeros)
def trim_zeros(filt: Any, trim: Any = "fb", axis: Any = None) -> Any:
    if axis is not None:
        raise NotImplementedError("np.trim_zeros is differentiated with axis=None")
    first, last = trimmed_bounds(filt, trim)
    if np.ndim(filt) == 1:
        return filt[first:last]
    if np.ndim(filt) == 2:
        left, right = trimmed_bounds(filt, trim, 1)
        return filt[first:last, left:right]
    raise NotImplementedError("np.trim_zeros of vectors and matrices is differentiated")


@defines(np.cov)
def cov(
    m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None, fweights: Any = None, aweights: Any = None,
) -> Any:  # fmt: skip
    rows = variables(m, rowvar)
    both = rows if y is None else np.concatenate((rows, variables(y, rowvar)), axis=0)
    lost = (0 if bias else 1) if ddof is None else ddof
    if fweights is None and aweights is None:
        away = both - np.mean(both, axis=1)[:, None]
        return np.squeeze(np.dot(away, np.conj(away.T)) * np.true_divide(1, both.shape[1] - lost))
    analytic = 1.0 if aweights is None else np.asarray(aweights) * np.float64(1.0)
    if fweights is None:
        weights = analytic
    elif aweights is None:
        weights = np.asarray(fweights)
    else:
        weights = np.asarray(fweights) * analytic
    total = np.sum(weights)
    if lost == 0:
        freedom = total
    elif aweights is None:
        freedom = total - lost
    else:
        freedom = total - lost * np.sum(weights * analytic) / total
    off = both - np.average(both, axis=1, weights=weights)[:, None]
    return np.squeeze(np.dot(off, np.conj((off * weights).T)) * np.true_divide(1, freedom))


def variables(x: Any, rowvar: Any) -> Any:
    """Variables as rows, whether they are given as rows or columns; single precision is computed in double precision."""
    rows = np.atleast_2d(x) * np.float64(1.0)
    if rowvar:
        return rows
    if np.ndim(x) == 1:
        return rows
    return rows.T


@defines(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: Any = True) -> Any:
    c = cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    deviations = np.sqrt(np.real(np.diag(c)))
    scaled = c / deviations[:, None] / deviations[None, :]
    if np.iscomplexobj(scaled):
        return np.clip(np.real(scaled), -1, 1) + 1j * np.clip(np.imag(scaled), -1, 1)
    return np.clip(scaled, -1, 1)


@defines(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    values = np.asarray(f)
    steps = varargs if len(varargs) > 0 else (1.0,)
    if axis is not None:
        if np.ndim(axis) == 0:
            return slope(values, steps[0], axis, edge_order)
        if len(axis) == 1:
            return slope(values, steps[0], axis[0], edge_order)
    if np.ndim(values) == 1:
        return slope(values, steps[0], 0, edge_order)
    axes = [k for k in range(np.ndim(values))] if axis is None else [k for k in axis]
    if len(steps) == 1:
        return tuple([slope(values, steps[0], k, edge_order) for k in axes])
    return tuple([slope(values, steps[j], axes[j], edge_order) for j in range(len(axes))])


def slope(f: Any, spacing: Any, axis: Any, edge_order: Any) -> Any:
    """The derivative of ``f`` along one axis, over a step or the coordinates of the points."""
    y = np.moveaxis(f, axis, 0)
    if np.ndim(spacing) == 0:
        return np.moveaxis(even_slope(y, spacing, edge_order), 0, axis)
    steps = np.diff(np.asarray(spacing))
    if np.all(steps == steps[0]):
        return np.moveaxis(valued(uneven_slope(y, steps, edge_order), even_slope(y, steps[0], edge_order)), 0, axis)
    return np.moveaxis(uneven_slope(y, steps, edge_order), 0, axis)


def even_slope(y: Any, h: Any, edge_order: Any) -> Any:
    """Second-order differences along the first axis over a constant step."""
    out = np.empty_like(y)
    out[1:-1] = (y[2:] - y[:-2]) / (2.0 * h)
    if edge_order == 1:
        out[0] = (y[1] - y[0]) / h
        out[-1] = (y[-1] - y[-2]) / h
    else:
        out[0] = -1.5 / h * y[0] + 2.0 / h * y[1] + -0.5 / h * y[2]
        out[-1] = 0.5 / h * y[-3] + -2.0 / h * y[-2] + 1.5 / h * y[-1]
    return out


def uneven_slope(y: Any, steps: Any, edge_order: Any) -> Any:
    """Second-order differences along the first axis between points at given distances."""
    out = np.empty_like(y)
    shape = (-1,) + (1,) * (np.ndim(y) - 1)
    left = np.reshape(steps[:-1], shape)
    right = np.reshape(steps[1:], shape)
    a = -right / (left * (left + right))
    b = (right - left) / (left * right)
    c = left / (right * (left + right))
    out[1:-1] = a * y[:-2] + b * y[1:-1] + c * y[2:]
    if edge_order == 1:
        out[0] = (y[1] - y[0]) / steps[0]
        out[-1] = (y[-1] - y[-2]) / steps[-1]
    else:
        p = steps[0]
        q = steps[1]
        out[0] = -(2.0 * p + q) / (p * (p + q)) * y[0] + (p + q) / (p * q) * y[1] + -p / (q * (p + q)) * y[2]
        r = steps[-2]
        s = steps[-1]
        out[-1] = s / (r * (r + s)) * y[-3] + -(s + r) / (r * s) * y[-2] + (2.0 * s + r) / (s * (r + s)) * y[-1]
    return out


@defines(np.cumulative_sum)
def cumulative_sum(x: Any, *, axis: Any = None, dtype: Any = None, include_initial: Any = False) -> Any:
    along = 0 if axis is None else axis
    sums = np.cumsum(x, axis=along, dtype=dtype)
    if include_initial:
        first = np.zeros_like(np.take(sums, [0], axis=along))
        return np.concatenate((first, sums), axis=along)
    return sums


@defines(np.cumulative_prod)
def cumulative_prod(x: Any, *, axis: Any = None, dtype: Any = None, include_initial: Any = False) -> Any:
    along = 0 if axis is None else axis
    products = np.cumprod(x, axis=along, dtype=dtype)
    if include_initial:
        first = np.ones_like(np.take(products, [0], axis=along))
        return np.concatenate((first, products), axis=along)
    return products


@defines(np.logspace)
def logspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10.0) -> Any:
    if np.ndim(base) == 0:
        return np.power(base, np.linspace(start, stop, num=num, endpoint=endpoint))
    whole = np.zeros(np.shape(base))
    return np.power(np.asarray(base)[None], np.linspace(start + whole, stop + whole, num=num, endpoint=endpoint))


@defines(np.geomspace)
def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True) -> Any:
    wide = np.float64(0.0)  # single precision is computed in double precision
    sign = np.sign(start + wide)
    first = (start + wide) / sign
    last = (stop + wide) / sign
    out = logspace(np.log10(first), np.log10(last), num=num, endpoint=endpoint)
    if num > 0:
        out[0] = first
        if num > 1 and endpoint:
            out[-1] = last
    return out * sign


@defines(np.kaiser)
def kaiser(M: Any, beta: Any) -> Any:
    if M == 1:
        return np.ones(1)
    alpha = (M - 1) / 2.0
    return np.i0(beta * np.sqrt(1 - ((np.arange(0, M) - alpha) / alpha) ** 2.0)) / np.i0(beta)


@defines(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    plain, found = histogram_value(a, bins, range, weights)
    edges = found_edges(a, bins, range, found)
    counts = plain
    if weights is not None:
        counts = valued(binned(weights, a, found), plain)
    if density:
        return counts / (np.diff(edges) * np.float64(1.0)) / np.sum(counts), edges
    return counts, edges


@defines(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    _, found = histogram_value(a, bins, range, None)
    return found_edges(a, bins, range, found)


def found_edges(a: Any, bins: Any, range: Any, found: Any) -> Any:
    """The edges of bins, as what they were computed from."""
    if np.ndim(bins) > 0:
        return valued(bins, found)
    if range is not None:
        return valued(np.linspace(range[0], range[1], len(found)), found)
    if np.size(a) == 0:
        return found
    return valued(np.linspace(np.min(a), np.max(a), len(found)), found)


def bins_of(a: Any, edges: Any) -> Any:
    """The numbers of the bins that elements fall in; the last bin has both its edges, and -1 is for what falls in none."""
    place = np.searchsorted(edges, a, side="right") - 1
    place = np.where(a == edges[-1], len(edges) - 2, place)
    return np.where((a >= edges[0]) & (a <= edges[-1]), place, -1)


def binned(weights: Any, a: Any, edges: Any) -> Any:
    """The sums of weights in each bin."""
    place = bins_of(np.ravel(a), edges)
    kept = np.ravel(np.asarray(weights))[place >= 0]
    out = np.zeros(len(edges) - 1, kept.dtype)
    np.add.at(out, place[place >= 0], kept)
    return out


@defines(np.histogram2d)
def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    plain, found_x, found_y = histogram2d_value(x, y, constant(bins), constant(range), weights)
    x_edges = found_x
    y_edges = found_y
    if np.ndim(bins) == 0 and range is None:
        x_edges = found_edges(x, bins, None, found_x)
        y_edges = found_edges(y, bins, None, found_y)
    counts = plain
    if weights is not None:
        i = bins_of(x, found_x)
        j = bins_of(y, found_y)
        inside = (i >= 0) & (j >= 0)
        sums = np.zeros((len(found_x) - 1, len(found_y) - 1))
        np.add.at(sums, (i[inside], j[inside]), np.asarray(weights)[inside])
        counts = valued(sums, plain)
    if density:
        per_area = counts / np.diff(x_edges)[:, None] / np.diff(y_edges)[None, :]
        return per_area / np.sum(counts), x_edges, y_edges
    return counts, x_edges, y_edges


@defines(np.histogramdd)
def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    found = histogramdd_value(constant(sample), constant(bins), constant(range), density, weights)
    if weights is None:
        return found
    points = np.transpose(np.asarray(sample)) if isinstance(sample, (list, tuple)) else np.asarray(sample)
    edges = found[1]
    place = np.zeros(len(points), int)
    inside = np.ones(len(points), bool)
    for k in np.arange(points.shape[1]):
        i = bins_of(points[:, k], edges[k])
        place = place * (len(edges[k]) - 1) + i
        inside = inside & (i >= 0)
    sums = np.zeros(np.size(found[0]))
    np.add.at(sums, place[inside], np.asarray(weights)[inside])
    counts = np.reshape(sums, np.shape(found[0]))
    if density:
        sizes = histogramdd_value(points, edges, None, None, None, True)
        counts = counts / sizes / np.sum(counts)
    return valued(counts, found[0]), found[1]
