"""Events of differential equations: when they happen and where, and solutions that end at them, against differences."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy.integrate import solve_ivp  # noqa: E402

import adjoint_compiler as ac  # noqa: E402
from tests.sampling import slow  # noqa: E402

TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def ground(t, y):
    return y[0]


def apex(t, y):
    return y[1]


ground.terminal = True
ground.direction = -1


def a_ball(v, h, g):
    s = solve_ivp(lambda t, y: [y[1], -g], (0, 10), [h, v], events=(ground, apex), **TIGHT)
    return s.t_events[0][0] * s.y_events[1][0][0] + s.t[-1] ** 2 + s.y[1, -1]


def at_given_times(v, h, g):
    times = np.linspace(0.0, 10.0, 101)
    s = solve_ivp(lambda t, y: [y[1], -g], (0, 10), [h, v], events=[ground], t_eval=times, **TIGHT)
    return s.t_events[0][-1] + s.y[0, -1] ** 2 + 0.1 * s.y[0].sum()


def with_arguments(a, b):
    def low(t, y, a, b):
        return y[0] - b

    low.terminal = True
    s = solve_ivp(lambda t, y, a, b: -a * y, (0, 10), [1.0], args=(a, b), events=low, **TIGHT)
    return s.t_events[0][0] + s.y[0, -1] * (s.status == 1)


def several_crossings(a, b):
    s = solve_ivp(lambda t, y: [y[1], -a * y[0]], (0.0, 6.0), [1.0, b], events=lambda t, y: y[0] - 0.1 * b * t, **TIGHT)
    total = 0.0
    for k in range(len(s.t_events[0])):
        total = total + s.t_events[0][k] * s.y_events[0][k, 1]
    return total


def against_time(a, b):
    def high(t, y):
        return y[0] - 1 - a * b

    high.terminal = True
    s = solve_ivp(lambda t, y: -a * y, (b, -3.0), [1.0], events=high, **TIGHT)
    return s.t[-1] * a + s.y[0, -1]


def none_happens(a, b):
    s = solve_ivp(lambda t, y: -a * y, (0.0, b), [1.0], events=lambda t, y: y[0] + 1, **TIGHT)
    return s.y[0, -1] + len(s.t_events[0])


def bounces(a, b):
    y, total = np.array([1.0, b]), 0.0
    for _ in range(3):

        def down(t, u):
            return u[0]

        down.terminal = True
        s = solve_ivp(lambda t, u: np.array([u[1], -a * u[0]]), (0, 10), y, events=down, **TIGHT)
        total = total + s.t[-1]
        y = np.array([0.3 * b, abs(s.y[1, -1])])
    return total * y[1]


FIRST = [(a_ball, (3.0, 2.0, 9.81)), (with_arguments, (3.0, 0.5)), (against_time, (3.0, 0.5)), (bounces, (3.0, 0.5))]
MORE = [(at_given_times, (3.0, 2.0, 9.81)), (several_crossings, (3.0, 0.5)), (none_happens, (3.0, 0.5))]


@pytest.mark.parametrize(("f", "args"), FIRST)
def test_events(f, args):
    ac.testing.check_grads(f, args, order=1, rtol=1e-5, atol=1e-5)
    assert ac.value_and_grad(f)(*args)[0] == f(*args)


@slow
@pytest.mark.parametrize(("f", "args"), FIRST + MORE)
def test_second_order(f, args):
    ac.testing.check_grads(f, args, order=2, rtol=1e-4, atol=1e-4)


def test_second_order_of_one():
    ac.testing.check_grads(none_happens, (3.0, 0.5), order=2, rtol=1e-4, atol=1e-4)


def test_an_event_that_is_terminal_at_times_is_refused():
    def f(a):
        def low(t, y):
            return y[0] - 0.5

        if a > 0:
            low.terminal = True
        return solve_ivp(lambda t, y: -a * y, (0, 10), [1.0], events=low).t[-1]

    with pytest.raises(ac.DifferentiationError, match="AC001"):
        ac.grad(f)(1.0)
