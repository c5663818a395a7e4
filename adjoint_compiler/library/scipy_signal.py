"""Definitions of scipy.signal: spectra, and filters that are linear along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import constant, scipy_value, valued


def applied(x: Any, axis: Any, name: Any, further: Any, options: Any) -> Any:
    """A filter that is linear along an axis, by what it makes of each unit vector."""
    rows = np.moveaxis(np.asarray(x), axis, -1)
    matrix = scipy_value(name, (np.eye(rows.shape[-1]), *further), (*options, ("axis", -1)))
    value = scipy_value(name, (x, *further), (*options, ("axis", axis)))
    return valued(np.moveaxis(rows @ matrix, -1, axis), value)


@defines(signal.savgol_filter)
def savgol_filter(
    x: Any, window_length: Any, polyorder: Any, deriv: Any = 0, delta: Any = 1.0, axis: Any = -1, mode: Any = "interp"
) -> Any:
    return applied(
        x, axis, "signal.savgol_filter", (window_length, polyorder, deriv, constant(delta)), (("mode", mode),)
    )


@defines(signal.sosfilt)
def sosfilt(sos: Any, x: Any, axis: Any = -1) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    matrix = scipy_value("signal.sosfilt", (constant(sos), np.eye(rows.shape[-1])))
    return valued(np.moveaxis(rows @ matrix, -1, axis), scipy_value("signal.sosfilt", (sos, x, axis)))


@defines(signal.sosfiltfilt)
def sosfiltfilt(sos: Any, x: Any, axis: Any = -1) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    matrix = scipy_value("signal.sosfiltfilt", (constant(sos), np.eye(rows.shape[-1])))
    return valued(np.moveaxis(rows @ matrix, -1, axis), scipy_value("signal.sosfiltfilt", (sos, x, axis)))


@defines(signal.filtfilt)
def filtfilt(b: Any, a: Any, x: Any, axis: Any = -1) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    matrix = scipy_value("signal.filtfilt", (constant(b), constant(a), np.eye(rows.shape[-1])))
    return valued(np.moveaxis(rows @ matrix, -1, axis), scipy_value("signal.filtfilt", (b, a, x, axis)))


@defines(signal.resample)
def resample(x: Any, num: Any, *, axis: Any = 0) -> Any:
    return applied(x, axis, "signal.resample", (num,), ())


@defines(signal.resample_poly)
def resample_poly(x: Any, up: Any, down: Any, axis: Any = 0) -> Any:
    return applied(x, axis, "signal.resample_poly", (up, down), ())


@defines(signal.decimate)
def decimate(x: Any, q: Any, n: Any = None, ftype: Any = "iir", axis: Any = -1) -> Any:
    return applied(x, axis, "signal.decimate", (q, n, ftype), ())


@defines(signal.periodogram)
def periodogram(x: Any, fs: Any = 1.0) -> Any:
    y = np.asarray(x)
    if np.iscomplexobj(y):
        raise NotImplementedError("periodogram of real signals is differentiated")
    n = y.shape[-1]
    fs = constant(fs)
    spectrum = np.fft.rfft(y - np.mean(y, axis=-1, keepdims=True))
    power = (np.real(spectrum) ** 2 + np.imag(spectrum) ** 2) / (fs * n)
    doubled = np.full(power.shape[-1], 2.0)
    doubled[0] = 1.0
    if n % 2 == 0:
        doubled[-1] = 1.0
    found = scipy_value("signal.periodogram", (x, fs))
    return found[0], valued(power * doubled, found[1])


@defines(signal.medfilt)
def medfilt(volume: Any, kernel_size: Any = 3) -> Any:
    x = np.asarray(volume)
    if np.ndim(x) != 1:
        raise NotImplementedError("medfilt of vectors is differentiated; use ndimage.median_filter of images")
    seen = np.lib.stride_tricks.sliding_window_view(np.pad(x, kernel_size // 2), kernel_size)
    return valued(np.median(seen, axis=-1), scipy_value("signal.medfilt", (volume, kernel_size)))
