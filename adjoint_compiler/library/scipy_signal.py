"""Definitions of scipy.signal: spectra, and filters that are linear along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal
from scipy import signal as scipy_signal

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
def upfirdn(h: Any, x: Any, up: Any = 1, down: Any = 1) -> Any:
    signals = np.asarray(x)
    if np.ndim(signals) != 1:
        raise NotImplementedError("upfirdn of vectors is differentiated")
    spread = np.zeros(len(signals) * up - up + 1, signals.dtype)
    spread[::up] = signals
    return valued(np.convolve(h, spread)[::down], scipy_value("signal.upfirdn", (h, x, up, down)))


@defines(signal.coherence)
def coherence(
    x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
    detrend: Any = "constant", axis: Any = -1,
) -> Any:  # fmt: skip
    freqs, powers_x = scipy_signal.welch(x, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, powers_y = scipy_signal.welch(y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, cross = scipy_signal.csd(x, y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    return freqs, np.abs(cross) ** 2 / powers_x / powers_y
