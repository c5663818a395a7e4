"""Definitions of scipy.signal: spectra of segments of a signal, and a signal from the spectra of its segments.

Formulas: Welch, IEEE Trans. Audio Electroacoust. 15 (1967); Oppenheim and Schafer, Discrete-time signal processing (2010), chapter 10.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import constant, median_bias, scipy_value, segment_window, valued


def spectra(x: Any, window: Any, noverlap: Any, nfft: Any, detrend: Any, onesided: Any) -> Any:
    """The spectra of the segments along the last axis: those are the last axis but one of the result."""
    length = len(window)
    overlap = length // 2 if noverlap is None else noverlap
    if length == 1 and overlap == 0:
        rows = x[..., None]
    else:
        rows = np.lib.stride_tricks.sliding_window_view(x, length, axis=-1)[..., :: length - overlap, :]
    if detrend:
        rows = signal.detrend(rows, axis=-1, type=detrend)
    if onesided:
        return np.fft.rfft(window * rows, nfft)
    return np.fft.fft(window * rows, nfft)


def weight(window: Any, fs: Any, scaling: Any) -> Any:
    """What makes a square of a spectrum a density, or a power."""
    if scaling == "density":
        return 1.0 / (fs * np.sum(window * window))
    return 1.0 / np.sum(window) ** 2


def averaged(powers: Any, average: Any) -> Any:
    """The mean over the segments, or their median, with what it is off by."""
    if average == "mean" or powers.shape[-2] == 1:
        return np.mean(powers, axis=-2)
    bias = median_bias(powers.shape[-2])
    if np.iscomplexobj(powers):
        return (np.median(np.real(powers), axis=-2) + 1j * np.median(np.imag(powers), axis=-2)) / bias
    return np.median(powers, axis=-2) / bias


def both_sides(count: Any, nfft: Any) -> Any:
    """Twos for the frequencies that stand for their negatives, too."""
    weights = np.full(count, 2.0)
    weights[0] = 1.0
    if nfft % 2 == 0:
        weights[-1] = 1.0
    return weights


def cross_powers(
    x: Any, y: Any, fs: Any, window: Any, nperseg: Any, noverlap: Any, nfft: Any, detrend: Any, onesided: Any, scaling: Any, average: Any,
) -> Any:  # fmt: skip
    """Averages of products of spectra, along the last axis."""
    win = segment_window(window, nperseg, x.shape[-1])
    one_side = onesided and not np.iscomplexobj(x) and not np.iscomplexobj(y)
    first = spectra(x, win, noverlap, nfft, detrend, one_side)
    second = spectra(y, win, noverlap, nfft, detrend, one_side)
    powers = np.conj(first) * second * weight(win, fs, scaling)
    if one_side:
        powers = powers * both_sides(powers.shape[-1], len(win) if nfft is None else nfft)
    return averaged(powers, average)


@defines(signal.csd)
def csd(
    x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
    detrend: Any = "constant", return_onesided: Any = True, scaling: Any = "density", axis: Any = -1, average: Any = "mean",
) -> Any:  # fmt: skip
    options = (("window", constant(window)), ("nperseg", nperseg), ("noverlap", noverlap), ("nfft", nfft), ("detrend", detrend),
               ("return_onesided", return_onesided), ("scaling", scaling), ("axis", axis), ("average", average))  # fmt: skip
    found = scipy_value("signal.csd", (x, y, constant(fs)), options)
    a = np.moveaxis(np.asarray(x), axis, -1)
    b = np.moveaxis(np.asarray(y), axis, -1)
    if a.shape[-1] != b.shape[-1]:
        raise NotImplementedError(
            "cross spectra of signals that are equally long are differentiated: fill the shorter one with zeros"
        )
    powers = cross_powers(a, b, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, average)
    return found[0], valued(np.moveaxis(powers, -1, axis), found[1])


@defines(signal.welch)
def welch(
    x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
    detrend: Any = "constant", return_onesided: Any = True, scaling: Any = "density", axis: Any = -1, average: Any = "mean",
) -> Any:  # fmt: skip
    options = (("window", constant(window)), ("nperseg", nperseg), ("noverlap", noverlap), ("nfft", nfft), ("detrend", detrend),
               ("return_onesided", return_onesided), ("scaling", scaling), ("axis", axis), ("average", average))  # fmt: skip
    found = scipy_value("signal.welch", (x, constant(fs)), options)
    rows = np.moveaxis(np.asarray(x), axis, -1)
    powers = cross_powers(rows, rows, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, average)
    return found[0], valued(np.moveaxis(np.real(powers), -1, axis), found[1])


@defines(signal.stft)
def stft(
    x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = 256, noverlap: Any = None, nfft: Any = None, detrend: Any = False,
    return_onesided: Any = True, boundary: Any = "zeros", padded: Any = True, axis: Any = -1, scaling: Any = "spectrum",
) -> Any:  # fmt: skip
    options = (("window", constant(window)), ("nperseg", nperseg), ("noverlap", noverlap), ("nfft", nfft), ("detrend", detrend),
               ("return_onesided", return_onesided), ("boundary", boundary), ("padded", padded), ("axis", axis), ("scaling", scaling))  # fmt: skip
    found = scipy_value("signal.stft", (x, constant(fs)), options)
    rows = np.moveaxis(np.asarray(x), axis, -1)
    win = segment_window(window, nperseg, rows.shape[-1])
    length = len(win)
    zero = np.zeros_like(rows[..., :1])
    zeros = np.repeat(zero, length // 2, axis=-1)
    if boundary == "zeros":
        rows = np.concatenate((zeros, rows, zeros), axis=-1)
    elif boundary is not None:
        raise NotImplementedError("short-time spectra are differentiated with boundary='zeros' or None")
    if padded:
        step = length - (length // 2 if noverlap is None else noverlap)
        more = (-(rows.shape[-1] - length) % step) % length
        rows = np.concatenate((rows, np.repeat(zero, more, axis=-1)), axis=-1)
    parts = spectra(rows, win, noverlap, nfft, detrend, return_onesided and not np.iscomplexobj(x))
    scaled = parts * np.sqrt(weight(win, fs, "density" if scaling == "psd" else scaling))
    return found[0], found[1], valued(np.moveaxis(scaled, -1, axis - 1 if axis < 0 else axis), found[2])


@defines(signal.istft)
def istft(
    Zxx: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None, nfft: Any = None,
    input_onesided: Any = True, boundary: Any = True, time_axis: Any = -1, freq_axis: Any = -2, scaling: Any = "spectrum",
) -> Any:  # fmt: skip
    if time_axis != -1 or freq_axis != -2:
        raise NotImplementedError("istft is differentiated with the axes where stft puts them: move them there before")
    options = (("window", constant(window)), ("nperseg", nperseg), ("noverlap", noverlap), ("nfft", nfft),
               ("input_onesided", input_onesided), ("boundary", boundary), ("scaling", scaling))  # fmt: skip
    found = scipy_value("signal.istft", (Zxx, constant(fs)), options)
    count = 2 * (Zxx.shape[-2] - 1) if input_onesided else Zxx.shape[-2]
    length = count if nperseg is None else nperseg
    if nfft is not None:
        count = nfft
    elif input_onesided and length == count + 1:
        count = length
    win = segment_window(window, length, length)
    overlap = length // 2 if noverlap is None else noverlap
    step = length - overlap
    number = Zxx.shape[-1]
    spectrum = np.asarray(Zxx) + 0j
    parts = np.fft.irfft(spectrum, count, axis=-2) if input_onesided else np.fft.ifft(spectrum, count, axis=-2)
    parts = np.moveaxis(parts[..., :length, :], -2, -1) * (
        win / np.sqrt(weight(win, fs, "density" if scaling == "psd" else scaling))
    )
    total = np.repeat(np.zeros_like(parts[..., 0, :1]), length + (number - 1) * step, axis=-1)
    squares = np.zeros(length + (number - 1) * step)
    for k in range(number):
        total[..., k * step : k * step + length] += parts[..., k, :]
        squares[k * step : k * step + length] += win * win
    if boundary:
        total = total[..., length // 2 : -(length // 2)]
        squares = squares[length // 2 : -(length // 2)]
    return found[0], valued(total / np.where(squares > 1e-10, squares, 1.0), found[1])
