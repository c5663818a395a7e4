"""Definitions of scipy.ndimage: images shifted, zoomed, turned and sampled at places, by splines of orders 0 to 5.

A spline is a sum of B-splines, whose weights at a place are polynomials of how far it lies from the elements around it. So there
are derivatives by the image and by the places.

References:
    Unser, Splines: a perfect fit for signal and image processing, IEEE Signal Processing Magazine 16 (1999).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import (
    constant,
    fold_slopes,
    folded_coordinates,
    scipy_value,
    spline_places,
    valued,
)


@defines(ndimage.spline_filter1d)
def spline_filter1d(input: Any, order: Any = 3, axis: Any = -1, *, mode: Any = "mirror") -> Any:
    x = np.asarray(input)
    value = scipy_value("ndimage.spline_filter1d", (input, order, axis), (("mode", mode),))
    if order < 2:
        return valued(x, value)
    rows = np.moveaxis(x, axis, -1)
    matrix = scipy_value("ndimage.spline_filter1d", (np.eye(rows.shape[-1]), order, 1), (("mode", mode),))
    return valued(np.moveaxis(rows @ matrix, -1, axis), value)


@defines(ndimage.spline_filter)
def spline_filter(input: Any, order: Any = 3, *, mode: Any = "mirror") -> Any:
    x = np.asarray(input)
    for axis in range(np.ndim(x)):
        x = ndimage.spline_filter1d(x, order, axis, mode=mode)
    return valued(x, scipy_value("ndimage.spline_filter", (input, order), (("mode", mode),)))


def b_spline_weights(c: Any, order: Any) -> Any:
    """The B-splines of an order that are not zero at coordinates, along a new first axis, and where the first one lies."""
    if order % 2 == 1:
        first = np.floor(c)
        u = c - first
    else:
        first = np.floor(c + 0.5)
        u = c - first + 0.5
    weights = [np.ones_like(u)]
    for p in range(1, order + 1):
        higher = [(1 - u) * weights[0] / p]
        for j in range(1, p):
            higher.append(((u + p - j) * weights[j - 1] + (1 - u + j) * weights[j]) / p)
        higher.append(u * weights[p - 1] / p)
        weights = higher
    return np.stack(weights), first - order // 2


def sampled(x: Any, coordinates: Any, order: Any, mode: Any, cval: Any, prefilter: Any) -> Any:
    """An image at places: a coordinate for each axis, along the first axis."""
    pad = 0
    if order > 1 and prefilter:
        if mode == "nearest":
            pad = 12
            x = np.pad(x, pad, mode="edge")
        elif mode == "grid-constant":
            pad = 12
            x = np.pad(x, pad, mode="constant", constant_values=cval)
        x = ndimage.spline_filter(x, order, mode=mode)
    around = np.ones_like(coordinates[:1])
    flat = np.zeros(around.shape, int)
    outside = np.zeros(around.shape, bool)
    for d in range(np.ndim(x)):
        n = x.shape[d]
        c = coordinates[d] + pad
        inside = valued(fold_slopes(c, n, mode) * c, folded_coordinates(c, n, mode))
        weights, first = b_spline_weights(inside, order)
        places = spline_places(first, order, n, mode)
        outside = np.concatenate([outside | (places[j] < 0) for j in range(order + 1)])
        flat = np.concatenate([flat * n + np.maximum(places[j], 0) for j in range(order + 1)])
        around = np.concatenate([around * weights[j] for j in range(order + 1)])
    return np.sum(around * np.where(outside, cval, np.ravel(x)[flat]), axis=0)


def interpolated(x: Any, coordinates: Any, order: Any, mode: Any, cval: Any, prefilter: Any) -> Any:
    """As ``sampled``; with mode 'constant' what lies outside of the image is a constant, whatever is beside it."""
    found = sampled(x, coordinates, order, mode, 0.0 if mode == "constant" else cval, prefilter)
    if mode != "constant":
        return found
    beside = np.zeros(np.shape(coordinates[0]), bool)
    for d in range(np.ndim(x)):
        beside = beside | (folded_coordinates(coordinates[d], np.shape(x)[d], mode) < 0)
    return np.where(beside, cval, found)


@defines(ndimage.map_coordinates)
def map_coordinates(
    input: Any,
    coordinates: Any,
    *,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    value = scipy_value("ndimage.map_coordinates", (input, coordinates, None, order, mode, cval, prefilter))
    return valued(interpolated(np.asarray(input), np.asarray(coordinates), order, mode, cval, prefilter), value)


@defines(ndimage.shift)
def shift(
    input: Any,
    shift: Any,
    *,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    x = np.asarray(input)
    by = np.asarray(shift) * np.ones(np.ndim(x))
    value = scipy_value("ndimage.shift", (input, shift, None, order, mode, cval, prefilter))
    at = np.moveaxis(np.moveaxis(np.indices(x.shape), 0, -1) - by, -1, 0)
    return valued(interpolated(x, at, order, mode, cval, prefilter), value)


@defines(ndimage.zoom)
def zoom(
    input: Any, zoom: Any, *, order: Any = 3, mode: Any = "constant", cval: Any = 0.0, prefilter: Any = True,
    grid_mode: Any = False,
) -> Any:  # fmt: skip
    x = np.asarray(input)
    value = scipy_value(
        "ndimage.zoom", (input, constant(zoom), None, order, mode, cval, prefilter), (("grid_mode", grid_mode),)
    )
    if prefilter and np.all(np.asarray(zoom) == 1):
        return valued(x + 0.0, value)
    less = 0 if grid_mode else 1
    before = np.array(x.shape) - less
    after = np.array(np.shape(value)) - less
    step = np.where(after == 0, 1.0, before / np.maximum(after, 1))
    at = np.moveaxis(np.indices(np.shape(value)), 0, -1)
    at = (at + 0.5) * step - 0.5 if grid_mode else at * step
    return valued(interpolated(x, np.moveaxis(at, -1, 0), order, mode, cval, prefilter), value)


@defines(ndimage.affine_transform)
def affine_transform(
    input: Any, matrix: Any, offset: Any = 0.0, output_shape: Any = None, *, order: Any = 3, mode: Any = "constant",
    cval: Any = 0.0, prefilter: Any = True,
) -> Any:  # fmt: skip
    x = np.asarray(input)
    n = np.ndim(x)
    value = scipy_value(
        "ndimage.affine_transform", (input, matrix, offset, output_shape, None, order, mode, cval, prefilter)
    )
    by = np.asarray(matrix)
    at = np.indices(np.shape(value))
    rows = np.reshape(at, (n, -1))
    if np.ndim(by) == 1:
        first = np.asarray(offset) * np.ones(n)
        places = by[:, None] * (rows + (first / by)[:, None])
    elif by.shape[1] == n + 1:
        places = by[:n, :n] @ rows + by[:n, n][:, None]
    else:
        first = np.asarray(offset) * np.ones(n)
        places = by @ rows + first[:, None]
    return valued(interpolated(x, np.reshape(places, at.shape), order, mode, cval, prefilter), value)


@defines(ndimage.rotate)
def rotate(
    input: Any, angle: Any, axes: Any = (1, 0), reshape: Any = True, *, order: Any = 3, mode: Any = "constant",
    cval: Any = 0.0, prefilter: Any = True,
) -> Any:  # fmt: skip
    x = np.asarray(input)
    value = scipy_value("ndimage.rotate", (input, angle, axes, reshape, None, order, mode, cval, prefilter))
    j = min(axes[0] % np.ndim(x), axes[1] % np.ndim(x))
    k = max(axes[0] % np.ndim(x), axes[1] % np.ndim(x))
    c = np.cos(np.deg2rad(angle))
    s = np.sin(np.deg2rad(angle))
    rows = x if np.ndim(x) == 2 else np.moveaxis(x, (j, k), (0, 1))
    wide = np.shape(value)[j]
    high = np.shape(value)[k]
    at = np.indices((wide, high))
    down = at[0] - (wide - 1) / 2
    right = at[1] - (high - 1) / 2
    places = np.stack([c * down + s * right + (rows.shape[0] - 1) / 2, c * right - s * down + (rows.shape[1] - 1) / 2])
    if np.ndim(x) == 2:
        return valued(interpolated(x, places, order, mode, cval, prefilter), value)
    planes = np.reshape(rows, (rows.shape[0], rows.shape[1], -1))
    turned = [interpolated(planes[:, :, p], places, order, mode, cval, prefilter) for p in range(planes.shape[2])]
    whole = np.reshape(np.stack(turned, axis=-1), np.shape(np.moveaxis(value, (j, k), (0, 1))))
    return valued(np.moveaxis(whole, (0, 1), (j, k)), value)
