"""A parameter that a loop binds again has more than one shape, although there is one assignment to it."""

import numpy as np

import adjoint_compiler as ac


def shortened(v, n):
    v[:-1] += np.sin(v[1:])
    for _ in range(n):
        v = v[1:]
        v[::2] = np.cos(v[1::2])
    return np.sum(v**2)


def shortened_value(v, n):
    s = 0.0 * v[0]
    for _ in range(n):
        s = s + (v * v[:1]).sum()
        v = v[:1] * v[1:]
    return s + (v * v).sum()


def differences(f, v, n):
    steps = np.eye(len(v)) * 1e-6
    return np.array([f(v + h, n) - f(v - h, n) for h in steps]) / 2e-6


def test_called_directly():
    v = np.array([0.3, 0.5, 0.7, 0.9])
    for f, n in ((shortened, 1), (shortened_value, 2), (shortened_value, 0)):
        for optimize in (None, 0):
            np.testing.assert_allclose(ac.grad(f, optimize=optimize)(v, n), differences(f, v, n), rtol=1e-6, atol=1e-8)
