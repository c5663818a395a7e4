"""Loops of ``prange``: the same gradients whatever the number of threads, where adjoints of trips would meet, too."""

import numpy as np
import pytest

import adjoint_compiler as ac

numba = pytest.importorskip("numba")
prange = numba.prange


def neighbours(x, n: int):
    y = np.zeros(n)
    for i in prange(1, n - 1):
        t = x[i - 1] * x[i + 1]
        for _ in range(3):
            t = t * t + 0.1 * x[i]
        y[i] = t
    total = 0.0
    for i in prange(n):
        total += y[i] * y[n - 1 - i] * x[i]
    return total


def in_place(x, n: int):
    for i in numba.prange(n // 2):
        x[2 * i] = x[2 * i] * x[2 * i + 1]
    return (x * x).sum()


def one_for_all(x, n: int):
    y = np.empty(n)
    for i in prange(n):
        y[i] = x[0] * x[i] if x[i] > 0.7 else x[1]
    return y.sum()


@pytest.mark.parametrize("f", [neighbours, in_place, one_for_all])
def test_same_for_any_number_of_threads(f):
    x = np.linspace(0.5, 1.1, 400)
    expected = ac.grad(f)(x, 400)  # under NumPy `prange` is `range`
    compiled = ac.grad(numba.njit(parallel=True)(f))
    for threads in {1, min(2, numba.config.NUMBA_NUM_THREADS)}:
        numba.set_num_threads(threads)
        np.testing.assert_allclose(compiled(x, 400), expected, rtol=1e-11)
