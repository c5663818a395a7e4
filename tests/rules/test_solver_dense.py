"""``solve_ivp(..., dense_output=True)``: the solution as a function of time, which remembers what it was solved for."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy.integrate import quad, solve_ivp  # noqa: E402

import adjoint_compiler as ac  # noqa: E402

TIGHT = {"rtol": 1e-9, "atol": 1e-11, "method": "DOP853"}
Y0 = np.array([1.0, 0.5])


def solved(p, y0):
    return solve_ivp(lambda t, y: np.array([-p * y[0], y[0] - y[1]]), (0, 2), y0, dense_output=True, **TIGHT)


def what_is_stored_later(p, y0):
    s = solve_ivp(lambda t, y: np.array([-p * y[0], y[0] - y[1]]), (0, 2), y0, dense_output=True, **TIGHT)
    y0[0] = 7.0 * p
    p = p * 3
    a = s.sol(1.5)
    y0 *= 2
    return np.sum(a**2) * y0[0] + p


def in_a_loop_and_a_helper(p, y0):
    times = p * np.array([0.2, 1.1])
    s = solved(p, solved(p, y0).sol(0.7))
    out = np.zeros(2)
    for k in range(2):
        out[k] = s.sol(times[k])[0] * s.sol(times[k])[1]
    return np.sum(out**2) + s.y[0, -1]


def unsorted_and_against_time(p, y0):
    s = solve_ivp(lambda t, y: np.array([-p * y[0], y[0] - y[1]]), [2.0, 0.0], y0, dense_output=True, **TIGHT)
    Y = s.sol([0.3, 1.5, 1.0, 2.0])
    return Y[0, 0] * Y[1, 1] + Y[0, 3] * Y[0, 2]


def with_events(p, y0):
    def low(t, y, q):
        return y[0] - 0.6 * q

    low.terminal = True
    flow = lambda t, y, q: np.array([-q * y[0], y[0] - y[1]])  # noqa: E731
    s = solve_ivp(flow, (0, 2), y0, events=low, dense_output=True, args=(p,), **TIGHT)
    end = s.t_events[0][0]
    return s.sol(end / 2)[1] + s.sol(end)[0]


PROGRAMS = (what_is_stored_later, in_a_loop_and_a_helper, unsorted_and_against_time, with_events)


def difference(f, h=1e-4):
    return (f(1.3 + h, Y0.copy() + h) - f(1.3 - h, Y0.copy() - h)) / (2 * h)


@pytest.mark.parametrize("f", PROGRAMS)
def test_dense(f):
    value, (p_bar, y_bar) = ac.value_and_grad(f, wrt=(0, 1))(1.3, Y0)
    assert value == f(1.3, Y0.copy())
    np.testing.assert_allclose(p_bar + y_bar.sum(), difference(f), rtol=1e-6)
    np.testing.assert_allclose(ac.jvp(f, (1.3, Y0), (1.0, np.ones(2)))[1], p_bar + y_bar.sum(), rtol=1e-7)


def test_second_order():
    def f(p):
        return solved(p, Y0).sol(p)[1]

    gradient = ac.grad(f)
    wanted = (gradient(1.3001) - gradient(1.2999)) / 2e-4
    np.testing.assert_allclose(ac.hvp(f)(1.3, 1.0), wanted, rtol=1e-5)
    np.testing.assert_allclose(ac.grad(lambda p: gradient(p))(1.3), wanted, rtol=1e-5)


def of_a_container(p, y0):
    rates = {"a": p}
    s = solve_ivp(lambda t, y: -rates["a"] * y, (0, 2), y0, dense_output=True, **TIGHT)
    rates["a"] = 2.0 * p
    return s.sol(1.0)[0]


def in_a_solver(p, y0):
    s = solved(p, y0)
    return quad(lambda t: s.sol(t)[0] ** 2, 0, 1)[0]


@pytest.mark.parametrize("f", [of_a_container, in_a_solver])
def test_what_is_refused(f):
    with pytest.raises(ac.DifferentiationError):
        ac.grad(f)(1.3, Y0)


def test_before_its_start():
    with pytest.raises(ArithmeticError, match="start"):
        ac.grad(lambda p: solved(p, Y0).sol(-0.1)[0])(1.3)
