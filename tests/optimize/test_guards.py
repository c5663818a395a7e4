"""Guards of singular partials: they may give back what they look at, and two of one adjoint look once."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check

X = np.linspace(0.2, 1.1, 5)


def scaled_before_the_quotient(s: float, x: np.ndarray) -> float:
    z = 1 + x * x
    v = z * x
    u = np.sin(x)
    p = s * u
    a = p / z
    y = a * v
    return (y * y).sum()


def two_quotients(s: float, x: np.ndarray) -> float:
    z = np.cosh(x)
    for k in range(2):
        y = s * np.sin(x) / z + np.log(z / x) / (s + z)
        z = z + y * y / (1.0 + z)
    return (z * z).sum()


def in_a_loop(s: float, x: np.ndarray) -> float:
    y = x.copy()
    for k in range(3):
        p = s * np.sin(y)
        y[1:] = p[:-1] / y[1:] + y[:-1] / (p[1:] + k + 2)
    return (y * y).sum()


@pytest.mark.parametrize("f", [scaled_before_the_quotient, two_quotients, in_a_loop])
def test_what_a_guard_gives_back_is_not_overwritten_while_it_is_read(f) -> None:
    check(f, 1.3, X)


def test_one_look_for_the_two_adjoints_of_a_quotient() -> None:
    source = ac.grad(two_quotients, wrt=(0, 1)).specialize(1.3, X).source
    assert "guarded_as(" in source
    plain = ac.grad(two_quotients, wrt=(0, 1), optimize="-share_guards")
    assert "guarded_as(" not in plain.specialize(1.3, X).source
    for one, other in zip(ac.grad(two_quotients, wrt=(0, 1))(1.3, X), plain(1.3, X), strict=True):
        np.testing.assert_array_equal(one, other)


def quotient(x: np.ndarray, z: np.ndarray, w: np.ndarray) -> float:
    total = 0.0
    for k in range(2):
        r = np.sqrt(x * x)
        q = r / z
        total = total + (np.where(z > 0, w, 0.0) * q).sum()
    return total


@pytest.mark.parametrize("optimize", [None, 0, "-share_guards"])
def test_what_must_be_stopped_is_stopped_in_both(optimize) -> None:
    x, z, w = np.array([1.0, 2.0, 0.0]), np.array([2.0, 0.0, 4.0]), np.array([1.0, 1.0, 0.0])
    with np.errstate(all="ignore"):
        gradient = ac.grad(quotient, wrt=(0, 1), optimize=optimize)
        x_bar, z_bar = gradient(x, z, w)
    assert ("guarded_as(" in gradient.specialize(x, z, w).source) == (optimize is None)
    np.testing.assert_array_equal(x_bar, [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(z_bar, [-0.5, 0.0, 0.0])


def test_higher_orders_go_through_shared_guards() -> None:
    g = ac.grad(two_quotients, wrt=1)
    v = np.cos(X)
    h = 1e-5
    expected = (g(1.3, X + h * v) - g(1.3, X - h * v)) / (2 * h)
    np.testing.assert_allclose(ac.hvp(two_quotients, wrt=1)(1.3, v, X), expected, rtol=1e-7)
    second = ac.grad(lambda s, x: (ac.grad(two_quotients, wrt=1)(s, x) * v).sum(), wrt=1)
    np.testing.assert_allclose(second(1.3, X), expected, rtol=1e-7)


def log_of_a_product(s: float, x: np.ndarray) -> float:
    return (np.log(s * x) * np.sin(x)).sum()


@pytest.mark.parametrize("f", [log_of_a_product, scaled_before_the_quotient, two_quotients, in_a_loop])
def test_second_derivatives_read_what_a_guard_gave_back(f) -> None:
    """By x alone: then nothing needs, and so nothing restores, what the gradient's code might have overwritten."""
    inner, v, h = ac.grad(f, wrt=(0, 1)), np.cos(X), 1e-5

    def along(x: np.ndarray) -> float:
        return (inner(1.3, x)[1] * v).sum()

    expected = [(along(X + h * e) - along(X - h * e)) / (2 * h) for e in np.eye(len(X))]
    np.testing.assert_allclose(ac.grad(along)(X), expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(ac.jvp(along, (X,), (v,))[1], np.dot(expected, v), rtol=1e-6)
