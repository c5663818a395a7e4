"""Calls of functions of scipy.signal and scipy.ndimage that have definitions: states of filters, modes, origins and axes of images."""

from __future__ import annotations

import numpy as np
from scipy import ndimage, signal

from tests.library.cases import case
from tests.rules.structural.samples import P, R

IMAGE, CROSS = R(5, 4), np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
BA, SOS = signal.butter(2, 0.3), signal.butter(3, 0.3, output="sos")
POLES = np.array([[-0.4, 0.1], [0.2, 0.3]])
OUT = np.random.default_rng(7).uniform(-2.0, 6.0, (2, 7))
REGIONS = np.array([0, 1, 1, 2])


def sections(b, a):
    return np.concatenate((b, np.ones((2, 1)), a), axis=1)


case(lambda b, a, x, z: signal.lfilter(b, a, x, zi=z), P(3), np.array([1.2, -0.4]), R(2, 7), R(2, 2))
case(lambda x, z: signal.lfilter([1.0, 0.3, 0.2, 0.1], 2.0, x, 0, z), R(2, 3), R(3, 3))
case(lambda b, a: signal.lfilter_zi(b, a), P(3), np.array([1.3, -0.5, 0.2]))
case(lambda y, x: signal.lfiltic([1.0, 0.3], [1.0, -0.5, 0.1], y, x), R(2), R(1))
case(lambda b, a, x: signal.sosfilt(sections(b, a), x), P(2, 3), POLES, R(2, 8))
case(lambda x, z: signal.sosfilt(SOS, x, axis=0, zi=z), R(8, 2), R(2, 2, 2))
case(lambda b, a: signal.sosfilt_zi(sections(b, a)), P(2, 3), POLES)
case(lambda b, a, x: signal.filtfilt(b, a, x, padlen=3), P(2), np.array([1.0, -0.4]), R(8))
case(lambda x: signal.filtfilt(*BA, x, axis=0, padtype="even"), R(12, 2))
case(lambda x: signal.filtfilt(*BA, x, method="gust"), R(12))
case(lambda x: signal.filtfilt(*BA, x, padtype=None), R(9))
case(lambda b, a, x: signal.sosfiltfilt(sections(b, a), x, padtype="constant", padlen=2), P(2, 3), POLES, R(9))
case(lambda x: signal.hilbert(x, 8), R(2, 5))
case(lambda x: signal.hilbert(x, N=4, axis=0), R(5, 2))
for _mode in ("full", "same", "valid"):
    case(lambda x, y, m=_mode: signal.fftconvolve(x, y, m, axes=1), R(2, 6), R(1, 3))
    case(lambda x, y, m=_mode: signal.oaconvolve(x, y, mode=m, axes=[0]), R(6, 2), R(2, 2))
    for _boundary in ("fill", "wrap", "symm"):
        case(lambda x, y, m=_mode, b=_boundary: signal.convolve2d(x, y, m, b), R(4, 5), R(3, 2))
        case(lambda x, y, m=_mode, b=_boundary: signal.correlate2d(x, y, mode=m, boundary=b), R(4, 5), R(2, 3))
case(lambda x, y, v: signal.convolve2d(x, y, "same", fillvalue=v[0]), R(4, 5), R(3, 2), R(1))
case(lambda x, c: signal.savgol_filter(x, 5, 2, 1, 0.5, mode="constant", cval=c[0]), R(9), R(1))
case(lambda x: signal.savgol_filter(x, 5, 2, axis=0, mode="mirror"), R(9, 2))
case(lambda x: signal.resample(x, 6, window="hann", axis=1), R(2, 9))
case(lambda x: signal.resample_poly(x, 3, 2, padtype="line"), R(9))
case(lambda x: signal.decimate(x, 2, ftype="fir", zero_phase=False), R(40))
case(lambda x: signal.czt(x, 6), R(5))
case(lambda x: signal.zoom_fft(x, [0.1, 0.5], 4), R(6))
case(lambda x: signal.periodogram(x, 2.0, "hann", detrend="linear", scaling="spectrum")[1], R(9))
case(lambda x: signal.periodogram(x, nfft=12, detrend=False, axis=0)[1], R(9, 2))
case(lambda x: signal.periodogram(x, nfft=6, return_onesided=False)[1], R(9))
case(lambda x: signal.wiener(x, 3), R(4, 5))
case(lambda x, n: signal.wiener(x, (3, 5), n[0]), R(4, 5), np.array([0.2]))
case(lambda x: signal.medfilt(x, (1, 3)), R(4, 5))
case(lambda x: signal.medfilt2d(x, 3), R(4, 5))
case(lambda h, x: signal.upfirdn(h, x, 2, 3, axis=0), R(3), R(5, 2))

for _mode in ("reflect", "constant", "nearest", "mirror", "wrap"):
    case(lambda x, m=_mode: ndimage.maximum_filter(x, (2, 3), mode=m, origin=(0, 1), cval=0.2), IMAGE)
    case(lambda x, m=_mode: ndimage.minimum_filter(x, footprint=CROSS, mode=m), IMAGE)
    case(lambda x, m=_mode: ndimage.percentile_filter(x, 30, 3, mode=m), IMAGE)
    case(lambda x, m=_mode: ndimage.rank_filter(x, -2, (3, 2), mode=m), IMAGE)
    case(lambda x, m=_mode: ndimage.maximum_filter1d(x, 3, axis=0, mode=m), IMAGE)
    case(lambda x, m=_mode: ndimage.minimum_filter1d(x, 2, mode=m, origin=-1), IMAGE)
    case(lambda x, s, m=_mode: ndimage.grey_dilation(x, structure=s, mode=m, origin=(0, 1)), IMAGE, R(2, 3))
    case(lambda x, s, m=_mode: ndimage.grey_erosion(x, footprint=CROSS, structure=s, mode=m), IMAGE, R(3, 3))
case(lambda x: ndimage.median_filter(x, 3, axes=(1,)), IMAGE)
case(lambda x: ndimage.median_filter(x, (1, 3, 3)), R(2, 4, 3))
case(lambda x: ndimage.gaussian_filter(x, (1.0, 0.5), axes=(1, 0), mode="wrap", radius=2), IMAGE)
case(lambda x: ndimage.uniform_filter(x, 3, axes=0, mode="constant"), IMAGE)
case(lambda x: ndimage.gaussian_gradient_magnitude(x, 1.0, truncate=2.0), R(3, 4, 3))
case(lambda x: ndimage.sum_labels(x, REGIONS, [1, 2]), IMAGE)
case(lambda x: ndimage.sum(x, REGIONS), IMAGE)
case(lambda x: ndimage.mean(x, REGIONS, 2), IMAGE)
case(lambda x: ndimage.variance(x, REGIONS, [1, 2]), IMAGE)
case(lambda x: ndimage.standard_deviation(x), IMAGE)
case(lambda x: ndimage.maximum(x, REGIONS, [2, 1]), IMAGE)
case(lambda x: ndimage.minimum(x, REGIONS), IMAGE)
case(lambda x: np.array(ndimage.center_of_mass(x, REGIONS, [1, 2])), P(5, 4))
case(lambda x: ndimage.fourier_gaussian(np.fft.fft2(x), 1.0), IMAGE)
case(lambda x: ndimage.fourier_uniform(np.fft.fft2(x), 2), IMAGE)
case(lambda x: ndimage.fourier_shift(np.fft.fft2(x), 0.3), IMAGE)

case(lambda x: ndimage.spline_filter1d(x, 2, 0, mode="reflect"), IMAGE)
case(lambda x: ndimage.spline_filter(x, 4), IMAGE)
for _mode in ("constant", "nearest", "mirror", "reflect", "wrap", "grid-wrap", "grid-constant"):
    for _order in (1, 2, 3, 5):
        case(lambda x, t, m=_mode, o=_order: ndimage.map_coordinates(x, t, order=o, mode=m), IMAGE, OUT)
    case(lambda x, s, m=_mode: ndimage.shift(x, s, mode=m, cval=0.3), IMAGE, R(2))
    case(lambda x, m=_mode: ndimage.zoom(x, (1.5, 0.7), mode=m), IMAGE)
    case(lambda x, m=_mode: ndimage.zoom(x, 1.5, order=1, mode=m, grid_mode=True, prefilter=False), IMAGE)
    case(lambda x, a, m=_mode: ndimage.rotate(x, 40.0 * a[0], mode=m), IMAGE, P(1))
    case(
        lambda x, a, b, m=_mode: ndimage.affine_transform(x, a, b, mode=m, order=2), IMAGE,
        np.array([[1.1, 0.137], [-0.22, 0.9]]), np.array([0.31, 0.27]),
    )  # fmt: skip
case(lambda x, a: ndimage.affine_transform(x, a, output_shape=(3, 3)), IMAGE, np.array([1.13, 0.81]))
case(
    lambda x, a: ndimage.affine_transform(x, np.concatenate((a, np.array([[0.0, 0.0, 1.0]])))), IMAGE,
    np.array([[1.1, 0.137, 0.31], [-0.22, 0.9, 0.27]]),
)  # fmt: skip
case(lambda x, a: ndimage.rotate(x, 30.0 * a[0], axes=(0, 2), reshape=False, order=1), R(3, 2, 4), P(1))
