"""Helpers of emitted code for programs that use ``scipy.signal``, ``scipy.ndimage`` and ``scipy.fft``: transposed filters."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.optional import scipy

__all__ = [
    "each_axis", "extension_of", "filter_adjoint", "filter_applied", "folded_back", "full_output", "gaussian_adjoint",
    "gaussian_applied", "hilbert_adjoint", "kernel_adjoint", "lag_products", "laplace_adjoint", "laplace_applied",
    "median_bias", "output_part", "output_slices", "placed_weights", "segment_window", "sobel_adjoint", "sobel_applied", "transposed_cosines",
    "trigonometric_adjoint", "trigonometric_transform", "uniform_adjoint", "uniform_applied",
]  # fmt: skip

# -- convolutions --------------------------------------------------------------------------------------------


def output_slices(first: Any, second: Any, mode: str, late: bool) -> tuple[slice, ...]:
    """Where a convolution of two arrays in a mode lies in the full one; ``late`` as ``correlate2d`` has its middle."""
    out = []
    for m, n in zip(np.shape(first), np.shape(second)):
        length = m if mode == "same" else max(m, n) - min(m, n) + 1
        start = {"full": 0, "same": (n - (not late)) // 2, "valid": min(m, n) - 1}[mode]
        out.append(slice(0, m + n - 1) if mode == "full" else slice(start, start + length))
    return tuple(out)


def full_output(g_: Any, in1: Any, in2: Any, mode: str = "full", late: bool = False) -> Any:
    """The adjoint of a full convolution, from that of the part that a mode gives.

    >>> full_output(np.array([1.0, 2.0]), np.ones(2), np.ones(3), "same")
    array([0., 1., 2., 0.])
    """
    out = np.zeros([m + n - 1 for m, n in zip(np.shape(in1), np.shape(in2))], np.result_type(g_))
    out[output_slices(in1, in2, mode, late)] = g_
    return out


def output_part(v: Any, in1: Any, in2: Any, mode: str = "full", late: bool = False) -> Any:
    """The part of a full convolution of ``in1`` and ``in2`` that a mode gives.

    >>> output_part(np.arange(4.0), np.ones(2), np.ones(3), "same")
    array([1., 2.])
    """
    return v[output_slices(in1, in2, mode, late)]


def lag_products(g_: Any, v: Any, count: int, axis: int = -1) -> Any:
    """The sums of ``g_[n] * v[n - j]`` over ``n``, for ``j`` below ``count``: what coefficients of a filter receive.

    >>> lag_products(np.array([1.0, 2.0]), np.array([3.0, 4.0]), 2)
    array([11.,  6.])
    """
    g, v = (np.moveaxis(x, axis, -1) for x in (g_, v))
    n = g.shape[-1]
    return np.array([np.sum(g[..., j:] * np.conj(v[..., : max(n - j, 0)])) for j in range(count)])


def hilbert_adjoint(g_: Any, axis: int = -1) -> Any:
    """What a real signal receives from the adjoint of ``scipy.signal.hilbert``.

    >>> hilbert_adjoint(np.array([1.0, 0.0, 0.0, 0.0])).shape
    (4,)
    """
    g = np.moveaxis(g_, axis, -1)
    n = g.shape[-1]
    gain = np.zeros(n, np.real(g).dtype)
    gain[0] = 1
    gain[1 : (n + 1) // 2] = 2
    if n % 2 == 0:
        gain[n // 2] = 1
    return np.moveaxis(np.real(np.fft.ifft(np.fft.fft(g) * gain)), -1, axis)


# -- filters that extend their input ---------------------------------------------------------------------------


def extension_of(mode: str) -> str:
    """The mode of ``np.pad`` that extends an array as a mode of ``scipy.ndimage`` does.

    >>> extension_of("reflect"), extension_of("mirror")
    ('symmetric', 'reflect')
    """
    names = {"reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge"}
    return names.get(mode, mode.removeprefix("grid-"))


def placed_weights(
    weights: Any, ndim: int, origin: Any, axis: int | None, flipped: bool
) -> tuple[Any, list[tuple[int, int]]]:
    """The weights of a correlation with ``ndim`` axes, and how far it reaches to both sides along each."""
    w = np.asarray(weights)
    origins = list(origin) if isinstance(origin, (tuple, list)) else [origin] * (ndim if axis is None else 1)
    if axis is not None:
        shape = [1] * ndim
        shape[axis] = w.size
        w = np.reshape(w, shape)
        origins = [origins[0] if k == axis % ndim else 0 for k in range(ndim)]
    if flipped:
        w = np.flip(w)
        origins = [-o - (1 if n % 2 == 0 else 0) for o, n in zip(origins, w.shape)]
    before = [n // 2 + o for n, o in zip(w.shape, origins)]
    return w, [(b, n - 1 - b) for b, n in zip(before, w.shape)]


def folded_back(v: Any, reach: list[tuple[int, int]], mode: str) -> Any:
    """The transpose of extending an array: what lies outside is added to where it was taken from."""
    for axis, (before, after) in enumerate(reach):
        n = v.shape[axis] - before - after
        v = np.moveaxis(v, axis, 0)
        if extension_of(mode) == "constant":
            v = v[before : before + n]
        else:
            out = np.zeros((n, *v.shape[1:]), v.dtype)
            np.add.at(out, np.pad(np.arange(n), (before, after), extension_of(mode)), v)  # type: ignore[call-overload]
            v = out
        v = np.moveaxis(v, 0, axis)
    return v


def filter_applied(
    x: Any, weights: Any, mode: str = "reflect", cval: Any = 0.0, origin: Any = 0, axis: int | None = None,
    flipped: bool = False,
) -> Any:  # fmt: skip
    """``scipy.ndimage.correlate`` of ``x``, or ``correlate1d`` along an axis; ``convolve`` where ``flipped``.

    >>> filter_applied(np.array([1.0, 2.0, 4.0]), np.array([-1.0, 1.0]))
    array([0., 1., 2.])
    """
    name = "convolve" if flipped else "correlate"
    if axis is None:
        return getattr(scipy.ndimage, name)(x, weights, mode=mode, cval=cval, origin=origin)
    return getattr(scipy.ndimage, f"{name}1d")(x, weights, axis, mode=mode, cval=cval, origin=origin)


def filter_adjoint(
    g_: Any, weights: Any, mode: str = "reflect", origin: Any = 0, axis: int | None = None, flipped: bool = False
) -> Any:
    """The transpose of ``filter_applied`` in ``x``.

    >>> filter_adjoint(np.array([1.0, 2.0, 4.0]), np.array([-1.0, 1.0]))
    array([-2., -2.,  4.])
    """
    w, reach = placed_weights(weights, np.ndim(g_), origin, axis, flipped)
    return folded_back(scipy.signal.convolve(g_, np.conj(w)), reach, mode)


def kernel_adjoint(
    g_: Any, x: Any, weights: Any, mode: str = "reflect", cval: Any = 0.0, origin: Any = 0, axis: int | None = None,
    flipped: bool = False,
) -> Any:  # fmt: skip
    """What the weights of ``filter_applied`` receive.

    >>> kernel_adjoint(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 4.0]), np.zeros(2))
    array([11., 21.])
    """
    _, reach = placed_weights(np.zeros(np.shape(weights)), np.ndim(x), origin, axis, flipped)
    more = {"constant_values": cval} if extension_of(mode) == "constant" else {}
    extended = np.pad(x, reach, extension_of(mode), **more)  # type: ignore[call-overload]
    out = np.conj(scipy.signal.correlate(extended, g_, "valid"))
    return np.reshape(np.flip(out) if flipped else out, np.shape(weights))


def each_axis(value: Any, ndim: int) -> list[Any]:
    """A value for each axis, as filters take one for all.

    >>> each_axis(3, 2), each_axis((3, 5), 2)
    ([3, 3], [3, 5])
    """
    return list(value) if isinstance(value, (tuple, list, np.ndarray)) else [value] * ndim


def gaussian_adjoint(
    g_: Any, sigma: Any, order: Any = 0, mode: Any = "reflect", truncate: float = 4.0, radius: Any = None, axis: int | None = None
) -> Any:  # fmt: skip
    """The transpose of ``scipy.ndimage.gaussian_filter``, or of ``gaussian_filter1d`` along an axis.

    The weights are read off what the filter makes of a single one.

    >>> bool(np.isclose(gaussian_adjoint(np.ones(5), 1.0).sum(), 5.0))
    True
    """
    ndim = np.ndim(g_)
    axes = range(ndim) if axis is None else [axis]
    options = (each_axis(v, len(axes)) for v in (sigma, order, mode, radius))
    for k, s, o, m, r in zip(axes, *options):
        if axis is None and not s > 1e-15:
            continue
        reach = int(truncate * float(s) + 0.5) if r is None else r
        one = np.zeros(2 * reach + 1)
        one[reach] = 1.0
        weights = scipy.ndimage.gaussian_filter1d(one, s, order=o, mode="constant", truncate=truncate, radius=r)[::-1]
        g_ = filter_adjoint(g_, weights.astype(np.result_type(g_, np.float32), copy=False), m, 0, k)
    return g_


def gaussian_applied(
    x: Any, sigma: Any, order: Any = 0, mode: Any = "reflect", truncate: float = 4.0, radius: Any = None, axis: int | None = None
) -> Any:  # fmt: skip
    """``scipy.ndimage.gaussian_filter``, or ``gaussian_filter1d`` along an axis.

    >>> gaussian_applied(np.ones(3), 1.0)
    array([1., 1., 1.])
    """
    if axis is None:
        return scipy.ndimage.gaussian_filter(x, sigma, order, mode=mode, truncate=truncate, radius=radius)
    return scipy.ndimage.gaussian_filter1d(x, sigma, axis, order, mode=mode, truncate=truncate, radius=radius)


def uniform_applied(x: Any, size: Any = 3, mode: Any = "reflect", origin: Any = 0, axis: int | None = None) -> Any:
    """``scipy.ndimage.uniform_filter``, or ``uniform_filter1d`` along an axis.

    >>> uniform_applied(np.ones(3))
    array([1., 1., 1.])
    """
    if axis is None:
        return scipy.ndimage.uniform_filter(x, size, mode=mode, origin=origin)
    return scipy.ndimage.uniform_filter1d(x, size, axis, mode=mode, origin=origin)


def uniform_adjoint(g_: Any, size: Any = 3, mode: Any = "reflect", origin: Any = 0, axis: int | None = None) -> Any:
    """The transpose of ``scipy.ndimage.uniform_filter``, or of ``uniform_filter1d`` along an axis.

    >>> uniform_adjoint(np.array([3.0, 0.0, 0.0]))
    array([2., 1., 0.])
    """
    axes = range(np.ndim(g_)) if axis is None else [axis]
    for k, n, m, o in zip(axes, *(each_axis(v, len(axes)) for v in (size, mode, origin))):
        if n > 1:
            g_ = filter_adjoint(g_, np.full(n, 1.0 / n, np.result_type(g_, np.float32)), m, o, k)
    return g_


def sobel_adjoint(g_: Any, axis: int = -1, mode: str = "reflect", middle: float = 2.0) -> Any:
    """The transpose of ``scipy.ndimage.sobel``, or of ``prewitt`` with a one in the ``middle``.

    >>> sobel_adjoint(np.array([1.0, 0.0, 0.0]))
    array([-1.,  1.,  0.])
    """
    dtype = np.result_type(g_, np.float32)
    for k in range(np.ndim(g_)):
        weights = [-1.0, 0.0, 1.0] if k == axis % np.ndim(g_) else [1.0, middle, 1.0]
        g_ = filter_adjoint(g_, np.array(weights, dtype), mode, 0, k)
    return g_


def sobel_applied(x: Any, axis: int = -1, mode: str = "reflect", middle: float = 2.0) -> Any:
    """``scipy.ndimage.sobel``, or ``prewitt`` with a one in the ``middle``.

    >>> sobel_applied(np.array([1.0, 2.0, 4.0]))
    array([1., 3., 2.])
    """
    return scipy.ndimage.sobel(x, axis, mode=mode) if middle == 2 else scipy.ndimage.prewitt(x, axis, mode=mode)


def laplace_applied(x: Any, mode: str = "reflect", sigma: Any = None) -> Any:
    """``scipy.ndimage.laplace``, or ``gaussian_laplace`` with a ``sigma``.

    >>> laplace_applied(np.array([1.0, 2.0, 4.0]))
    array([ 1.,  1., -2.])
    """
    if sigma is None:
        return scipy.ndimage.laplace(x, mode=mode)
    return scipy.ndimage.gaussian_laplace(x, sigma, mode=mode)


def laplace_adjoint(g_: Any, mode: str = "reflect", sigma: Any = None) -> Any:
    """The transpose of ``scipy.ndimage.laplace``, or of ``gaussian_laplace`` with a ``sigma``.

    >>> laplace_adjoint(np.array([1.0, 0.0, 0.0]))
    array([-1.,  1.,  0.])
    """
    ndim, dtype = np.ndim(g_), np.result_type(g_, np.float32)
    if sigma is None:
        weights = np.array([1.0, -2.0, 1.0], dtype)
        return sum(filter_adjoint(g_, weights, mode, 0, k) for k in range(ndim))
    orders = 2 * np.eye(ndim, dtype=int)
    return sum(gaussian_adjoint(g_, sigma, list(map(int, orders[k])), mode) for k in range(ndim))


# -- cosine and sine transforms ----------------------------------------------------------------------------------


def trigonometric_transform(x: Any, name: str, type: int = 2, axes: Any = -1, norm: str | None = None) -> Any:
    """``scipy.fft.dct`` and its relatives, by name.

    >>> trigonometric_transform(np.ones(2), "dct")
    array([4., 0.])
    """
    function = getattr(scipy.fft, name)
    return function(x, type, axes=axes, norm=norm) if name.endswith("n") else function(x, type, axis=axes, norm=norm)


def trigonometric_adjoint(g_: Any, name: str, type: int = 2, axes: Any = -1, norm: str | None = None) -> Any:
    """The transpose of a cosine or sine transform: a transform of the dual type, the first or last term scaled.

    References:
        Strang, The discrete cosine transform, SIAM Review 41 (1999): types 1 and 4 are symmetric, 2 and 3 dual.

    >>> trigonometric_adjoint(np.array([1.0, 0.0]), "dct")
    array([2., 2.])
    """
    inverse, several = name.startswith("i"), name.endswith("n")
    kind = name.strip("in")
    ndim = np.ndim(g_)
    for axis in (range(ndim) if axes is None else each_axis(axes, 1)) if several else [axes]:
        if norm == "ortho":  # orthogonal: the transpose is the inverse
            g_ = getattr(scipy.fft, kind if inverse else f"i{kind}")(g_, type, axis=axis, norm=norm)
            continue
        # every other one is a plain transform over a length
        plain = {1: 1, 2: 3, 3: 2, 4: 4}[type] if inverse else type
        divided = (norm == "forward") != inverse
        n = g_.shape[axis]
        length = 2 * ({"dct": n - 1, "dst": n + 1}[kind] if type == 1 else n)
        g_ = transposed_cosines(np.moveaxis(g_, axis, -1), kind, plain) / (length if divided else 1)
        g_ = np.moveaxis(g_, -1, axis)
    return g_


def transposed_cosines(g: Any, kind: str, type: int) -> Any:
    """The transpose of an unnormalised cosine or sine transform along the last axis.

    >>> transposed_cosines(np.array([1.0, 0.0]), "dct", 2)
    array([2., 2.])
    """
    transform = getattr(scipy.fft, kind)
    if type == 4 or (type == 1 and kind == "dst"):
        return transform(g, type)
    scale = np.ones(g.shape[-1], g.dtype)
    if type == 1:
        scale[1:-1] = 2.0
        return scale * transform(g / scale, 1)
    end = 0 if kind == "dct" else -1
    if type == 2:
        scale[end] = 2.0
        return transform(scale * g, 3)
    scale[end] = 0.5
    return scale * transform(g, 2)


# -- spectra of segments ---------------------------------------------------------------------------------------


def segment_window(window: Any, nperseg: int | None, length: int) -> Any:
    """The window of each segment of a signal of so many numbers, as ``scipy.signal`` takes it: by its name, or as it is.

    >>> segment_window("boxcar", None, 3), segment_window([1.0, 2.0], None, 9)
    (array([1., 1., 1.]), array([1., 2.]))
    """
    if not isinstance(window, (str, tuple)):
        return np.asarray(window, float)
    return scipy.signal.get_window(window, min(256 if nperseg is None else int(nperseg), length))


def median_bias(count: int) -> float:
    """What the median of so many squares of normal numbers is of their mean (Allen et al., Phys. Rev. D 85, 2012, appendix B).

    >>> median_bias(1), median_bias(4)
    (1.0, 0.8333333333333333)
    """
    pairs = 2 * np.arange(1.0, (count - 1) // 2 + 1)
    return float(1 + np.sum(1.0 / (pairs + 1) - 1.0 / pairs))
