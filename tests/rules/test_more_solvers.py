"""Solvers of SciPy's older interfaces, and sparse matrices that are made of dense ones, against differences."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy import integrate, optimize, sparse  # noqa: E402
from scipy.sparse.linalg import spsolve  # noqa: E402

import adjoint_compiler as ac  # noqa: E402

Y = np.array([1.1, 0.9, 0.7, 0.65, 0.5])


def a_fit(y):
    x, status = optimize.leastsq(
        lambda w: w[0] * np.exp(-w[1] * np.arange(5.0)) - y, [1.0, 0.1], xtol=1e-12, ftol=1e-12
    )
    return x[0] * x[1] + 0.0 * status


def minima(p):
    def well(x):
        return (x[0] - p) ** 2 + np.exp(x[0])

    simplex = optimize.fmin(well, [0.0], xtol=1e-10, ftol=1e-14, disp=False)[0]
    return simplex * optimize.fmin_bfgs(well, [0.0], disp=False, gtol=1e-10)[0] + optimize.brent(
        lambda x: (x - p) ** 4 + x * x
    )


def roots(p):
    def pair(x):
        return np.array([x[0] + 0.1 * x[1] ** 3 - p, x[1] - x[0] * 0.2 - p * p])

    a = optimize.newton_krylov(pair, [1.0, 1.0], f_tol=1e-12)
    b = optimize.broyden1(pair, [1.0, 1.0], f_tol=1e-12)
    return a[0] * b[1]


def several_parameters(p):
    return integrate.quad(lambda t, a, b: np.exp(-a * t) * t**b, 0.0, p, args=(p, 2.0 * p))[0]


@pytest.mark.parametrize(("f", "x"), [(a_fit, Y), (minima, 1.3), (roots, 0.7), (several_parameters, 0.8)])
def test_solvers(f, x):
    ac.testing.check_grads(f, (x,), order=1, rtol=1e-5, atol=1e-5)


A = np.array([[4.0, 0.0, 1.0], [0.0, 3.0, 0.5], [1.0, 0.0, 5.0]])
B = np.array([0.3, 0.8, 1.7])


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, sparse.csc_array])
def test_a_dense_matrix_has_a_derivative_where_it_is_zero(make):
    def product(a, b):
        return np.sum((make(a) @ b) ** 2) + np.sum(make(a).T @ b)

    def system(a, b):
        return np.sum(spsolve(make(a), b) ** 2)

    for f in (product, system):
        ac.testing.check_grads(f, (A, B), order=1)
    assert np.all(ac.grad(product)(A, B) != 0.0)
