"""An array that is computed from itself, and one that is rebound after its old elements were read: loops read the old one."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import ALL

pytest.importorskip("numba")


def from_itself(x):
    y = x
    for j in range(3):
        y = y * x[j] + 0.1
    return (y * y).sum()


def from_its_reverse(x):
    y = x * 1.0
    rounds = 0
    while np.sum(y * y) > 0.5:
        y = y * 0.6 + 0.05 * y[::-1]
        rounds += 1
    return (y * y).sum() * rounds


def read_before_it_is_rebound(x):
    y = np.sin(x)
    z = np.zeros(len(x))
    for j in range(3):
        z = y * 2.0 + z * 0.5
        y = x * (0.3 + j)
        w = y * z
        z = w + y
    return (y * z).sum()


def two_axes(x):
    y = x.copy()
    for k in range(2):
        y = y * x + y[:, :1] * 0.5
    return y.sum()


@pytest.mark.parametrize("f", [from_itself, from_its_reverse, read_before_it_is_rebound] + [two_axes] * ALL)
def test_rebound(f):
    x = np.linspace(0.5, 1.5, 6)
    x = x.reshape(2, 3) if f is two_axes else x
    np.testing.assert_allclose(ac.grad(f, backend="numba")(x), ac.grad(f)(x), rtol=1e-12)
    y, pullback = ac.vjp(f, x, backend="numba")
    np.testing.assert_allclose(y, f(x), rtol=1e-13)
    np.testing.assert_allclose(pullback(1.0)[0], ac.grad(f)(x), rtol=1e-12)
