"""The sign of a real number has no derivative: third derivatives of `np.copysign` took it for complex, whose sign turns."""

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([1.1, -0.7])


def copied_sign(x):
    return np.sum(np.copysign(x, -x) * np.float_power(x * x, x))


@pytest.mark.parametrize(
    "f", [copied_sign, lambda x: np.sum(np.sign(x) * x**2 + np.abs(x) ** 3), lambda x: np.sum(np.angle(x) * x)]
)
def test_real_numbers(f):
    ac.testing.check_grads(f, (X,), order=3)
    assert "sign_pullback" not in ac.grad(ac.grad(lambda x: f(x * X))).specialize(1.0).source


def test_complex_numbers():
    ac.testing.check_grads(lambda x: np.sum(np.real(np.sign(x + 1j)) ** 2 * x), (X,), order=3)
    ac.testing.check_grads(lambda z: np.sum(np.real(np.sign(z)) * np.angle(z)), (X + 1j,), order=2)
