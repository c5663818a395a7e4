"""The guard of singular partials takes complex numbers of Python's own."""

import numpy as np
import pytest

import adjoint_compiler as ac


def f(z):
    return abs(z) ** 3 + (z * z / abs(z)).imag


@pytest.mark.parametrize("kind", [complex, np.complex128, np.array])
@pytest.mark.parametrize("optimize", [None, 0])
def test_gradient(kind, optimize):
    z = 1 + 2j
    expected = sum(u * (f(z + 1e-6 * u) - f(z - 1e-6 * u)) / 2e-6 for u in (1, 1j))
    np.testing.assert_allclose(ac.grad(f, optimize=optimize)(kind(z)), expected, rtol=1e-7)
