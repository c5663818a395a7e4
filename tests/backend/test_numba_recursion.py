"""Functions that call themselves, under Numba: their tapes are numbers of calls, and what was recorded is in lists."""

import numpy as np
import pytest

import adjoint_compiler as ac
from benchmarks.gradbench.det import det
from tests.sampling import slow

numba = pytest.importorskip("numba")

X = np.array([0.4, -1.2, 0.7, 2.0, 0.1, 1.3])


@numba.njit
def power(x, n):
    if n == 0:
        return 1.0
    if n % 2 == 1:
        return x * power(x, n - 1)
    half = power(x, n // 2)
    return half * half


@numba.njit
def smooth(x, weights):
    n = len(x)
    if n > 1:
        x[1:] = x[1:] * x[:-1] + weights[n - 1]
        for k in range(2):
            t = x[0]
            while t < 3.0:  # records numbers, and trips
                t = t * 1.7 + x[0] * t
            x[0] += 0.01 * t
            smooth(x[: n // 2], weights)
        smooth(x[n // 2 :], weights)


@numba.njit
def smoothed(x, weights):
    y = np.abs(x) + 0.5
    smooth(y, weights)
    return y


@numba.njit
def energy(x, weights):
    y = smoothed(x, weights)
    return (y * y).sum()


def test_a_power():
    assert ac.value_and_grad(power)(1.3, 13) == pytest.approx((1.3**13, 13 * 1.3**12))


@slow
def test_a_function_that_stores_and_calls_itself_in_a_loop():
    weights = np.linspace(0.1, 0.2, 6)
    found = ac.grad(energy, wrt=(0, 1))(X, weights)
    expected = ac.grad(energy.py_func, wrt=(0, 1))(X, weights)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11)
    strided = ac.grad(energy, wrt=(0, 1))(np.repeat(X, 2)[::2], np.asfortranarray(weights))
    np.testing.assert_allclose(strided[0], expected[0], rtol=1e-11)


def test_a_pullback_is_called_twice():
    weights = np.linspace(0.1, 0.2, 6)
    y, pullback = ac.vjp(smoothed, X, weights)
    z, expected = ac.vjp(smoothed.py_func, X, weights)
    np.testing.assert_allclose(y, z, rtol=1e-13)
    for seed in (np.ones(6), np.arange(6.0), np.ones(6)):
        for a, b in zip(pullback(seed), expected(seed), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-11)


def even(x, n):
    return x if n == 0 else x * odd(x * 0.9, n - 1)


def odd(x, n):
    return 0.5 * x * x if n == 0 else np.sin(x) + even(x, n - 1)


def test_functions_that_call_each_other():
    for n in (0, 1, 6):
        assert ac.grad(even, backend="numba")(1.2, n) == pytest.approx(ac.grad(even)(1.2, n), rel=1e-12)
    found = ac.jvp(even, (1.2, 5), (2.0, None), backend="numba")
    assert found == pytest.approx(ac.jvp(even, (1.2, 5), (2.0, None)), rel=1e-12)


def test_integers_that_calls_of_themselves_change_and_record():
    a = np.random.default_rng(0).standard_normal((4, 4))
    expected = np.linalg.det(a) * np.linalg.inv(a).T
    np.testing.assert_allclose(ac.grad(det, backend="numba")(a), expected, rtol=1e-10)
