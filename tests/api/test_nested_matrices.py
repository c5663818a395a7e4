"""Jacobians, Hessians and products with Hessians that are differentiated, and that are called inside of what is."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import slow

X = np.array([0.3, 0.5])
OF_JACOBIANS = [ac.jacobian, ac.jacfwd, ac.jacrev]


def cubes(x, n=2):
    return x**3 * x[0] * n


def energy(x):
    return np.sum(x**4) * x[0]


def columns(f, x, h=1e-6):
    """The Jacobian by central differences."""
    units = h * np.eye(len(x))
    return np.stack([(np.asarray(f(x + u)) - np.asarray(f(x - u))) / (2 * h) for u in units], axis=-1)


def agrees(f, x=X, tolerance=1e-6):
    np.testing.assert_allclose(ac.jacobian(f)(x), columns(f, x), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("transform", OF_JACOBIANS)
def test_derivatives_of_matrices(transform):
    agrees(transform(cubes))
    agrees(functools.partial(transform(cubes), n=3) if transform is not ac.jacrev else transform(cubes))
    J = transform(cubes)
    np.testing.assert_allclose(ac.jvp(J, (X,), (np.ones(2),))[1], columns(J, X).sum(axis=-1), rtol=1e-6)
    seed = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(ac.vjp(J, X)[1](seed)[0], np.tensordot(seed, columns(J, X), 2), rtol=1e-6)
    assert ac.jacobian(J)(X, n=3).shape == (2, 2, 2)


def test_third_and_fourth_derivatives():
    agrees(ac.hessian(energy))
    corner = ac.hessian(lambda x: ac.hessian(energy)(x)[0, 1])
    np.testing.assert_allclose(
        corner(X), columns(ac.grad(lambda x: ac.hessian(energy)(x)[0, 1]), X), rtol=1e-5, atol=1e-6
    )
    product = ac.hvp(energy)
    by_x, by_v = ac.jacobian(product, wrt=(0, 1))(X, np.ones(2))
    np.testing.assert_allclose(by_x, columns(lambda x: product(x, np.ones(2)), X), rtol=1e-6)
    np.testing.assert_allclose(by_v, ac.hessian(energy)(X), rtol=1e-12)


def newton(x):
    """Solves equations that hang on x, by their Jacobian."""

    def equations(u):
        return np.array([u[0] ** 2 + x[0] - u[1], u[1] ** 3 - x[1] * u[0]])

    u = x + 1.0
    for _ in range(6):
        u = u - np.linalg.solve(ac.jacobian(equations)(u), equations(u))
    return u


def lowest(w):
    """The place of a minimum, by the Hessian."""

    def loss(u):
        return np.sum(np.cosh(u * w)) + u[0] * u[1] * w[0] + u[0]

    u = np.zeros(2)
    for _ in range(5):
        u = u - np.linalg.solve(ac.hessian(loss)(u), ac.grad(loss)(u))
    return u


def by_cases(x):
    s = 0.0
    for k in range(4):
        if k % 2:
            s += np.sum(ac.jacrev(lambda y, k=k: y**3 * k * x[0])(x) ** 2)
    return s


def overwriting(a):
    a[0] = a[1] * a[0]
    return a * a[0]


def of_one_that_stores(x):
    A = x.copy()
    A += ac.jacobian(overwriting)(A.copy())[0]
    return np.sum(A * A)


def of_matrices(x):
    A = np.outer(x, x) + np.eye(2)
    return np.sum(ac.jacobian(lambda B: B @ B * x[0])(A) ** 2)


def of_numbers(x):
    return ac.jacobian(lambda y: y**3 * x[1])(x[0]) * ac.jacfwd(lambda y: y * x)(x[1])


@pytest.mark.parametrize(
    "f", [newton, lowest, by_cases, of_one_that_stores, of_matrices, of_numbers], ids=lambda f: f.__name__
)
def test_calls_inside(f):
    agrees(f)
    np.testing.assert_allclose(ac.jacfwd(f)(X), ac.jacrev(f)(X), rtol=1e-10, atol=1e-12)


@slow
def test_second_derivatives_of_calls_inside():
    ac.testing.check_grads(lambda x: np.sum(lowest(x) ** 2), (X,))


def test_other_arguments():
    inside = ac.grad(lambda x: np.sum(ac.jacobian(lambda a, y: y * y * a, wrt="y")(3.0, y=x)))
    np.testing.assert_allclose(inside(X), [6.0, 6.0])
    named = ac.grad(lambda x: np.sum(ac.jacobian(lambda y, *, n=2: y**3 * n)(x, n=3)))
    np.testing.assert_allclose(named(X), 18 * X)
    single = ac.grad(lambda x: np.sum(ac.jacobian(cubes)(x)))(X.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_array_equal(ac.grad(lambda x: np.sum(ac.jacobian(cubes)(x)[:0]))(X), [0.0, 0.0])
    np.testing.assert_array_equal(ac.grad(lambda x: np.sum(ac.jacobian(lambda y: y * y)(x[:0])))(X), [0.0, 0.0])


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: np.sum(ac.jacobian(lambda y: (y, y))(x)[0]), "not known to be a number or an array"),
        (lambda x: np.sum(ac.jacobian(lambda a, y: a * y, wrt=(0, 1))(x, x)[0]), "one argument"),
        (lambda x: np.sum(np.abs(ac.jacobian(lambda y: 1j * y)(x))), "complex numbers"),
        (lambda x: np.sum(ac.jacobian(lambda y: y * np.random.normal(size=2))(x)), "draws random numbers"),
        (lambda x: np.sum(ac.jacobian(lambda y: (y, y), has_aux=True)(x)[0]), "has_aux"),
        (lambda x: np.sum(ac.sparse_jacobian(lambda y: y)(x)), "not differentiated yet"),
    ],
)
def test_refused(f, message):
    with pytest.raises(ac.DifferentiationError, match=message):
        ac.grad(f)(X)


def test_functions_with_stars_are_to_be_written_out():
    with pytest.raises(TypeError, match="parameters with stars"):
        ac.jacobian(ac.jacobian(lambda *x: x[0] ** 3))


# -- keywords of functions, and options --------------------------------------------------------------------------


def scaled(x, *, n=2.0):
    return x**3 * n


def recursive(x, *, n=2):
    return x if n == 0 else x * recursive(x, n=n - 1)


@pytest.mark.parametrize("transform", OF_JACOBIANS)
@pytest.mark.parametrize("f", [scaled, recursive, functools.partial(lambda a, x, n: x**3 * a * n, 5.0, n=3)])
def test_parameters_that_are_keywords(transform, f):
    np.testing.assert_allclose(transform(f)(X), columns(f, X), rtol=1e-6)
    np.testing.assert_allclose(transform(f)(X, n=1), columns(lambda x: f(x, n=1), X), rtol=1e-6)


def test_derivatives_by_keywords():
    np.testing.assert_allclose(ac.jacrev(scaled, wrt="n")(X, n=3.0), X**3)
    f = lambda x, *, n=2.0: np.sum(scaled(x, n=n))  # noqa: E731
    np.testing.assert_allclose(ac.hvp(f)(X, np.ones(2), n=3.0), 18 * X)
    np.testing.assert_allclose(ac.sparse_jacobian(scaled, mode="reverse")(X, n=3.0).toarray(), np.diag(9 * X**2))


def test_products_of_what_is_stored_and_beside():
    def store(x):
        x[0] = x[0] * x[1]

    np.testing.assert_array_equal(ac.hvp(store, of="x")(X, np.array([1.0, 0.0])), [0.0, 1.0])
    np.testing.assert_array_equal(ac.sparse_hessian(store, of="x")(X).toarray(), [[0.0, 1.0], [1.0, 0.0]])
    product, aux = ac.hvp(lambda x: (np.sum(x**3), x[0]), has_aux=True)(X, np.ones(2))
    np.testing.assert_allclose(product, 6 * X)
    assert aux == X[0]
