"""Rules of scipy.signal, scipy.ndimage and scipy.fft, by cases."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy import fft, ndimage, signal  # noqa: E402

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler import rules  # noqa: E402
from adjoint_compiler.rules import TABLE, lookup  # noqa: E402
from tests.rules.scipy_cases import check_case  # noqa: E402
from tests.rules.structural.samples import C, R  # noqa: E402

rules.optional.load_used()
CASES = []


def case(function, *args, **kwargs):
    CASES.append(pytest.param(function, args, kwargs, id=f"{function.__name__}-{len(CASES)}"))


for f in (signal.convolve, signal.correlate, signal.fftconvolve, signal.oaconvolve):
    for mode in ("full", "same", "valid"):
        case(f, R(7), R(4), mode)
        case(f, R(4), R(6), mode)
        case(f, R(4, 5), R(2, 3), mode)
    case(f, C(5), C(3))
for f in (signal.convolve2d, signal.correlate2d):
    for mode in ("full", "same", "valid"):
        case(f, R(4, 5), R(2, 3), mode)
case(signal.lfilter, R(3), np.array([1.3, 0.2, -0.3]), R(6))
case(signal.lfilter, R(3), np.array([1.3, 0.2]), R(2, 6))
case(signal.lfilter, R(2), np.array([1.3, 0.2, 0.1, 0.1]), R(6, 2), axis=0)
case(signal.lfilter, [0.5, 0.4], [1.0, -0.3], R(5))
case(signal.detrend, R(3, 5))
case(signal.detrend, R(5, 2), axis=0, type="constant")
case(signal.hilbert, R(6))
case(signal.hilbert, R(5, 3), axis=0)

MODES = ("reflect", "constant", "nearest", "mirror", "wrap", "grid-wrap", "grid-mirror", "grid-constant")
for mode in MODES:
    for f in (ndimage.correlate, ndimage.convolve):
        case(f, R(6), R(3), mode=mode)
        case(f, R(5, 4), R(3, 2), mode=mode, cval=0.7)
        case(f, R(5, 4), R(2, 3), mode=mode, origin=(-1, 1))
        case(f, R(2), R(5), mode=mode)
    for f in (ndimage.correlate1d, ndimage.convolve1d):
        case(f, R(6), R(4), mode=mode, origin=1)
        case(f, R(5, 4), R(3), axis=0, mode=mode)
    if mode.startswith("grid"):
        continue
    case(ndimage.gaussian_filter, R(5, 6), 0.7, mode=mode)
    case(ndimage.gaussian_filter, R(5, 6), (0.7, 1.2), order=(0, 1), mode=mode)
    case(ndimage.gaussian_filter1d, R(5, 6), 0.8, 0, 1, mode=mode)
    case(ndimage.uniform_filter, R(5, 6), 3, mode=mode)
    case(ndimage.uniform_filter, R(5, 6), (2, 3), mode=mode, origin=(0, 1))
    case(ndimage.uniform_filter1d, R(5, 6), 3, 0, mode=mode)
    case(ndimage.sobel, R(5, 6), 0, mode=mode)
    case(ndimage.prewitt, R(5, 6), mode=mode)
    case(ndimage.laplace, R(5, 6), mode=mode)
    case(ndimage.gaussian_laplace, R(5, 6), 0.7, mode=mode)
for name in ("dct", "idct", "dst", "idst"):
    for kind in (1, 2, 3, 4):
        for norm in (None, "ortho", "forward"):
            case(getattr(fft, name), R(3, 5), kind, norm=norm)
        case(getattr(fft, name), R(4, 3), kind, axis=0)
        case(getattr(fft, name + "n"), R(4, 3), kind)
    case(getattr(fft, name + "n"), R(4, 3), axes=(1,), norm="ortho")


@pytest.mark.parametrize(("function", "args", "kwargs"), CASES)
def test_pullbacks(function, args, kwargs):
    check_case(function, args, kwargs)


def test_every_rule_is_a_case():
    covered = {lookup(p.values[0]).name for p in CASES}
    stated = {
        k
        for k, r in TABLE.by_key.items()
        if k.startswith(("scipy.signal.", "scipy.ndimage.", "scipy.fft.d", "scipy.fft.id"))
        and not all(e.startswith("not_differentiated") for e in r.pullbacks.values())
    }
    assert stated <= covered


def test_programs():
    def f(image, kernel, x):
        smooth = ndimage.gaussian_filter(ndimage.convolve(image, kernel), sigma=1.0)
        y = signal.lfilter([0.2, x[0]], [1.0, -0.3 * x[1]], x)
        return (smooth**2).sum() + (signal.fftconvolve(x, y, mode="same") ** 2).sum() + fft.dct(x)[1]

    ac.testing.check_grads(f, (R(5, 6), R(3, 3), R(7)), order=2, modes=("reverse",))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: ndimage.gaussian_filter(x, x[0]).sum(),
        lambda x: signal.savgol_filter(x, 5, 2, delta=x[0]).sum(),
        lambda x: fft.dct(x, n=3).sum(),
        lambda x: signal.czt(x, 4, x[0]).real.sum(),
    ],
)
def test_what_has_no_formula_is_refused(f):
    with pytest.raises(ac.DifferentiationError) as fault:
        ac.grad(f)(R(5))
    assert {d.code for d in fault.value.diagnostics} == {"AC009"}
