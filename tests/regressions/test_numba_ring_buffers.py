"""An element that is stored, and read after its index has changed, is another element: the array is no number of one trip."""

import numpy as np
import pytest

import adjoint_compiler as ac

pytest.importorskip("numba")


def ring(x):
    buffer = np.empty(3)
    total, k = 0.0, 0
    for i in range(len(x)):
        buffer[k] = x[i] * x[i]
        k = (k + 1) % 3
        if i > 1:
            total += buffer[k] * x[i]
    return total


def test_ring_buffer():
    x = np.linspace(0.5, 2.0, 5)
    np.testing.assert_allclose(ac.grad(ring, backend="numba")(x), ac.grad(ring)(x), rtol=1e-12)
