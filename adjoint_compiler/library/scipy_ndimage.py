"""Definitions of scipy.ndimage: filters that take an order statistic of a window, and measures of a whole image."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import scipy_value, valued


def padded(x: Any, half: Any, mode: Any, cval: Any) -> Any:
    """An image with its border, as a mode of scipy.ndimage extends it."""
    if mode == "reflect":
        return np.pad(x, half, mode="symmetric")
    if mode == "mirror":
        return np.pad(x, half, mode="reflect")
    if mode == "nearest":
        return np.pad(x, half, mode="edge")
    if mode == "wrap":
        return np.pad(x, half, mode="wrap")
    return np.pad(x, half, mode="constant", constant_values=cval)


def windows(x: Any, size: Any, mode: Any, cval: Any) -> Any:
    """The elements of the window around each place, along a last axis; windows have an odd number of places along each axis."""
    if size % 2 == 0:
        raise NotImplementedError("filters of windows of odd size are differentiated")
    if np.ndim(x) == 1:
        return np.lib.stride_tricks.sliding_window_view(padded(x, size // 2, mode, cval), size)
    if np.ndim(x) == 2:
        seen = np.lib.stride_tricks.sliding_window_view(padded(x, size // 2, mode, cval), (size, size))
        return np.reshape(seen, x.shape + (size * size,))
    raise NotImplementedError("filters of windows of vectors and matrices are differentiated")


@defines(ndimage.maximum_filter)
def maximum_filter(input: Any, size: Any, *, mode: Any = "reflect", cval: Any = 0.0) -> Any:
    value = scipy_value("ndimage.maximum_filter", (input, size), (("mode", mode), ("cval", cval)))
    return valued(np.max(windows(np.asarray(input), size, mode, cval), axis=-1), value)


@defines(ndimage.minimum_filter)
def minimum_filter(input: Any, size: Any, *, mode: Any = "reflect", cval: Any = 0.0) -> Any:
    value = scipy_value("ndimage.minimum_filter", (input, size), (("mode", mode), ("cval", cval)))
    return valued(np.min(windows(np.asarray(input), size, mode, cval), axis=-1), value)


@defines(ndimage.grey_dilation)
def grey_dilation(input: Any, size: Any, *, mode: Any = "reflect", cval: Any = 0.0) -> Any:
    value = scipy_value("ndimage.grey_dilation", (input, size), (("mode", mode), ("cval", cval)))
    return valued(np.max(windows(np.asarray(input), size, mode, cval), axis=-1), value)


@defines(ndimage.grey_erosion)
def grey_erosion(input: Any, size: Any, *, mode: Any = "reflect", cval: Any = 0.0) -> Any:
    value = scipy_value("ndimage.grey_erosion", (input, size), (("mode", mode), ("cval", cval)))
    return valued(np.min(windows(np.asarray(input), size, mode, cval), axis=-1), value)


@defines(ndimage.median_filter)
def median_filter(input: Any, size: Any, *, mode: Any = "reflect", cval: Any = 0.0) -> Any:
    value = scipy_value("ndimage.median_filter", (input, size), (("mode", mode), ("cval", cval)))
    return valued(np.median(windows(np.asarray(input), size, mode, cval), axis=-1), value)


@defines(ndimage.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(input: Any, sigma: Any, *, mode: Any = "reflect", cval: Any = 0.0) -> Any:
    value = scipy_value("ndimage.gaussian_gradient_magnitude", (input, sigma), (("mode", mode), ("cval", cval)))
    x = np.asarray(input)
    if np.ndim(x) == 1:
        return valued(np.abs(ndimage.gaussian_filter(x, sigma, order=1, mode=mode, cval=cval)), value)
    if np.ndim(x) == 2:
        down = ndimage.gaussian_filter(x, sigma, order=(1, 0), mode=mode, cval=cval)
        right = ndimage.gaussian_filter(x, sigma, order=(0, 1), mode=mode, cval=cval)
        return valued(np.hypot(down, right), value)
    raise NotImplementedError("gradients of vectors and matrices are differentiated")


@defines(ndimage.center_of_mass)
def center_of_mass(input: Any) -> Any:
    x = np.asarray(input)
    total = np.sum(x)
    if np.ndim(x) == 1:
        return (np.sum(x * np.arange(x.shape[0])) / total,)
    if np.ndim(x) == 2:
        down = np.sum(x * np.arange(x.shape[0])[:, None]) / total
        return (down, np.sum(x * np.arange(x.shape[1])[None, :]) / total)
    raise NotImplementedError("centers of mass of vectors and matrices are differentiated")


@defines(ndimage.sum_labels)
def sum_labels(input: Any, labels: Any = None, index: Any = None) -> Any:
    if labels is None:
        return valued(np.sum(input), scipy_value("ndimage.sum_labels", (input,)))
    if index is None:
        return valued(np.sum(input * (labels > 0)), scipy_value("ndimage.sum_labels", (input, labels)))
    wanted = np.asarray(index)
    value = scipy_value("ndimage.sum_labels", (input, labels, index))
    if np.ndim(wanted) == 0:
        return valued(np.sum(input * (np.asarray(labels) == wanted)), value)
    counts = np.bincount(np.ravel(labels), weights=np.ravel(input), minlength=np.max(wanted) + 1)
    return valued(counts[wanted], value)


@defines(ndimage.map_coordinates)
def map_coordinates(input: Any, coordinates: Any, *, order: Any = 3, mode: Any = "constant", cval: Any = 0.0) -> Any:
    if order != 1:
        raise NotImplementedError("map_coordinates is differentiated with order=1")
    if mode != "constant" and mode != "nearest":
        raise NotImplementedError("map_coordinates is differentiated with mode 'constant' or 'nearest'")
    x = np.asarray(input)
    n = np.ndim(x)
    at = np.asarray(coordinates)
    flat = np.ravel(x)
    outside = np.zeros(at.shape[1:], bool)
    cells = []
    parts = []
    for d in range(n):
        last = x.shape[d] - 1
        c = at[d]
        outside = outside | (c < 0) | (c > last)
        if mode == "nearest":
            c = np.clip(c, 0, last)
        k = np.clip(np.floor(c).astype(int), 0, max(last - 1, 0))
        cells.append(k)
        parts.append(c - k)
    total: Any = 0.0
    for corner in range(2**n):
        weight = 1.0
        place = 0
        for d in range(n):
            up = (corner // 2**d) % 2
            weight = weight * (parts[d] if up == 1 else 1.0 - parts[d])
            place = place * x.shape[d] + cells[d] + up
        total = total + weight * flat[np.minimum(place, len(flat) - 1)]
    if mode == "constant":
        total = np.where(outside, cval, total)
    return valued(
        total,
        scipy_value("ndimage.map_coordinates", (input, coordinates), (("order", 1), ("mode", mode), ("cval", cval))),
    )
