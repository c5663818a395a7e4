"""A loop whose trips may run at the same time: they store into places of their own, and their adjoints add to shared ones."""

import numpy as np
import pytest

numba = pytest.importorskip("numba")


def parallel_smoothing(x: "float64[:]", w: "float64[:]"):
    y = np.zeros_like(x)
    for i in numba.prange(1, len(x) - 1):
        s = x[i - 1] + x[i + 1]
        y[i] = np.sin(x[i]) + w[i] * s * s
    return y.sum()


PARALLEL = numba.njit(parallel=True)(parallel_smoothing)
WRT = ("x", "w")


def example():
    return np.array([0.5, 1.5, -0.7, 1.1, 0.8, 1.2]), np.array([0.1, 0.4, 0.2, 0.3, 0.6, 0.5])
