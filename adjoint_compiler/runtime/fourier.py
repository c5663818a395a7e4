"""Helpers of emitted code: the transposes of Fourier transforms."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["last_axis", "with_halves", "dual_norm", "full_spectrum", "refit", "transformed_axes"]


def dual_norm(norm: str | None) -> str:
    """The ``norm`` of a transform's transpose.

    >>> dual_norm(None), dual_norm("ortho")
    ('forward', 'ortho')
    """
    return {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}[norm]


def refit(v: Any, x: Any) -> Any:
    """``v`` cut off, or filled up with zeros, at the end of each axis to the shape of ``x``.

    >>> refit(np.ones(3), np.zeros(2)), refit(np.ones(1), np.zeros(2))
    (array([1., 1.]), array([1., 0.]))
    """
    shape = np.shape(x)
    if np.shape(v) == shape:
        return v
    out = np.zeros(shape, v.dtype)
    both = tuple(slice(min(m, n)) for m, n in zip(np.shape(v), shape, strict=True))
    out[both] = v[both]
    return out


def last_axis(axis: Any) -> int:
    """The axis along which a real transform keeps half a spectrum: the last of several.

    >>> last_axis(None), last_axis((0, 1)), last_axis(2)
    (-1, 1, 2)
    """
    return -1 if axis is None else int(axis if np.ndim(axis) == 0 else axis[-1])


def with_halves(v: Any, y: Any, axis: Any = -1) -> Any:
    """Half a spectrum ``v`` of ``y``, with what stands for two terms of the whole one with_halves.

    >>> with_halves(np.ones(3), np.zeros(4)), with_halves(np.ones(3), np.zeros(5))
    (array([1., 2., 1.]), array([1., 2., 2.]))
    """
    last = last_axis(axis)
    n = np.shape(y)[last]
    factors = np.full(n // 2 + 1, 2, v.real.dtype)
    factors[0] = 1
    factors[n // 2 :] = 1 if n % 2 == 0 else 2
    factors[0] = 1
    return v * np.moveaxis(factors.reshape((-1,) + (1,) * (v.ndim - 1)), 0, last)


def full_spectrum(v: Any, x: Any, n: Any = None, axis: Any = -1) -> Any:
    """Half a spectrum ``v`` with zeros behind it, as long as what was transformed: ``x``, or its first ``n`` elements.

    >>> full_spectrum(np.ones(3), np.zeros(4)), full_spectrum(np.ones(2), np.zeros(4), 3)
    (array([1., 1., 1., 0.]), array([1., 1., 0.]))
    """
    last = last_axis(axis)
    length = n if n is None or np.ndim(n) == 0 else n[-1]
    pad = [(0, 0)] * np.ndim(v)
    pad[last] = (0, (np.shape(x)[last] if length is None or length == -1 else length) - np.shape(v)[last])
    return np.pad(v, pad)


def transformed_axes(a: Any, s: Any = None, axes: Any = None) -> Any:
    """The axes of ``a`` that a transform of several axes is along: the last ones, as many as sizes are given, if none are said.

    Raises:
        NotImplementedError: one is said twice.

    >>> transformed_axes(np.zeros((2, 3, 4)), (8, 8)), transformed_axes(np.zeros((2, 3)), None, (0, 1))
    ((-2, -1), (0, 1))
    """
    if axes is None:
        return None if s is None else tuple(range(-len(s), 0))
    if len({k % np.ndim(a) for k in axes}) < len(axes):
        raise NotImplementedError("transforms along an axis twice are not differentiated; call the transform twice")
    return axes
