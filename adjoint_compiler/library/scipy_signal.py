"""Definitions of scipy.signal: spectra, and filters that are linear along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage, signal
from scipy import signal as scipy_signal

from adjoint_compiler.library import defines
from adjoint_compiler.library.scipy_ndimage import windows
from adjoint_compiler.runtime import constant, scipy_value, valued


def applied(x: Any, axis: Any, name: Any, further: Any, options: Any, zero: Any = 0.0) -> Any:
    """A filter that is linear along an axis, by what it makes of each unit vector; of the type of ``zero``."""
    rows = np.moveaxis(np.asarray(x), axis, -1)
    matrix = scipy_value(name, (np.eye(rows.shape[-1]), *further), (*options, ("axis", -1))) + zero
    value = scipy_value(name, (x, *further), (*options, ("axis", axis)))
    return valued(np.moveaxis(rows @ matrix, -1, axis), value)


def fitted(x: Any, length: Any) -> Any:
    """A signal along the last axis cut to a length, or followed by zeros."""
    n = x.shape[-1]
    if length <= n:
        return x[..., :length]
    return np.concatenate((x, np.repeat(0.0 * x[..., :1], length - n, axis=-1)), axis=-1)


@defines(signal.hilbert)
def hilbert(x: Any, N: Any = None, axis: Any = -1) -> Any:  # noqa: N803  (SciPy's name)
    if N is None:
        return signal.hilbert(x, axis=axis)
    rows = fitted(np.moveaxis(np.asarray(x), axis, -1), N)
    found = signal.hilbert(rows, axis=-1)
    return valued(np.moveaxis(found, -1, axis), scipy_value("signal.hilbert", (x, N, axis)))


@defines(signal.savgol_filter)
def savgol_filter(
    x: Any,
    window_length: Any,
    polyorder: Any,
    deriv: Any = 0,
    delta: Any = 1.0,
    axis: Any = -1,
    mode: Any = "interp",
    cval: Any = 0.0,
) -> Any:
    options = (("deriv", deriv), ("delta", constant(delta)), ("axis", axis), ("mode", mode), ("cval", cval))
    value = scipy_value("signal.savgol_filter", (x, window_length, polyorder), options)
    rows = np.moveaxis(np.asarray(x), axis, -1)
    weights = scipy_value("signal.savgol_coeffs", (window_length, polyorder), (("deriv", deriv), ("delta", delta)))
    if mode == "constant":
        found = ndimage.convolve1d(rows - cval, weights, axis=-1, mode="constant") + cval * np.sum(weights)
    elif mode == "interp":  # polynomials that are fitted to the first and the last numbers
        found = ndimage.convolve1d(rows, weights, axis=-1, mode="constant")
        half = window_length // 2
        unit = np.eye(window_length)
        ends = scipy_value(
            "signal.savgol_filter", (unit, window_length, polyorder), (("deriv", deriv), ("delta", delta))
        )
        n = rows.shape[-1]
        first = rows[..., :window_length] @ ends[:, :half]
        last = rows[..., n - window_length :] @ ends[:, window_length - half :]
        found = np.concatenate((first, found[..., half : n - half], last), axis=-1)
    else:
        found = ndimage.convolve1d(rows, weights, axis=-1, mode=mode)
    return valued(np.moveaxis(found, -1, axis), value)


@defines(signal.resample)
def resample(x: Any, num: Any, t: Any = None, axis: Any = 0, window: Any = None) -> Any:
    found = applied(x, axis, "signal.resample", (num,), (("window", constant(window)),))
    if t is None:
        return found
    return found, t[0] + (t[1] - t[0]) * (np.shape(x)[axis] / num) * np.arange(num)


@defines(signal.resample_poly)
def resample_poly(
    x: Any, up: Any, down: Any, axis: Any = 0, window: Any = ("kaiser", 5.0), padtype: Any = "constant"
) -> Any:
    if padtype == "median" or padtype == "minimum" or padtype == "maximum":
        raise NotImplementedError("resample_poly is differentiated with a padtype that is linear: 'mean', 'line'")
    return applied(x, axis, "signal.resample_poly", (up, down), (("window", constant(window)), ("padtype", padtype)))


@defines(signal.decimate)
def decimate(x: Any, q: Any, n: Any = None, ftype: Any = "iir", axis: Any = -1, zero_phase: Any = True) -> Any:
    return applied(x, axis, "signal.decimate", (q, n, ftype), (("zero_phase", zero_phase),))


@defines(signal.czt)
def czt(x: Any, m: Any = None, w: Any = None, a: Any = 1 + 0j, *, axis: Any = -1) -> Any:
    return applied(x, axis, "signal.czt", (m, constant(w), constant(a)), (), 0j)


@defines(signal.zoom_fft)
def zoom_fft(x: Any, fn: Any, m: Any = None, *, fs: Any = 2, endpoint: Any = False, axis: Any = -1) -> Any:
    return applied(x, axis, "signal.zoom_fft", (constant(fn), m), (("fs", constant(fs)), ("endpoint", endpoint)), 0j)


@defines(signal.periodogram)
def periodogram(
    x: Any, fs: Any = 1.0, window: Any = "boxcar", nfft: Any = None, detrend: Any = "constant", return_onesided: Any = True,
    scaling: Any = "density", axis: Any = -1,
) -> Any:  # fmt: skip
    rows = np.moveaxis(np.asarray(x), axis, -1)
    n = rows.shape[-1]
    length = n if nfft is None else min(n, nfft)
    kind = "boxcar" if window is None else window
    win = (
        scipy_value("signal.get_window", (constant(kind), length))
        if isinstance(kind, (str, tuple))
        else np.asarray(kind)
    )
    options = (("window", window), ("nfft", nfft), ("detrend", detrend), ("return_onesided", return_onesided),
               ("scaling", scaling), ("axis", axis))  # fmt: skip
    found = scipy_value("signal.periodogram", (x, constant(fs)), options)
    _, powers = scipy_signal.welch(
        rows[..., :length], fs, win, length, 0, nfft, detrend, return_onesided, scaling, axis=-1
    )
    return found[0], valued(np.moveaxis(powers, -1, axis), found[1])


@defines(signal.wiener)
def wiener(im: Any, mysize: Any = None, noise: Any = None) -> Any:
    x = np.asarray(im)
    size = np.ones(np.ndim(x), int) * (3 if mysize is None else np.asarray(mysize))
    ones = np.ones(tuple(size))
    mean = scipy_signal.correlate(x, ones, "same") / np.prod(size)
    spread = scipy_signal.correlate(x**2, ones, "same") / np.prod(size) - mean**2
    known = np.mean(spread) if noise is None else noise
    smooth = spread < known
    found = np.where(smooth, mean, (x - mean) * (1 - known / np.where(smooth, 1.0, spread)) + mean)
    return valued(found, scipy_value("signal.wiener", (im, mysize, noise)))


@defines(signal.medfilt)
def medfilt(volume: Any, kernel_size: Any = None) -> Any:
    x = np.asarray(volume)
    size = 3 if kernel_size is None else kernel_size
    found = np.median(windows(x, size, None, "constant", 0.0, 0), axis=-1)
    return valued(found, scipy_value("signal.medfilt", (volume, kernel_size)))


@defines(signal.medfilt2d)
def medfilt2d(input: Any, kernel_size: Any = 3) -> Any:
    x = np.asarray(input)
    found = np.median(windows(x, kernel_size, None, "constant", 0.0, 0), axis=-1)
    return valued(found, scipy_value("signal.medfilt2d", (input, kernel_size)))


def bordered(x: Any, by: Any, boundary: Any, fillvalue: Any) -> Any:
    """A matrix with what lies around it, so far as another matrix reaches."""
    rows = by.shape[0] - 1
    columns = by.shape[1] - 1
    widths = ((rows, rows), (columns, columns))
    if boundary == "fill" or boundary == "pad":
        return np.pad(x, widths, mode="constant", constant_values=fillvalue)
    if boundary == "wrap" or boundary == "circular":
        return np.pad(x, widths, mode="wrap")
    return np.pad(x, widths, mode="symmetric")


def middle(full: Any, x: Any, by: Any, mode: Any, late: Any) -> Any:
    """The part of a full convolution of two matrices that a mode gives."""
    if mode == "full":
        return full
    rows = (by.shape[0] - late) // 2
    columns = (by.shape[1] - late) // 2
    return full[rows : rows + x.shape[0], columns : columns + x.shape[1]]


@defines(signal.convolve2d)
def convolve2d(in1: Any, in2: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0) -> Any:
    x = np.asarray(in1)
    by = np.asarray(in2)
    value = scipy_value("signal.convolve2d", (in1, in2, mode, boundary, fillvalue))
    if mode == "valid":
        return valued(scipy_signal.convolve2d(x, by, "valid"), value)
    full = scipy_signal.convolve2d(bordered(x, by, boundary, fillvalue), by, "valid")
    return valued(middle(full, x, by, mode, 1), value)


@defines(signal.correlate2d)
def correlate2d(in1: Any, in2: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0) -> Any:
    x = np.asarray(in1)
    by = np.asarray(in2)
    value = scipy_value("signal.correlate2d", (in1, in2, mode, boundary, fillvalue))
    if mode == "valid":
        return valued(scipy_signal.correlate2d(x, by, "valid"), value)
    full = scipy_signal.correlate2d(bordered(x, by, boundary, fillvalue), by, "valid")
    return valued(middle(full, x, by, mode, 0), value)


def convolved_along(in1: Any, in2: Any, mode: Any, axes: Any) -> Any:
    """A convolution along some axes, of what is broadcast along the others."""
    x = np.asarray(in1)
    by = np.asarray(in2)
    along = range(np.ndim(x)) if axes is None else (np.atleast_1d(axes) % np.ndim(x)).tolist()
    sizes = [x.shape[k] + by.shape[k] - 1 for k in along]
    product: Any = np.asarray(np.fft.fftn(x, sizes, along)) * np.asarray(np.fft.fftn(by, sizes, along))
    full = np.fft.ifftn(product, sizes, along)
    if not np.iscomplexobj(x) and not np.iscomplexobj(by):
        full = np.real(full)
    if mode == "full":
        return full
    for k in along:
        if mode == "same":
            length = x.shape[k]
            start = (by.shape[k] - 1) // 2
        else:
            length = max(x.shape[k], by.shape[k]) - min(x.shape[k], by.shape[k]) + 1
            start = min(x.shape[k], by.shape[k]) - 1
        full = np.take(full, np.arange(start, start + length), axis=k)
    return full


@defines(signal.fftconvolve)
def fftconvolve(in1: Any, in2: Any, mode: Any = "full", axes: Any = None) -> Any:
    return valued(convolved_along(in1, in2, mode, axes), scipy_value("signal.fftconvolve", (in1, in2, mode, axes)))


@defines(signal.oaconvolve)
def oaconvolve(in1: Any, in2: Any, mode: Any = "full", axes: Any = None) -> Any:
    return valued(convolved_along(in1, in2, mode, axes), scipy_value("signal.oaconvolve", (in1, in2, mode, axes)))


@defines(signal.freqz)
def freqz(b: Any, a: Any = 1, worN: Any = 512) -> Any:  # noqa: N803  (SciPy's name)
    w, h = scipy_value("signal.freqz", (b, a, constant(worN)))
    turn = np.exp(-1j * w)
    above = np.polyval(np.atleast_1d(b)[::-1] + 0j, turn)
    return w, valued(above / np.polyval(np.atleast_1d(a)[::-1] + 0j, turn), h)


@defines(signal.deconvolve)
def deconvolve(signal: Any, divisor: Any) -> Any:
    n = len(signal)
    found = scipy_value("signal.deconvolve", (signal, divisor))
    if n < len(divisor):
        return found[0], valued(np.asarray(signal), found[1])
    pulse = np.zeros(n - len(divisor) + 1)
    pulse[0] = 1.0
    quotient = scipy_signal.lfilter(signal, divisor, pulse)
    return valued(quotient, found[0]), valued(signal - np.convolve(divisor, quotient), found[1])


@defines(signal.upfirdn)
def upfirdn(h: Any, x: Any, up: Any = 1, down: Any = 1, axis: Any = -1) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    n = rows.shape[-1]
    apart = np.zeros(rows.shape[:-1] + (n * up - up + 1,), np.result_type(rows, 0.0))
    apart[..., ::up] = rows
    kernel = np.reshape(np.asarray(h), np.ones(np.ndim(rows) - 1, int).tolist() + [-1])
    found = scipy_signal.convolve(apart, kernel)[..., ::down]
    return valued(np.moveaxis(found, -1, axis), scipy_value("signal.upfirdn", (h, x, up, down, axis)))


@defines(signal.coherence)
def coherence(
    x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
    detrend: Any = "constant", axis: Any = -1,
) -> Any:  # fmt: skip
    freqs, powers_x = scipy_signal.welch(x, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, powers_y = scipy_signal.welch(y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, cross = scipy_signal.csd(x, y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    return freqs, np.abs(cross) ** 2 / powers_x / powers_y
