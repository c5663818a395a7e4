"""Sparse matrices and splines that a program reads, as constants."""

import numpy as np
import pytest

pytest.importorskip("scipy")

import scipy.sparse  # noqa: E402
from scipy.interpolate import BSpline, CubicSpline, PchipInterpolator, make_interp_spline  # noqa: E402
from scipy.sparse import linalg  # noqa: E402

import adjoint_compiler as ac  # noqa: E402

rng = np.random.default_rng(0)
DENSE = np.where(rng.uniform(size=(5, 5)) < 0.5, rng.normal(size=(5, 5)), 0.0) + 3 * np.eye(5)
A = scipy.sparse.csr_matrix(DENSE)
B = scipy.sparse.coo_array(DENSE[:, :3])
V = np.linspace(0.2, 1.4, 5)
KNOTS, VALUES = np.arange(5.0), np.array([0.0, 1.0, 3.0, 2.0, 5.0])
CUBIC, PCHIP, BSPLINE = (f(KNOTS, VALUES) for f in (CubicSpline, PchipInterpolator, make_interp_spline))
WIDE = CubicSpline(KNOTS, np.ones((5, 2)))


def products(x):
    return ((A @ x) ** 2).sum() + (A.dot(x) * (x @ A)).sum() + (x @ B).sum()


def product_in_a_loop(x):
    for _ in range(3):
        x = x + 0.1 * (A @ np.tanh(x))
    return (x * x).sum()


def systems(x):
    y, info = linalg.bicgstab(A, x, rtol=1e-12)
    return (linalg.spsolve(A, x * x) ** 2).sum() + (y * linalg.gmres(A, x, rtol=1e-12)[0]).sum()


def splines(x):
    return (CUBIC(x) * PCHIP(x)).sum() + BSPLINE(x[0], 1) * CUBIC(x[1], nu=2)


def spline_in_a_loop(x):
    s = 0.0
    for a in x:
        s += CUBIC(a + 0.1 * s)
    return s


@pytest.mark.parametrize("f", [products, product_in_a_loop, systems, splines, spline_in_a_loop])
def test_programs(f):
    ac.testing.check_grads(f, (V,), order=2, modes=("reverse",))


def test_products_are_those_of_dense_matrices():
    def dense(x):
        return ((DENSE @ x) ** 2).sum()

    def sparse(x):
        return ((A @ x) ** 2).sum()

    np.testing.assert_allclose(ac.grad(sparse)(V), ac.grad(dense)(V), rtol=1e-14)


@pytest.mark.parametrize(
    ("f", "code"),
    [
        (lambda x: ((A * x) ** 2).sum(), "AC009"),
        (lambda x: WIDE(x).sum(), "AC002"),
        (lambda x: CUBIC(x, 0, True).sum(), "AC009"),
    ],
)
def test_other_uses_are_refused(f, code):
    with pytest.raises(ac.DifferentiationError) as fault:
        ac.grad(f)(V)
    assert {d.code for d in fault.value.diagnostics} == {code}


def steady_heat(k, q):
    n = len(q)
    h = 1.0 / (n + 1)
    inner = -k[1:-1] / h**2
    A = scipy.sparse.diags([inner, (k[:-1] + k[1:]) / h**2, inner], [-1, 0, 1], format="csc")
    return np.sum((linalg.spsolve(A, q) - 0.1) ** 2)


def matrix_by_places(k, q):
    n = len(q)
    i = np.arange(n)
    rows, cols = np.concatenate([i, i[1:], i[:-1]]), np.concatenate([i, i[:-1], i[1:]])
    A = scipy.sparse.csr_matrix((np.concatenate([k[:-1] + k[1:], -k[1:-1], -k[1:-1]]), (rows, cols)), shape=(n, n))
    u = linalg.spsolve(A.tocsc(), q)
    return u @ (A @ u) + np.sum(A * q) + np.sum(A.T.dot(u))


def implicit_steps(k, q):
    ones = np.ones(len(q))
    unit = scipy.sparse.diags([ones], [0], format="csc")
    laplacian = scipy.sparse.diags([ones[1:], -2 * ones, ones[1:]], [-1, 0, 1], format="csc")
    A = unit - k[0] * 0.1 * laplacian
    for _ in range(3):
        q = linalg.spsolve(A, q)
    return np.sum(q**2)


def places_that_repeat(k, q):
    rows, cols = np.array([0, 1, 1, 4, 2, 1]), np.array([2, 0, 0, 1, 2, 0])
    A = scipy.sparse.coo_matrix((k * k, (rows, cols)), shape=(5, 3))
    u = A @ q[:3]
    return np.sum(u**2) + np.sum(A.T @ q)


def rows_and_columns(k, q):
    places, starts = np.array([0, 2, 1, 2, 0, 1]), np.array([0, 2, 3, 4, 5, 6])
    by_rows = scipy.sparse.csr_matrix((k, places, starts), shape=(5, 3))
    by_columns = scipy.sparse.csc_matrix((k * q[0], places, starts), shape=(3, 5))
    by_places = scipy.sparse.csc_matrix((k * k, (places, places[::-1])), shape=(3, 3))
    return np.sum(by_columns @ q) + np.sum((by_rows @ q[:3]) ** 2) + q[:3] @ (by_places @ q[1:4])


def sums_of_elements(k, q):
    rows, cols = np.array([0, 1, 2, 4, 3, 0]), np.array([1, 2, 3, 0, 4, 2])
    A = scipy.sparse.csr_array((k, (rows, cols)), shape=(5, 5))
    return (
        A.sum() * (A.sum(axis=0) @ q)
        + A.T.sum(axis=1) @ q
        + (A / k[0] @ q) @ q
        + A.toarray()[1, 2] * A.diagonal().sum()
    )


def units_and_diagonals(k, q):
    laplacian = scipy.sparse.diags([1.0, -2.0, 1.0], [-1, 0, 1], shape=(5, 5))
    return np.sum(linalg.spsolve((scipy.sparse.eye(5) - k[0] * laplacian).tocsc(), q) ** 2)


def factors(k, q):
    A = scipy.sparse.diags([k[:-1] + 3.0, 0.1 * k[:4]], [0, 1], format="csc")
    lu = linalg.splu(A)
    x = q
    for _ in range(3):
        x = lu.solve(x * q)
    return x @ x + linalg.factorized(A)(q) @ q


def products_of_kronecker(k, q):
    line = scipy.sparse.diags([k[:2], -2.0 * k[:3], k[1:3]], [-1, 0, 1], format="csr")
    A = scipy.sparse.kron(scipy.sparse.identity(2), line, format="csr") * q[0]
    return (A @ k) @ k


@pytest.mark.parametrize(
    ("f", "order"),
    [
        (sums_of_elements, 1),
        (units_and_diagonals, 1),
        (factors, 1),
        (products_of_kronecker, 1),
        (steady_heat, 2),
        (matrix_by_places, 1),
        (implicit_steps, 1),
        (places_that_repeat, 1),
        (rows_and_columns, 1),
    ],
)
def test_matrices_made_in_programs(f, order):
    k, q = np.linspace(1.0, 2.0, 6), np.full(5, 0.3)
    assert ac.value_and_grad(f)(k, q)[0] == f(k, q)
    ac.testing.check_grads(f, (k, q), order=order)


def spline_by_coefficients(c, x):
    return np.sum(BSpline(np.array([0.0, 0.0, 0.0, 1.0, 1.5, 2.0, 2.0, 2.0]), c, 2)(x) ** 2)


def spline_through_points(y, x):
    f = make_interp_spline(KNOTS, y)
    return np.sum(f(x) ** 2) + np.sum(f(x, 2) * x)


@pytest.mark.parametrize("f", [spline_by_coefficients, spline_through_points])
def test_b_splines_made_in_programs(f):
    values, places = np.array([1.0, 2.0, 1.5, 3.0, 2.5]), np.array([0.3, 1.7, 1.9])
    assert ac.value_and_grad(f)(values, places)[0] == f(values, places)
    ac.testing.check_grads(f, (values, places), order=1)
