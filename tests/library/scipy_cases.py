"""Calls of SciPy's functions and classes that have definitions."""

from __future__ import annotations

import numpy as np
from scipy import integrate, interpolate, linalg, ndimage, optimize, signal, stats

from tests.library.cases import case
from tests.rules.structural.samples import C, P, R, S

X = np.array([0.0, 0.7, 1.5, 2.0, 3.1])
AT = np.array([0.2, 1.1, 2.9])
GRID = (np.array([0.0, 1.0, 2.5]), np.array([0.0, 0.5, 2.0]))
PLACES = np.array([[0.3, 0.2], [1.2, 1.1], [2.2, 1.9]])
SOS, BA = signal.butter(3, 0.3, output="sos"), signal.butter(2, 0.3)
LABELS = np.array([0, 1, 1, 2, 2, 0, 1, 2, 0])

case(lambda x, y, t: interpolate.CubicSpline(x, y)(t), X, R(5), AT)
case(lambda x, y, t: interpolate.CubicSpline(x, y, bc_type="natural")(t, 1), X, R(5), AT)
case(lambda x, y, t: interpolate.CubicSpline(x, y, bc_type="clamped")(t), X, R(5), AT)
case(lambda y, t: interpolate.CubicSpline(X[:3], y)(t, 2), R(3), AT)
case(lambda y, t: interpolate.CubicSpline(X, y)(t), R(5, 2), AT)
case(lambda x, y, t: interpolate.PchipInterpolator(x, y)(t), X, R(5), AT)
case(lambda y, d, t: interpolate.CubicHermiteSpline(X, y, d)(t), R(5), R(5), AT)
case(lambda x, y, t: interpolate.Akima1DInterpolator(x, y)(t), X, R(5), AT)
case(lambda y, t: interpolate.Akima1DInterpolator(X, y)(t, 1), R(5, 2), AT)
case(lambda x, y, t: interpolate.CubicSpline(x, y).derivative()(t), X, R(5), AT)
case(lambda y, t: interpolate.PchipInterpolator(X, y).derivative(2)(t), R(5), AT)
case(lambda x, y, t: interpolate.CubicSpline(x, y).integrate(t[0], t[2]), X, R(5), AT)
case(lambda y, t: interpolate.Akima1DInterpolator(X, y).integrate(0.1, t[1]), R(5), AT)
case(lambda x, y, t: interpolate.make_interp_spline(x, y, k=2)(t), X, R(5), AT + 0.013)
case(lambda x, y, t: interpolate.splev(t, interpolate.splrep(x, y)), X, R(5), AT)
case(lambda y, t: interpolate.splev(t, interpolate.splrep(X, y, k=2), der=1), R(5), AT + 0.05)
case(lambda y, t: interpolate.InterpolatedUnivariateSpline(X, y)(t), R(5), AT)
case(lambda y, t: interpolate.UnivariateSpline(X, y, s=0, k=4)(t, 1), R(5), AT)
case(lambda z, s, t: interpolate.RectBivariateSpline(X, X[:4], z, kx=1, ky=2).ev(s, t), R(5, 4), AT, AT + 0.1)
case(lambda y, t: interpolate.interp1d(X, y, kind="nearest")(t), R(5), AT + 0.05)
case(
    lambda y, t: interpolate.interp1d(X, y, kind="previous", bounds_error=False, fill_value=(0.5, -0.5))(t),
    R(5),
    AT + 0.95,
)
case(lambda y, t: interpolate.interp1d(X, y, kind="next")(t), R(5), AT)
case(lambda y, t: interpolate.interp1d(X, y, kind="quadratic")(t), R(5), AT)
case(lambda y, t: interpolate.interp1d(X, y, kind="slinear")(t), R(5), AT)
case(lambda x, y, t: interpolate.interp1d(x, y, kind="cubic", fill_value="extrapolate")(t), X, R(5), AT + 0.95)
case(lambda y, t: interpolate.interp1d(X, y)(t), R(5), AT)
case(lambda y, t: interpolate.interp1d(X, y, bounds_error=False, fill_value=0.5)(t), R(5), AT + 0.95)
case(lambda y, t: interpolate.interp1d(X, y, fill_value="extrapolate")(t), R(5), AT + 0.95)
case(lambda v, p: interpolate.RegularGridInterpolator(GRID, v)(p), R(3, 3), PLACES)
case(lambda v, u, w: interpolate.RegularGridInterpolator(GRID, v)([u, w]), R(3, 3), 0.3, 0.2)
case(
    lambda v, p: interpolate.RegularGridInterpolator(GRID, v, bounds_error=False, fill_value=None)(p),
    R(3, 3),
    PLACES + 1,
)
case(lambda v, p: interpolate.interpn(GRID, v, p), R(3, 3), PLACES)

case(lambda p: stats.entropy(p), P(4))
case(lambda p, q: stats.entropy(p, q, base=2), P(4), P(4))
case(lambda x: stats.moment(x, 3), R(5, 4))
case(lambda x: stats.skew(x, axis=1, bias=False), R(5, 4))
case(lambda x: stats.kurtosis(x, bias=False), R(5, 4))
case(lambda x: stats.iqr(x, axis=0), R(5, 4))
case(lambda x: stats.trim_mean(x, 0.2), R(9))
case(lambda x: stats.gmean(x), P(4))
case(lambda x: stats.hmean(x), P(4))
case(lambda x: stats.zscore(x, axis=1, ddof=1), R(5, 4))

case(lambda x: ndimage.maximum_filter(x, 3), R(5, 4))
case(lambda x: ndimage.minimum_filter(x, size=3, mode="wrap"), R(9))
case(lambda x: ndimage.median_filter(x, 3, mode="nearest"), R(5, 4))
case(lambda x: ndimage.grey_dilation(x, 3, mode="constant", cval=0.3), R(5, 4))
case(lambda x: ndimage.grey_erosion(x, 3, mode="mirror"), R(9))
case(lambda x: ndimage.gaussian_gradient_magnitude(x, 1.0), R(5, 4))
case(lambda x: ndimage.center_of_mass(x), P(5, 4))
case(lambda x: ndimage.sum_labels(x, LABELS, np.array([1, 2])), R(9))
case(
    lambda x, t: ndimage.map_coordinates(x, t, order=1),
    R(5, 4),
    np.array([[0.3, 2.2, 3.9, 5.0], [0.1, 1.7, 2.2, 1.0]]) + 0.01,
)
case(
    lambda x, t: ndimage.map_coordinates(x, t, order=1, mode="nearest"),
    R(5, 4),
    np.array([[0.3, 2.2, 5.1], [0.1, 1.7, 1.1]]),
)

case(lambda a, b: linalg.lstsq(a, b)[0], R(5, 3), R(5))
case(lambda a: linalg.pinvh(a @ a.T), S(4, 4))
case(lambda a: linalg.polar(a)[1], S(4, 4))
case(lambda a: linalg.polar(a, side="left")[0], S(4, 4))
case(lambda a: linalg.eigvals(a), S(3, 3))
COLUMN = np.array([4.0, 1.0, 0.5, 0.2])
case(lambda c, b: linalg.solve_toeplitz(c, b), COLUMN, R(4))
case(lambda c, r, b: linalg.solve_toeplitz((c, r), b), COLUMN, np.array([4.0, 0.3, 0.1, 0.2]), R(4))
case(lambda c, x: linalg.matmul_toeplitz(c, x), COLUMN, R(4))
case(lambda c, b: linalg.solve_circulant(c, b), COLUMN, R(4))
case(lambda d, e: linalg.eigvalsh_tridiagonal(d, e), COLUMN, R(3))

case(lambda x: optimize.rosen(x), R(5))
case(lambda a, b, k: integrate.fixed_quad(lambda x: np.sin(k * x), a, b, n=4)[0], P(), P() + 1, P())
case(lambda y, d: integrate.romb(y, d), R(9), P())

case(lambda x: signal.savgol_filter(x, 5, 2), R(9))
case(lambda x: signal.sosfilt(SOS, x), R(9))
case(lambda x: signal.sosfiltfilt(SOS, x), R(30))
case(lambda x: signal.filtfilt(*BA, x), R(20))
case(lambda x: signal.resample(x, 6), R(9))
case(lambda x: signal.resample_poly(x, 3, 2), R(9))
case(lambda x: signal.decimate(x, 2), R(40))
case(lambda x: signal.periodogram(x, 2.0)[1], R(9))
case(lambda x: signal.medfilt(x, 3), R(9))

SIGNAL = 0.1 * np.arange(24.0) ** 1.5
for _options in (
    {"nperseg": 8}, {"nperseg": 8, "noverlap": 2, "detrend": False}, {"nperseg": 9, "nfft": 16, "detrend": "linear", "scaling": "spectrum"},
    {"nperseg": 8, "return_onesided": False, "average": "median"}, {"window": np.arange(1.0, 7.0)}, {"nperseg": 1, "noverlap": 0, "detrend": False},
):  # fmt: skip
    case(lambda x, o=_options: signal.welch(x, 2.0, **o)[1], R(24))
    case(lambda x, y, o=_options: signal.csd(x, y, 2.0, **o)[1], R(24), R(24))
case(lambda x: signal.welch(x, nperseg=4, axis=0)[1], R(12, 2))
case(lambda x, y: signal.csd(x, y, nperseg=4, return_onesided=False)[1], C(12), R(12))
case(lambda x: signal.stft(x, 2.0, nperseg=4)[2], R(2, 10))
case(lambda x: signal.stft(x, 2.0, nperseg=5, axis=0, detrend="constant", scaling="psd")[2], R(10, 2))
case(lambda x: signal.stft(x, nperseg=4, nfft=6, boundary=None, padded=False, return_onesided=False)[2], R(10))
case(lambda z: signal.istft(z, 2.0)[1], C(5, 4))
case(
    lambda z: signal.istft(z, nperseg=4, noverlap=3, nfft=5, input_onesided=False, boundary=False, scaling="psd")[1],
    C(5, 6),
)
case(lambda z: signal.istft(z, nperseg=9)[1], C(2, 5, 4))
case(lambda a: linalg.fiedler_companion(a), P(7))
case(lambda a: linalg.fiedler_companion(a), C(4))
case(lambda d, p: stats.gaussian_kde(d)(p), R(9), R(4))
case(lambda d, p, w: stats.gaussian_kde(d, weights=w).logpdf(p), R(2, 9), R(2, 4), P(9))
case(lambda d, p, b: stats.gaussian_kde(d, b).evaluate(p), R(9), R(4), P())
case(lambda d, p: stats.gaussian_kde(d, "silverman").pdf(p), R(2, 9), R(2))

case(lambda x, y: np.stack(stats.linregress(x, y)), np.arange(7.0) + R(7), R(7))
case(lambda x, y: stats.linregress(x, y).slope * stats.pearsonr(x, y).statistic, R(7), R(7))
case(lambda x, y: stats.pearsonr(x, y).pvalue, R(7), R(7))
case(lambda u, v: stats.wasserstein_distance(u, v), R(5), R(7))
case(lambda y, d: integrate.cumulative_simpson(y, dx=d), R(6), P())
case(lambda y: integrate.cumulative_simpson(y, x=X, axis=0), R(5, 2))
case(lambda d, e: linalg.eigh_tridiagonal(d, e)[1], COLUMN, R(3))
case(lambda a: np.abs(linalg.eig(a)[1]), S(3, 3))
case(lambda a, b: linalg.orthogonal_procrustes(a, b)[0], R(3, 3), R(3, 3))
WEIGHTS, GAINS = np.diag([2.0, 3.0, 2.5]), np.diag([1.5, 1.0])
for _solve in (linalg.solve_continuous_are, linalg.solve_discrete_are):
    case(lambda a, b, q, f=_solve: f(a, b, WEIGHTS + q @ q.T, GAINS), 0.5 * R(3, 3), R(3, 2), R(3, 3))
case(lambda a, b, r: linalg.solve_continuous_are(a, b, WEIGHTS, GAINS + r @ r.T), 0.5 * R(3, 3), R(3, 2), R(2, 2))
case(lambda a, b, r: linalg.solve_discrete_are(a, b, WEIGHTS, GAINS + r @ r.T), 0.5 * R(3, 3), R(3, 2), R(2, 2))
BANDS = np.array([[4.0, 5.0, 6.0, 5.0], [1.0, 0.5, 0.3, 0.0]])
case(lambda b: linalg.cholesky_banded(b, lower=True), BANDS)
case(lambda b: linalg.cholesky_banded(b), BANDS[::-1, ::-1])
case(lambda c, b: linalg.cho_solve_banded((c, True), b), BANDS, R(4))
case(lambda c, b: linalg.cho_solve_banded((linalg.cholesky_banded(c), False), b), BANDS[::-1, ::-1], R(4))
case(lambda b, a: np.abs(signal.freqz(b, a, worN=8)[1]), P(3), P(3))
case(lambda y, d: signal.deconvolve(y, d)[0], R(6), P(3))
case(lambda y, d: signal.deconvolve(y, d)[1], R(6), P(3))
case(lambda h, x: signal.upfirdn(h, x, 2, 3), R(3), R(5))
case(lambda x, y: signal.coherence(x, y, nperseg=8)[1], SIGNAL + R(24), R(24))
