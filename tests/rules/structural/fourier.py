"""Fourier transforms."""

from __future__ import annotations

import numpy as np

from tests.rules.structural import case
from tests.rules.structural.samples import C, F, R

for norm in (None, "ortho", "forward"):
    for n in (4, 5, 1):
        for name in ("fft", "ifft", "hfft", "irfft"):
            if not (n == 1 and name in ("hfft", "irfft")):
                case(getattr(np.fft, name), C(n), norm=norm)
        for name in ("fft", "rfft", "ihfft"):
            case(getattr(np.fft, name), R(n), norm=norm)
    for m in (3, 4, 7):  # cut off, and filled up
        for name in ("fft", "ifft", "hfft", "irfft"):
            case(getattr(np.fft, name), C(2, 5), m, norm=norm)
        for name in ("rfft", "ihfft", "fft"):
            case(getattr(np.fft, name), R(2, 5), m, norm=norm)
    for name in ("fft2", "ifft2", "irfft2", "fftn", "ifftn", "irfftn"):
        case(getattr(np.fft, name), C(2, 3, 4), norm=norm)
        case(getattr(np.fft, name), C(3, 4), (2, 5), (0, 1), norm=norm)
        case(getattr(np.fft, name), C(2, 3, 4), axes=(1, 0), norm=norm)
    for name in ("rfft2", "rfftn"):
        case(getattr(np.fft, name), R(2, 3, 5), norm=norm)
        case(getattr(np.fft, name), R(3, 4), (4, 3), (0, 1), norm=norm)
        case(getattr(np.fft, name), R(2, 3, 4), axes=(2, 0), norm=norm)
for axis in (0, -2):
    case(np.fft.fft, C(3, 2), axis=axis)
    case(np.fft.rfft, F(R(3, 4)), axis=axis)
    case(np.fft.irfft, C(3, 2), axis=axis)
    case(np.fft.irfft, C(3, 2), 5, axis)
for shift in (np.fft.fftshift, np.fft.ifftshift):
    case(shift, R(5))
    case(shift, C(3, 4))
    case(shift, R(3, 4), 1)
    case(shift, R(3, 4), axes=(0, 1))
case(np.fft.fftfreq, 5, 0.3)
case(np.fft.rfftfreq, 4, d=0.3)
