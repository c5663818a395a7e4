"""A solver that has not found a solution, and an equation whose root has no derivative, gave a number; `fprime=True` a wrong one."""

import numpy as np
import pytest

optimize = pytest.importorskip("scipy.optimize")

import adjoint_compiler as ac  # noqa: E402


def stopped(p):
    return optimize.brentq(lambda x: x**3 - p, 0.0, 3.0, maxiter=2, disp=False)


def flat(p):
    return optimize.brentq(lambda x: (x - 1.0) ** 3 * p, 0.0, 2.0)


def with_its_slope(p):
    return optimize.root_scalar(lambda x: (x**3 - p, 3.0 * x * x), x0=1.0, fprime=True, method="newton").root


def with_two_slopes(p):
    f = lambda x: (x**3 - p, 3.0 * x * x, 6.0 * x)  # noqa: E731
    return optimize.root_scalar(f, x0=1.0, fprime=True, fprime2=True, method="halley").root


def read_like_a_dict(p):
    r = optimize.minimize(lambda x: (x[0] - p) ** 2 + x[0] ** 4, np.zeros(1), tol=1e-12)
    return r["x"][0] * r["fun"] * (1.0 if r["success"] else 0.0) + 0.0 * r.nit


@pytest.mark.parametrize("f", [stopped, flat])
def test_what_is_no_solution_is_told(f):
    with pytest.raises(ArithmeticError, match="no derivative"):
        ac.grad(f)(0.3)
    with pytest.raises(ArithmeticError, match="no derivative"):
        ac.jvp(f, (0.3,), (1.0,))


@pytest.mark.parametrize("f", [with_its_slope, with_two_slopes, read_like_a_dict])
def test_against_differences(f):
    ac.testing.check_grads(f, (1.3,), order=2, atol=1e-4, rtol=1e-4)
