"""`ac.taylor` inside of functions that are differentiated."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.array([0.3, 0.4, 0.5])


def wave(x):
    return np.sin(x) * x**2


def stores(u):
    u[0] = u[1] * u[0]
    return u * u


def along_a_direction(x):
    return ac.taylor(wave, x, 2 * x, 2)


def of_a_number(x):
    return ac.taylor(lambda t: np.exp(t) * x[1], x[0], 1.0, 3)[2]


def along_a_curve(x):
    return ac.taylor(wave, x, [x, x * x], 2)


def along_a_curve_in_an_array(x):
    return ac.taylor(wave, x, np.stack([x, x * x]), 2)


def in_a_loop(x):
    s = 0.0
    for k in range(2):
        c = ac.taylor(lambda t, n: np.exp(t * x[k]) ** n, x[k], x[0], 2, 2)  # noqa: B023
        s = s + c[2] * c[1]
        x = x * c[0]
    return s


def of_what_is_stored_into(x):
    return ac.taylor(stores, x, x, 2) * x


def step_of_a_differential_equation(x):
    a = x[2]
    for _ in range(2):
        c = ac.taylor(lambda u: np.array([u[1], -a * np.sin(u[0])]), x[:2], x[1:], 2)
        x = np.array([x[0] + 0.1 * c[1][0], x[1] + 0.1 * c[2][1], a])
    return x


@pytest.mark.parametrize("f", (along_a_direction, of_a_number, along_a_curve, along_a_curve_in_an_array, in_a_loop, of_what_is_stored_into,
                               step_of_a_differential_equation))  # fmt: skip
def test_derivatives(f):
    check_grads(f, (X,), order=2)


def test_values_are_those_of_taylor_mode():
    _, pullback = ac.vjp(along_a_direction, X)
    assert np.shape(pullback(np.ones((3, 3)))[0]) == (3,)
    np.testing.assert_allclose(ac.vjp(along_a_curve, X)[0], ac.taylor(wave, X, [X, X * X], 2), rtol=1e-12)


@pytest.mark.parametrize(
    "f, message",
    [
        (lambda x: ac.taylor(wave, x, x, len(x)), "written out"),
        (lambda x: ac.taylor(lambda z: (z, z), x, x, 2), "real numbers or arrays"),
        (lambda x: ac.taylor(lambda z: z * np.random.rand(), x, x, 2), "would repeat"),
    ],
)
def test_refused(f, message):
    with pytest.raises(ac.DifferentiationError, match=message):
        ac.vjp(f, X)
