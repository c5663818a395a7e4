"""Solvers as programs use them: in loops, in helpers, in one another, with keywords and reports, stiff, up to an active end."""

from dataclasses import dataclass

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy.integrate import odeint, quad, solve_ivp  # noqa: E402
from scipy.optimize import (  # noqa: E402
    Bounds,
    brentq,
    curve_fit,
    fsolve,
    least_squares,
    minimize,
    minimize_scalar,
    newton,
    root,
    root_scalar,
)

import adjoint_compiler as ac  # noqa: E402
from tests.sampling import sampled  # noqa: E402

TIGHT = {"rtol": 1e-11, "atol": 1e-12}
X = np.linspace(0.0, 2.0, 9)
Y = 2.0 * np.exp(-0.7 * X) + 0.05 * np.sin(9.0 * X)
PAIR = np.array([1.1, 0.8])
PROGRAMS = []


def program(*args, order=1):
    def enter(function):
        PROGRAMS.append(pytest.param(function, args, order, id=function.__name__))
        return function

    return enter


def curve(x, a, b):
    return a * np.exp(-b * x)


def slopes(x, a, b):
    return np.stack([np.exp(-b * x), -x * a * np.exp(-b * x)], axis=1)


def landscape(x, p):
    return (x[0] - p[0]) ** 4 + (x[0] - p[0]) ** 2 + (x[1] - p[1] * x[0]) ** 2 + 0.1 * x[1] ** 4


def equations(x, p):
    return np.array([x[0] ** 2 + p[0] * x[1] - 2.0, x[1] ** 3 - p[1] * x[0]])


# -- roots ---------------------------------------------------------------------------------------------------------


@program(0.7, order=2)
def root_of_a_gradient(w):
    def energy(x):
        return x**4 / 4 + w * x * x / 2 - x

    return energy(brentq(ac.grad(energy), 0, 5))


@program(np.array([0.7, 1.3, 0.4]), order=2)
def roots_stored_in_a_loop(w):
    out = np.zeros(3)
    for i in range(3):
        out[i] = brentq(lambda x: x**3 + w[i] * x - 1.0, 0, 5)  # noqa: B023
    return np.sum(out * w)


@program(np.array([1.0, 2.0, 3.0]))
def root_with_a_default_in_a_loop(w):
    s = 0.0
    for i in range(3):
        s += brentq(lambda x, k=w[i]: x**3 + x - k, 0, 5)
        w = w * 1.1
    return s


@program(np.array([2.0, 0.3]), order=2)
def root_under_a_branch(p):
    r = brentq(lambda x: x**3 - p[0], 0, 5) if p[0] > 1 else p[1]
    return r * p[1]


def positive_root(f, p):
    return brentq(f, 0, 5, args=(p,))


@program(2.0, 0.3)
def root_in_a_helper(k, c):
    return positive_root(lambda x, p: x**3 + c * x - p, k) * positive_root(lambda x, p: x**2 - p, c)


@dataclass
class Spring:
    k: float
    c: float

    def slope(self, t, y):
        return np.array([y[1], -self.k * y[0] - self.c * y[1]])

    def force(self, x):
        return self.k * x + x**3 - self.c


@program(2.0, 0.3)
def root_of_a_method(k, c):
    spring = Spring(k, c)
    return brentq(spring.force, -5, 5)


@program(2.0, order=2)
def root_with_its_report(p):
    x, r = brentq(lambda x: x**3 - p, 0, 5, full_output=True)
    return x * p if r.converged else p


@program(PAIR)
def roots_with_their_report(p):
    more = (p,)
    x, info, flag, message = fsolve(equations, np.ones(2), args=more, xtol=1e-13, full_output=True)
    return x[0] * x[1] if flag == 1 and info["nfev"] > 0 else p[0]


@program(2.0)
def root_scalar_by_newton(p):
    s = root_scalar(
        lambda x, q: x**3 - q, args=(p,), x0=1.0, fprime=lambda x, q: 3 * x * x, method="newton", xtol=1e-14
    )
    return s.root * p if s.converged else p


@program(np.array([2.0, 3.0]))
def newton_of_an_array(p):
    return np.sum(newton(lambda x: x**3 - p, np.full(2, 1.5), fprime=lambda x: 3 * x**2, tol=1e-13) * p)


@program(PAIR, order=2)
def root_by_levenberg_and_marquardt(b):
    return np.sum(root(lambda x: x**3 + x - b, np.ones(2), method="lm", tol=1e-12).x ** 2)


# -- minima --------------------------------------------------------------------------------------------------------


@program(PAIR, order=2)
def minimizer_at_a_bound(p):
    r = minimize(
        landscape, np.zeros(2), args=(p,), bounds=[(0, 0.5), (None, None)], options={"ftol": 1e-15, "gtol": 1e-9}
    )
    return r.x[1] + 3 * r.fun + r.x[0]


@program(PAIR)
def minimizer_inside_of_bounds(p):
    r = minimize(landscape, np.zeros(2), args=(p,), bounds=Bounds([0, 0], [5, 5]), jac=ac.grad(landscape), tol=1e-14)
    return r.x[1] + 3 * r.fun + r.x[0]


value_and_slope = ac.value_and_grad(landscape)


@program(PAIR)
def minimizer_of_a_function_that_returns_its_gradient(p):
    r = minimize(value_and_slope, np.zeros(2), args=(p,), jac=True, options={"gtol": 1e-10})
    return r.x[1] + 3 * r.fun


@program(2.0, order=2)
def minimizer_of_a_function_of_a_number(p):
    r = minimize_scalar(
        lambda x: (x - p) ** 4 + (x - 1) ** 2 * p, bounds=(0, 3), method="bounded", options={"xatol": 1e-11}
    )
    return r.x * r.fun


@program(2.0)
def minimizer_of_a_number_at_a_bound(p):
    r = minimize_scalar(lambda x: (x - p) ** 2, bounds=(0, 1), method="bounded", options={"xatol": 1e-11})
    return r.x * r.fun


@program(Y)
def least_squares_at_a_bound(y):
    r = least_squares(
        lambda th: th[0] * np.exp(-th[1] * X) - y, np.array([1.0, 0.5]), bounds=([0, 0], [1.5, 5]),
        xtol=1e-15, ftol=1e-15, gtol=1e-15,
    )  # fmt: skip
    return r.x[0] * r.x[1] + r.cost


@program(X, Y)
def curve_fit_with_its_covariance(x, y):
    popt, pcov = curve_fit(curve, x, y, sigma=0.1 + x, absolute_sigma=True, jac=slopes, ftol=1e-14, xtol=1e-14)
    return popt[0] * popt[1] + 100 * np.sqrt(pcov[0, 0])


@program(Y, 0.1)
def curve_fit_of_a_closure(y, c):
    popt, pcov = curve_fit(lambda x, a, b: a * np.exp(-b * x) + c, X, y, ftol=1e-14, xtol=1e-14)
    return popt[0] * popt[1]


@program(np.array([2.0, 1.3, 0.9, 0.6, 0.5, 0.3]))
def curve_fit_from_a_first_guess(y):
    """What it ends on to the last bit hangs on where it starts."""
    popt, pcov = curve_fit(curve, np.arange(6.0), y, p0=[2.0, 0.4], xtol=1e-14, ftol=1e-14)
    return np.log(2.0) / popt[1]


@program(0.7)
def weight_of_a_penalty(weight):
    A = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])
    b = np.array([1.0, 2.0, 2.5])
    r = minimize(lambda w: np.sum((A @ w - b) ** 2) + np.exp(weight) * np.sum(w * w), np.zeros(2), tol=1e-12)
    return np.sum((A @ r.x - 1.1 * b) ** 2)


# -- differential equations ----------------------------------------------------------------------------------------


@program(0.2, 1.5, 0.4, order=2)
def between_active_ends(start, end, k):
    s = solve_ivp(lambda t, y: [-k * y[0] * t, y[0]], [start, end], [1.0, k], **TIGHT)
    return s.y[1, -1] ** 2 + s.y[0][-1] * s.t[-1]


@program(np.array([0.3, 0.9, 1.4]), 0.4)
def at_active_times(t, k):
    s = solve_ivp(lambda t, y: [-k * y[0] * t, y[0]], [0.0, t[-1]], [1.0, k], t_eval=t, **TIGHT)
    return np.sum(s.y[1] ** 2 + s.y[0] * s.t)


@program(np.array([2.0, 0.3]))
def a_state_that_is_unpacked(p):
    def prey(t, z, a, b):
        x, y = z
        return [a * x - b * x * y, -y + b * x * y]

    s = solve_ivp(prey, [0, 2], [1.0, 0.5], args=(p[0], p[1]), t_eval=np.linspace(0, 2, 10), **TIGHT)
    x, y = s.y
    return np.sum((x - y) ** 2)


@program(np.array([[2.0, 0.3], [0.1, 1.0]]))
def a_matrix_as_state(A):
    def f(t, y):
        Z = y.reshape(2, 2)
        return (A @ Z + Z @ A.T).ravel()

    return np.trace(solve_ivp(f, (0, 0.5), np.eye(2).ravel(), **TIGHT).y[:, -1].reshape(2, 2))


@program(np.array([2.0, 0.3]))
def what_is_passed_is_overwritten(p):
    q = p.copy()
    r = brentq(lambda x: x**3 - q[0] * x - q[1], 0.1, 5)
    q[0] = 7.0 * q[1]
    y = odeint(lambda y, t: -q[0] * y, q, [0.0, 0.5, 1.0], **TIGHT)
    q[:] = y[-1]
    return r * np.sum(q)


@program(np.array([2.0, 0.3]))
def what_is_found_is_overwritten(p):
    y = odeint(lambda t, y: -p[0] * y * t, p, [0.0, 0.5, 1.0], tfirst=True, **TIGHT)
    y[1] = y[2] * p[1]
    y *= 2.0
    return np.sum(y**2)


@program(np.array([1.0, 0.5, 1.5]))
def one_segment_after_another(p):
    y = np.array([p[0], 0.0])
    out = 0.0
    for k in range(2):
        s = solve_ivp(lambda t, u: np.array([u[1], -p[1] * u[0]]), (k, k + 1.0), y, **TIGHT)
        y = s.y[:, -1] * np.array([1.0, -0.8])
        out = out + y[0] ** 2
    return out * p[2]


@program(2.0, 0.3)
def a_method_as_right_hand_side(k, c):
    spring = Spring(k, c)
    return solve_ivp(spring.slope, (0, 1), [1.0, 0.0], **TIGHT).y[0, -1]


@program(50.0)
def a_stiff_equation(k):
    """Run backwards, its solution would grow by exp(500)."""
    s = solve_ivp(
        lambda t, y: [-k * (y[0] - np.cos(t))],
        (0, 10.0),
        [0.0],
        method="Radau",
        jac=lambda t, y: [[-k]],
        rtol=1e-9,
        atol=1e-11,
    )
    return s.y[0, -1]


@program(0.8)
def a_pulse_that_large_steps_would_miss(w):
    s = solve_ivp(
        lambda t, y: [w * np.exp(-(((t - 5.0) / 0.05) ** 2)) * 100 - y[0] * w],
        (0, 10.0),
        [0.0],
        max_step=0.05,
        rtol=1e-9,
        atol=1e-11,
    )
    return s.y[0, -1]


# -- solvers in solvers --------------------------------------------------------------------------------------------


@program(1.1, 0.8, order=2)
def an_integral_inside_of_a_root(p, q):
    return brentq(lambda x: quad(lambda t: np.exp(-p * t * t), 0, x)[0] - q * 0.5, 0.0, 3.0)


@program(1.1, 0.8)
def a_root_inside_of_an_equation(p, q):
    rate = lambda y, t: -brentq(lambda x: x**3 + p * x - y[0] * q, -5.0, 5.0)  # noqa: E731
    return odeint(rate, 1.0, [0.0, 1.0], rtol=1e-10, atol=1e-11)[-1, 0]


@pytest.mark.parametrize(("function", "args", "order"), sampled(PROGRAMS, 3))
def test_programs(function, args, order):
    given = tuple(np.copy(a) if isinstance(a, np.ndarray) else a for a in args)
    assert ac.value_and_grad(function)(*args)[0] == function(*given)
    ac.testing.check_grads(function, args, order=order)


def test_matrices_of_derivatives_through_solvers():
    def states(p):
        return solve_ivp(lambda t, y: -p * y * t, (0, 1.0), p, t_eval=np.array([0.5, 1.0]), **TIGHT).y

    forward, reverse = ac.jacfwd(states)(PAIR), ac.jacrev(states)(PAIR)
    assert forward.shape == (2, 2, 2)
    np.testing.assert_allclose(forward, reverse, rtol=1e-7)
    hessian = ac.hessian(root_of_a_gradient)(0.7)
    h = 1e-4
    slope = ac.grad(root_of_a_gradient)
    np.testing.assert_allclose(hessian, (slope(0.7 + h) - slope(0.7 - h)) / (2 * h), rtol=1e-6)


def test_attributes_changed_by_the_function_are_refused():
    class Counter:
        def __init__(self, k):
            self.k, self.calls = k, 0

        def slope(self, t, y):
            self.calls += 1
            return -self.k * y

    def f(k):
        counter = Counter(k)
        return solve_ivp(counter.slope, (0, 1), np.ones(1)).y[0, -1]

    with pytest.raises(ac.DifferentiationError, match="changes attributes"):
        ac.grad(f)(0.5)
