"""Second derivatives of an integral inside of an integral ended in a NameError: what ``fwd`` returned was left out where only
the shape of the value was read of it. The limits of ``dblquad`` may be functions."""

import pytest

pytest.importorskip("scipy")
from scipy.integrate import dblquad, quad  # noqa: E402

import adjoint_compiler as ac  # noqa: E402


def nested(a):
    def inner(x):
        return quad(lambda y: a * a * x * y + y * a, 0.0, x)[0]

    return quad(inner, 0.0, 1.5)[0]


def upper(x):
    return x * x + 1.0


def between_functions(a):
    return dblquad(lambda y, x: a * x * y, 0.0, a, lambda x: a * x, upper)[0] * a


def between_numbers(a):
    return dblquad(lambda y, x: a * a * x * y, 0.0, a, 0.0, 2.0)[0]


@pytest.mark.parametrize("f", [nested, between_functions, between_numbers])
def test_both_modes_and_second_derivatives(f):
    a, h = 0.8, 1e-4
    slope = (f(a + h) - f(a - h)) / (2 * h)
    bend = (f(a + h) - 2 * f(a) + f(a - h)) / h**2
    assert ac.grad(f)(a) == pytest.approx(slope, rel=1e-5)
    assert ac.jvp(f, (a,), (1.0,))[1] == pytest.approx(slope, rel=1e-5)
    if f is between_numbers:
        return
    second = ac.hessian if f is nested else lambda f: ac.grad(ac.grad(f))
    assert second(f)(a) == pytest.approx(bend, rel=1e-4)
