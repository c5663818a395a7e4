"""Functions of SciPy without a derivative, called with constants inside of a function: their results are constants."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scipy import signal, special  # noqa: E402

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler.testing import check_grads  # noqa: E402

V = np.array([0.7, 1.3, -0.4, 2.1])


def filtered(v):
    b, a = signal.butter(3, 0.2, btype="low")
    s = (signal.lfilter(b, a, v) ** 2).sum()
    for k in range(1, 3):
        b, a = signal.butter(k, 0.1 * k)
        s = s + (signal.lfilter(b, a, v * s) ** 2).sum()
    return s + (signal.lfilter(*signal.cheby1(2, 1.0, 0.3), v) ** 2).sum()


def by_sections(v):
    w = signal.windows.hann(4) + signal.get_window("hamming", 4)
    sections = signal.butter(2, [0.1, 0.3], btype="band", output="sos")
    return (signal.sosfilt(sections, w * v) ** 2).sum()


def by_nodes(v):
    x, w = special.roots_legendre(5)
    return (w * np.sin(v[0] * x * v[1])).sum() + (w * np.exp(v[2] * x)).prod()


@pytest.mark.parametrize("f", [filtered, by_sections, by_nodes])
def test_results_are_constants(f):
    check_grads(f, (V,), order=2)
    assert ac.value_and_grad(f)(V)[0] == f(V)


def test_source_is_what_one_writes():
    assert "scipy.signal.butter(3, 0.2, btype='low')" in ac.grad(filtered).specialize(V).source


@pytest.mark.parametrize(
    "f",
    [
        lambda v: signal.firwin(3, v[0]).sum(),
        lambda v: signal.chirp(v, 1.0, 2.0, 3.0).sum(),
        lambda v: signal.windows.gaussian(3, std=v[0]).sum(),
    ],
)
def test_active_arguments_are_refused(f):
    for derivative in (lambda: ac.grad(f)(V), lambda: ac.jvp(f, (V,), (V,))):
        with pytest.raises(ac.DifferentiationError, match="with an active argument"):
            derivative()
