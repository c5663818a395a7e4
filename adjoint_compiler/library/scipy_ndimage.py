"""Definitions of scipy.ndimage: filters that take an order statistic of a window, and measures of a whole image."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import constant, scipy_value, valued, window_origin, window_places


def windows(x: Any, size: Any, footprint: Any, mode: Any, cval: Any, origin: Any, axes: Any = None) -> Any:
    """The elements of the window around each place, along a last axis."""
    places = window_places(np.shape(x), constant(size), constant(footprint), mode, origin, axes)
    seen = np.ravel(x)[np.maximum(places, 0)]
    if mode == "constant" or mode == "grid-constant":
        return np.where(places < 0, cval, seen)
    return seen


@defines(ndimage.maximum_filter)
def maximum_filter(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    *,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    axes: Any = None,
) -> Any:
    options = (
        ("size", size),
        ("footprint", footprint),
        ("mode", mode),
        ("cval", cval),
        ("origin", origin),
        ("axes", axes),
    )
    seen = windows(np.asarray(input), size, footprint, mode, cval, origin, axes)
    return valued(np.max(seen, axis=-1), scipy_value("ndimage.maximum_filter", (input,), options))


@defines(ndimage.minimum_filter)
def minimum_filter(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    *,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    axes: Any = None,
) -> Any:
    options = (
        ("size", size),
        ("footprint", footprint),
        ("mode", mode),
        ("cval", cval),
        ("origin", origin),
        ("axes", axes),
    )
    seen = windows(np.asarray(input), size, footprint, mode, cval, origin, axes)
    return valued(np.min(seen, axis=-1), scipy_value("ndimage.minimum_filter", (input,), options))


@defines(ndimage.median_filter)
def median_filter(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    *,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    axes: Any = None,
) -> Any:
    options = (
        ("size", size),
        ("footprint", footprint),
        ("mode", mode),
        ("cval", cval),
        ("origin", origin),
        ("axes", axes),
    )
    seen = windows(np.asarray(input), size, footprint, mode, cval, origin, axes)
    return valued(
        np.sort(seen, axis=-1)[..., seen.shape[-1] // 2], scipy_value("ndimage.median_filter", (input,), options)
    )


@defines(ndimage.maximum_filter1d)
def maximum_filter1d(
    input: Any, size: Any, axis: Any = -1, *, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0
) -> Any:
    rows = np.moveaxis(np.asarray(input), axis, -1)
    seen = windows(rows, size, None, mode, cval, origin, (-1,))
    value = scipy_value(
        "ndimage.maximum_filter1d", (input, size, axis), (("mode", mode), ("cval", cval), ("origin", origin))
    )
    return valued(np.moveaxis(np.max(seen, axis=-1), -1, axis), value)


@defines(ndimage.minimum_filter1d)
def minimum_filter1d(
    input: Any, size: Any, axis: Any = -1, *, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0
) -> Any:
    rows = np.moveaxis(np.asarray(input), axis, -1)
    seen = windows(rows, size, None, mode, cval, origin, (-1,))
    value = scipy_value(
        "ndimage.minimum_filter1d", (input, size, axis), (("mode", mode), ("cval", cval), ("origin", origin))
    )
    return valued(np.moveaxis(np.min(seen, axis=-1), -1, axis), value)


@defines(ndimage.rank_filter)
def rank_filter(
    input: Any, rank: Any, size: Any = None, footprint: Any = None, *, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0,
    axes: Any = None,
) -> Any:  # fmt: skip
    options = (
        ("size", size),
        ("footprint", footprint),
        ("mode", mode),
        ("cval", cval),
        ("origin", origin),
        ("axes", axes),
    )
    seen = windows(np.asarray(input), size, footprint, mode, cval, origin, axes)
    return valued(np.sort(seen, axis=-1)[..., rank], scipy_value("ndimage.rank_filter", (input, rank), options))


@defines(ndimage.percentile_filter)
def percentile_filter(
    input: Any, percentile: Any, size: Any = None, footprint: Any = None, *, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0,
    axes: Any = None,
) -> Any:  # fmt: skip
    options = (
        ("size", size),
        ("footprint", footprint),
        ("mode", mode),
        ("cval", cval),
        ("origin", origin),
        ("axes", axes),
    )
    seen = windows(np.asarray(input), size, footprint, mode, cval, origin, axes)
    count = seen.shape[-1]
    part = percentile + 100.0 if percentile < 0 else percentile
    rank = count - 1 if part == 100 else int(count * part / 100.0)
    value = scipy_value("ndimage.percentile_filter", (input, constant(percentile)), options)
    return valued(np.sort(seen, axis=-1)[..., rank], value)


def raised(x: Any, size: Any, footprint: Any, structure: Any, mode: Any, cval: Any, origin: Any, sign: Any) -> Any:
    """The elements of windows, with a structure added to them."""
    if structure is None:
        return windows(x, size, footprint, mode, cval, origin)
    heights = np.asarray(structure)
    taken = np.ones(np.shape(heights), bool) if footprint is None else np.asarray(footprint) > 0
    return windows(x, None, taken, mode, cval, origin) + sign * heights[taken]


@defines(ndimage.grey_dilation)
def grey_dilation(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    *,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    options = (
        ("size", size),
        ("footprint", footprint),
        ("structure", structure),
        ("mode", mode),
        ("cval", cval),
        ("origin", origin),
    )
    heights = None if structure is None else np.flip(np.asarray(structure))
    turned = None if footprint is None else np.flip(np.asarray(footprint))
    window = heights if turned is None else turned
    shifted = window_origin(size, window, origin, np.ndim(input))
    seen = raised(np.asarray(input), size, turned, heights, mode, cval, shifted, 1.0)
    return valued(np.max(seen, axis=-1), scipy_value("ndimage.grey_dilation", (input,), options))


@defines(ndimage.grey_erosion)
def grey_erosion(
    input: Any,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    *,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    options = (
        ("size", size),
        ("footprint", footprint),
        ("structure", structure),
        ("mode", mode),
        ("cval", cval),
        ("origin", origin),
    )
    seen = raised(np.asarray(input), size, footprint, structure, mode, cval, origin, -1.0)
    return valued(np.min(seen, axis=-1), scipy_value("ndimage.grey_erosion", (input,), options))


def one_of(value: Any, k: Any) -> Any:
    """What a filter takes for one axis, of what it takes for all."""
    if isinstance(value, (tuple, list, np.ndarray)):
        return value[k]
    return value


@defines(ndimage.gaussian_filter)
def gaussian_filter(
    input: Any, sigma: Any, order: Any = 0, *, mode: Any = "reflect", cval: Any = 0.0, truncate: Any = 4.0, radius: Any = None,
    axes: Any = None,
) -> Any:  # fmt: skip
    x = np.asarray(input)
    along = range(np.ndim(x)) if axes is None else np.atleast_1d(axes)
    for k in range(len(along)):
        if one_of(sigma, k) > 1e-15:
            x = ndimage.gaussian_filter1d(
                x, one_of(sigma, k), int(along[k]), one_of(order, k), mode=one_of(mode, k), cval=cval, truncate=truncate,
                radius=one_of(radius, k),
            )  # fmt: skip
    options = (("mode", mode), ("cval", cval), ("truncate", truncate), ("radius", radius), ("axes", axes))
    return valued(x, scipy_value("ndimage.gaussian_filter", (input, constant(sigma), order), options))


@defines(ndimage.uniform_filter)
def uniform_filter(
    input: Any, size: Any = 3, *, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, axes: Any = None
) -> Any:
    x = np.asarray(input)
    along = range(np.ndim(x)) if axes is None else np.atleast_1d(axes)
    for k in range(len(along)):
        if one_of(size, k) > 1:
            x = ndimage.uniform_filter1d(
                x, one_of(size, k), int(along[k]), mode=one_of(mode, k), cval=cval, origin=one_of(origin, k)
            )
    options = (("size", size), ("mode", mode), ("cval", cval), ("origin", origin), ("axes", axes))
    return valued(x, scipy_value("ndimage.uniform_filter", (input,), options))


@defines(ndimage.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(
    input: Any, sigma: Any, *, mode: Any = "reflect", cval: Any = 0.0, truncate: Any = 4.0, radius: Any = None
) -> Any:
    x = np.asarray(input)
    squares = np.zeros_like(x)
    for k in range(np.ndim(x)):
        order = np.zeros(np.ndim(x), int)
        order[k] = 1
        slope = ndimage.gaussian_filter(
            x, sigma, order=order.tolist(), mode=mode, cval=cval, truncate=truncate, radius=radius
        )
        squares = squares + slope * slope
    options = (("mode", mode), ("cval", cval), ("truncate", truncate), ("radius", radius))
    return valued(np.sqrt(squares), scipy_value("ndimage.gaussian_gradient_magnitude", (input, sigma), options))


def in_regions(labels: Any, index: Any) -> Any:
    """For each region asked for, which elements lie in it: regions along the first axes."""
    wanted = np.asarray(index)
    for _ in range(np.ndim(labels)):
        wanted = np.expand_dims(wanted, -1)
    return np.asarray(labels) == wanted


def regions_of(x: Any, labels: Any, index: Any) -> Any:
    """Ones in each region that is asked for; without labels the whole is one, and all labels are one without an index."""
    if labels is None:
        return np.ones(np.shape(x))
    if index is None:
        return 1.0 * (np.asarray(labels) > 0)
    return 1.0 * in_regions(np.asarray(labels) + np.zeros(np.shape(x), int), constant(index))


def summed(v: Any, x: Any) -> Any:
    """Sums over the axes of an image, which are the last ones."""
    n = np.ndim(x)
    for _ in range(n):
        v = np.sum(v, axis=-1)
    return v


@defines(ndimage.sum_labels, ndimage.sum)
def sum_labels(input: Any, labels: Any = None, index: Any = None) -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.sum_labels", (input, labels, index))
    return valued(summed(x * regions_of(x, labels, index), x), value)


@defines(ndimage.mean)
def mean(input: Any, labels: Any = None, index: Any = None) -> Any:
    x = np.asarray(input)
    regions = regions_of(x, labels, index)
    value = scipy_value("ndimage.mean", (input, labels, index))
    return valued(summed(x * regions, x) / summed(regions, x), value)


def region_variance(x: Any, regions: Any) -> Any:
    """The variance in each region."""
    count = summed(regions, x)
    middle = summed(x * regions, x) / count
    n = np.ndim(x)
    for _ in range(n):
        middle = np.expand_dims(middle, -1)
    return summed((x - middle) ** 2 * regions, x) / count


@defines(ndimage.variance)
def variance(input: Any, labels: Any = None, index: Any = None) -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.variance", (input, labels, index))
    return valued(region_variance(x, regions_of(x, labels, index)), value)


@defines(ndimage.standard_deviation)
def standard_deviation(input: Any, labels: Any = None, index: Any = None) -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.standard_deviation", (input, labels, index))
    return valued(np.sqrt(region_variance(x, regions_of(x, labels, index))), value)


@defines(ndimage.maximum)
def maximum(input: Any, labels: Any = None, index: Any = None) -> Any:
    x = np.asarray(input)
    inside = regions_of(x, labels, index) > 0
    n = np.ndim(x)
    found = np.where(inside, x, -np.inf)
    for _ in range(n):
        found = np.max(found, axis=-1)
    return valued(found, scipy_value("ndimage.maximum", (input, labels, index)))


@defines(ndimage.minimum)
def minimum(input: Any, labels: Any = None, index: Any = None) -> Any:
    x = np.asarray(input)
    inside = regions_of(x, labels, index) > 0
    n = np.ndim(x)
    found = np.where(inside, x, np.inf)
    for _ in range(n):
        found = np.min(found, axis=-1)
    return valued(found, scipy_value("ndimage.minimum", (input, labels, index)))


def center(x: Any, value: Any) -> Any:
    """The mean place along each axis, weighed by the elements; ``value`` is what SciPy finds."""
    total = np.sum(x)
    at = np.indices(np.shape(x))
    return tuple([valued(np.sum(x * at[k]) / total, value[k]) for k in range(np.ndim(x))])


@defines(ndimage.center_of_mass)
def center_of_mass(input: Any, labels: Any = None, index: Any = None) -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.center_of_mass", (input, labels, index))
    if index is None or np.ndim(index) == 0:
        return center(x * regions_of(x, labels, index), value)
    return [center(x * regions_of(x, labels, index[k]), value[k]) for k in range(len(index))]


def gains(name: Any, shape: Any, width: Any, n: Any, axis: Any) -> Any:
    """What a filter of a Fourier transform multiplies each of its numbers by."""
    return scipy_value(name, (np.ones(shape), constant(width), n, axis))


@defines(ndimage.fourier_gaussian)
def fourier_gaussian(input: Any, sigma: Any, n: Any = -1, axis: Any = -1) -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.fourier_gaussian", (input, sigma, n, axis))
    return valued(x * gains("ndimage.fourier_gaussian", np.shape(x), sigma, n, axis), value)


@defines(ndimage.fourier_uniform)
def fourier_uniform(input: Any, size: Any, n: Any = -1, axis: Any = -1) -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.fourier_uniform", (input, size, n, axis))
    return valued(x * gains("ndimage.fourier_uniform", np.shape(x), size, n, axis), value)


@defines(ndimage.fourier_shift)
def fourier_shift(input: Any, shift: Any, n: Any = -1, axis: Any = -1) -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.fourier_shift", (input, shift, n, axis))
    return valued(x * (gains("ndimage.fourier_shift", np.shape(x), shift, n, axis) + 0j), value)
