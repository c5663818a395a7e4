"""Derivatives of derivatives."""

import numpy as np
import pytest

import adjoint_compiler as ac

scale = 2.0


def power(x):
    return x**4


def looped(x, n):
    y = x
    for _ in range(n):
        y = np.sin(y) * x
    return y


def test_straight_line_scalars():
    assert ac.grad(ac.grad(power))(2.0) == 48.0
    assert ac.grad(ac.grad(ac.grad(power)))(2.0) == 48.0
    assert ac.vjp(ac.grad(power), 2.0)[0] == 32.0
    assert ac.vjp(ac.grad(power), 2.0)[1](1.0) == (48.0,)
    assert ac.value_and_grad(ac.grad(power))(2.0) == (32.0, 48.0)


def test_loops():
    second = ac.grad(ac.grad(looped))(0.7, 3)
    first = ac.grad(looped)
    h = 1e-5
    assert second == pytest.approx((first(0.7 + h, 3) - first(0.7 - h, 3)) / (2 * h), rel=1e-8)


def test_gradients_of_arrays_have_pullbacks():
    def f(x):
        return np.sum(x**3)

    x = np.array([1.0, 2.0])
    y, pullback = ac.vjp(ac.grad(f), x)
    np.testing.assert_allclose(y, 3 * x**2)
    np.testing.assert_allclose(pullback(np.array([1.0, 10.0]))[0], 6 * x * [1.0, 10.0])


def test_stores():
    def f(x):
        a = x.copy()
        for k in range(1, 3):
            a[k] = a[k - 1] * a[k]
        return a.sum()

    x = np.array([1.5, 2.0, 3.0])
    y, pullback = ac.vjp(ac.grad(f), x)
    bars = np.stack([pullback(e)[0] for e in np.eye(3)])
    expected = np.array([[0.0, 1 + x[2], x[1]], [1 + x[2], 0.0, x[0]], [x[1], x[0], 0.0]])
    np.testing.assert_allclose(bars, expected, atol=1e-12)


def test_globals_stay_live(monkeypatch):
    def f(x):
        return scale * x**3

    g = ac.grad(ac.grad(f))
    assert g(1.0) == 12.0
    monkeypatch.setitem(globals(), "scale", 3.0)
    assert g(1.0) == 18.0


def test_custom_rules():
    @ac.custom_vjp
    def square(x):
        return x * x

    square.defvjp(lambda x: (x * x, x), lambda x, g: (g * 2.0 * x,))
    assert ac.grad(ac.grad(lambda x: square(x) * x))(3.0) == 18.0


def test_several_arguments():
    def f(x, y):
        return x**2 * y**3

    y, pullback = ac.vjp(ac.grad(f, wrt=(0, 1)), 2.0, 3.0)
    assert y == (108.0, 108.0)
    assert pullback((1.0, 0.0)) == (54.0, 108.0)
    assert pullback((0.0, 1.0)) == (108.0, 72.0)
