"""Definitions of scipy.fft: shifts, and transforms of signals that are cut or filled with zeros before."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import scipy_value, valued


def fitted(x: Any, length: Any) -> Any:
    """A signal along the last axis cut to a length, or followed by zeros."""
    n = x.shape[-1]
    if length <= n:
        return x[..., :length]
    return np.concatenate((x, np.repeat(0.0 * x[..., :1], length - n, axis=-1)), axis=-1)


@defines(fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    return np.fft.fftshift(x, axes)


@defines(fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    return np.fft.ifftshift(x, axes)


@defines(fft.dct)
def dct(x: Any, type: Any = 2, n: Any = None, axis: Any = -1, norm: Any = None, *, workers: Any = None) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    found = fft.dct(rows if n is None else fitted(rows, n), type, axis=-1, norm=norm, workers=workers)
    return valued(np.moveaxis(found, -1, axis), scipy_value("fft.dct", (x, type, n, axis, norm)))


@defines(fft.idct)
def idct(x: Any, type: Any = 2, n: Any = None, axis: Any = -1, norm: Any = None, *, workers: Any = None) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    found = fft.idct(rows if n is None else fitted(rows, n), type, axis=-1, norm=norm, workers=workers)
    return valued(np.moveaxis(found, -1, axis), scipy_value("fft.idct", (x, type, n, axis, norm)))


@defines(fft.dst)
def dst(x: Any, type: Any = 2, n: Any = None, axis: Any = -1, norm: Any = None, *, workers: Any = None) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    found = fft.dst(rows if n is None else fitted(rows, n), type, axis=-1, norm=norm, workers=workers)
    return valued(np.moveaxis(found, -1, axis), scipy_value("fft.dst", (x, type, n, axis, norm)))


@defines(fft.idst)
def idst(x: Any, type: Any = 2, n: Any = None, axis: Any = -1, norm: Any = None, *, workers: Any = None) -> Any:
    rows = np.moveaxis(np.asarray(x), axis, -1)
    found = fft.idst(rows if n is None else fitted(rows, n), type, axis=-1, norm=norm, workers=workers)
    return valued(np.moveaxis(found, -1, axis), scipy_value("fft.idst", (x, type, n, axis, norm)))
