"""`ac.vjp` inside of functions that are differentiated: its pullback is a function like the program's own."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.array([0.3, 0.4, 0.5])


def wave(x, n):
    return np.sin(x) * x**n


def cube(x):
    return x * x * x


def stores(u, v):
    u[0] = u[1] * v[0]
    v[:] = u * v


def given_to(f, x):
    y, pullback = ac.vjp(f, x)
    return y, pullback


def returned_by(f, x):
    return ac.vjp(f, x)


def plain(x):
    y, pullback = ac.vjp(wave, x, 2)
    x_bar, _ = pullback(y)
    return x_bar * x


def in_a_loop(x):
    for _ in range(2):
        _, pullback = ac.vjp(wave, x, 2)
        x = pullback(x)[0] * x
    return x


def a_list_of_them(x):  # reverse mode by hand, of functions that read the program's own x
    pullbacks = []
    for _ in range(3):
        y, pullback = ac.vjp(lambda z: np.sin(z) * x, x)  # noqa: B023
        pullbacks.append(pullback)
        x = x * y
    g = x
    for pullback in reversed(pullbacks):
        (g,) = pullback(g)
    return g


def of_tuples_and_dicts(x):
    _, pullback = ac.vjp(lambda a, b: (a * b, {"s": np.sum(a) ** 2}), x, x[::-1])
    a, b = pullback((x, {"s": x[0]}))
    return a * b


def of_what_is_stored_into(x):
    y, pullback = ac.vjp(stores, x, 2 * x)
    a, b = pullback((x, x * x))
    return y[0] * a + b * y[1] + x


def overwritten_afterwards(x):
    z = x.copy()
    y, pullback = ac.vjp(wave, z, 3)
    z *= 2.0
    y[0] = 5.0 * x[1]
    return pullback(z)[0] * y


def under_a_condition(x):
    if x[0] > 0:
        y, pullback = ac.vjp(lambda t: t**3, x[0])
        s = pullback(x[1])[0]
    else:
        y, pullback = ac.vjp(lambda t: t**2, x[0])
        s = 1.0
    return s * pullback(y)[0]


def by_helpers(x):
    y, first = given_to(np.sin, x)
    z, second = returned_by(cube, x)
    return first(y)[0] * second(z)[0]


def without_a_name(x):
    return ac.vjp(cube, x)[1](x)[0]


def of_a_pullback(x):
    y, pullback = ac.vjp(cube, x)
    z, again = ac.vjp(lambda g: pullback(g)[0], x)
    return again(y)[0] * z


def of_a_gradient(x):
    _, pullback = ac.vjp(ac.grad(lambda z: np.sum(z**4)), x)
    return pullback(x)[0]


def in_a_gradient(x):
    return ac.grad(lambda z: np.sum(ac.vjp(lambda w: w * w * x, z)[1](z)[0]))(x)


def rows_of_a_jacobian(x):
    out = np.zeros((3, 3))
    _, pullback = ac.vjp(lambda z: np.cumsum(z * z) * z[0], x)
    for i in range(3):
        e = np.zeros(3)
        e[i] = 1.0
        out[i] = pullback(e)[0]
    return out


def complex_numbers(x):
    z = x + 1j * x[::-1]
    _, pullback = ac.vjp(lambda w: w * w * x, z)
    return np.real(pullback(z)[0] * np.conj(z))


ALL = (
    plain, in_a_loop, a_list_of_them, of_tuples_and_dicts, of_what_is_stored_into, overwritten_afterwards, under_a_condition, by_helpers,
    without_a_name, of_a_pullback, of_a_gradient, in_a_gradient, rows_of_a_jacobian, complex_numbers,
)  # fmt: skip


@pytest.mark.parametrize("f", ALL)
def test_derivatives(f):
    check_grads(f, (X,), order=2)


def test_values_are_known_in_closed_form():
    np.testing.assert_allclose(ac.vjp(of_a_pullback, X)[1](np.ones(3))[0], 72 * X**7, rtol=1e-12)
    np.testing.assert_allclose(ac.vjp(without_a_name, X)[1](np.ones(3))[0], 9 * X**2, rtol=1e-12)


def test_what_a_pullback_takes_is_checked():
    def f(x):
        return ac.vjp(cube, x)[1](x[:2])[0]

    with pytest.raises(TypeError, match="shape"):
        ac.vjp(f, X)


def test_a_pullback_from_outside():
    _, pullback = ac.vjp(lambda a, b: (a * b, np.sum(a) ** 2), X, 2 * X)
    f = lambda g: pullback((g[:3], g[3]))  # noqa: E731
    check_grads(f, (np.array([1.0, 2.0, 3.0, 0.5]),), order=2)
    with pytest.raises(ac.DifferentiationError, match="lambda g: pullback"):
        ac.jacobian(pullback)(X)


def test_random_numbers_are_refused():
    def noisy(x):
        return x * np.random.rand()

    def f(x):
        return ac.vjp(noisy, x)[1](x)[0]

    with pytest.raises(ac.DifferentiationError, match="would repeat"):
        ac.vjp(f, X)


def test_a_sparse_matrix_inside_is_refused():
    def f(x):
        return ac.sparse_jacobian(cube, x).toarray()[0]

    with pytest.raises(ac.DifferentiationError, match="call ac.jacobian"):
        ac.vjp(f, X)
