"""Sparse matrices and splines that a program reads, as constants."""

import numpy as np
import pytest

pytest.importorskip("scipy")

import scipy.sparse  # noqa: E402
from scipy.interpolate import CubicSpline, PchipInterpolator, make_interp_spline  # noqa: E402
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
