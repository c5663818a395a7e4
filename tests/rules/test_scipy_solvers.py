"""Solvers that take a function: derivatives of what they find, in both modes and second order, against differences."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy import integrate, optimize  # noqa: E402
from scipy.integrate import quad  # noqa: E402

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler.cli import main  # noqa: E402

TIGHT = 1e-11
PROGRAMS = []


def program(*args, order=1):
    def enter(function):
        PROGRAMS.append(pytest.param(function, args, order, id=function.__name__))
        return function

    return enter


def cubic(x, p, q):
    return x**3 + p * x - q


@program(1.3, 2.2, order=2)
def a_root_by_bisection(p, q):
    return optimize.brentq(cubic, 0.0, 5.0, args=(p, q)) * q


@program(1.1, 2.2)
def a_root_of_a_lambda_that_reads_variables(p, q):
    q = q * p
    return optimize.bisect(lambda x: np.exp(x) - p * x - q, 0.0, 5.0, xtol=1e-14)


@program(2.0, 3)
def a_root_by_newton(p, n):
    x = optimize.newton(lambda x: x**n - p, 1.5, tol=1e-14)
    return x * x


@program(1.2, order=1)
def roots_in_a_loop(p):
    x = p
    for k in range(1, 3):
        x = optimize.brentq(lambda t: t**3 + k * t - x, 0.0, 5.0)  # noqa: B023
    return x * p


def pair(x, p):
    return np.array([x[0] ** 2 + p[0] * x[1] - 2.0, x[1] ** 3 - p[1] * x[0]])


@program(np.array([1.1, 0.8]))
def roots_of_several_equations(p):
    return (optimize.fsolve(pair, np.array([1.0, 1.0]), args=(p,), xtol=1e-13) ** 2).sum()


@program(np.array([1.1, 0.8]))
def a_root_with_its_report(p):
    r = optimize.root(pair, np.array([1.0, 1.0]), args=(p,), tol=1e-13)
    return r.x[0] * r.x[1] + r.fun[0] if r.success else p[0]


@program(0.8, order=2)
def a_fixed_point(p):
    return optimize.fixed_point(lambda x: np.cos(p * x), 0.7, xtol=1e-14)


def landscape(x, p):
    return (x[0] - p[0]) ** 4 + (x[0] - p[0]) ** 2 + (x[1] - p[1] * x[0]) ** 2 + 0.1 * x[1] ** 4


@program(np.array([1.1, 0.8]), order=2)
def a_minimizer_and_its_minimum(p):
    r = optimize.minimize(landscape, np.zeros(2), args=(p,), tol=1e-11)
    return r.x[1] + 3.0 * r.fun


@program(1.1, 0.7, order=2)
def integrals(p, q):
    inner, error = quad(lambda t: np.exp(-p * t * t) * t**2, 0.0, q)
    return inner * quad(lambda t: np.exp(-p * t * t) * q, -np.inf, np.inf)[0]


@program(1.1, 0.7)
def an_integral_up_to_a_root(p, q):
    return quad(np.cos, q, optimize.brentq(cubic, 0.0, 5.0, args=(p, q)))[0]


@program(np.array([0.7, 1.3]))
def an_integral_of_a_vector_of_parameters(w):
    return quad(lambda t: np.sum(np.sin(w * t)), 0.0, 1.0)[0]


def oscillator(y, t, a):
    return np.array([y[1], -a[0] * y[0] - a[1] * y[1] * t])


@program(np.array([1.0, 0.5]), np.array([1.5, 0.2]), order=2)
def a_trajectory(y0, a):
    y = integrate.odeint(oscillator, y0, np.linspace(0.0, 2.0, 5), args=(a,), rtol=1e-11, atol=1e-11)
    return y[2:, 0].sum() * y[1, 1]


@program(1.0, 0.5, 1.3)
def lists_of_numbers(x, v, a):
    start = [x, v]
    y = integrate.odeint(lambda y, t: [y[1], -a * y[0]], start, [0.0, 0.5, 1.0], rtol=1e-11, atol=1e-11)
    r = optimize.root(lambda z: [z[0] * a - x, z[1] - v], [0.0, 0.0], tol=1e-13)
    return y[-1, 0] * r.x[0] + r.x[1]


@program(np.array([0.3, 0.5, 1.1]), 1.5, order=1)
def times_of_a_trajectory(t, a):
    return (integrate.odeint(lambda y, s: -a * y * s, np.array([2.0]), t, rtol=1e-11, atol=1e-11) ** 2).sum()


@program(np.array([1.0, 0.5]), np.array([1.5, 0.2]))
def an_initial_value_problem(y0, a):
    s = integrate.solve_ivp(
        lambda t, y: oscillator(y, t, a), (0.0, 2.0), y0, t_eval=np.array([0.5, 1.0, 2.0]), rtol=1e-11, atol=1e-11
    )
    return (s.y[0] * s.t).sum() + s.y[1, -1]


@pytest.mark.parametrize(("function", "args", "order"), PROGRAMS)
def test_programs(function, args, order):
    ac.testing.check_grads(function, args, order=order)
    given = tuple(np.copy(a) if isinstance(a, np.ndarray) else a for a in args)
    assert ac.value_and_grad(function)(*args)[0] == function(*given)


def test_coarse_steps_do_not_matter():
    """The derivative is that of the solution: as accurate as the adjoint equation's tolerance, not as solve_ivp's."""

    def f(a):
        s = integrate.solve_ivp(lambda t, y: -a * y, (0.0, 1.0), np.array([1.0]), rtol=1e-6)
        return s.y[0, -1]

    np.testing.assert_allclose(ac.grad(f)(0.7), -np.exp(-0.7), rtol=1e-5)


def bracketed(p, a):
    return optimize.brentq(cubic, a, 5.0, args=(p, 1.0))


def test_brackets_and_guesses_have_derivative_zero():
    assert ac.grad(bracketed, wrt="a")(1.0, 0.0) == 0.0


@pytest.mark.parametrize(
    ("f", "code"),
    [
        (
            lambda x: optimize.minimize(landscape, np.zeros(2), args=(x,), bounds=[(0, 1)] * 2, method="Powell").x[0],
            "AC009",
        ),
        (
            lambda x: optimize.minimize(landscape, np.zeros(2), args=(x,), constraints={"type": "eq", "fun": np.sum}).x[
                0
            ],
            "AC009",
        ),
        (lambda x: integrate.solve_ivp(lambda t, y: -y * x, (0.0, 1.0), np.ones(1)).njev * x, "AC001"),
        (lambda x: integrate.solve_ivp(lambda t, y: -y * x, (0.0, 1.0), np.ones(1), rtol=x * 1e-6).y[0, -1], "AC009"),
        (
            lambda x: integrate.solve_ivp(lambda t, y: 1j * y * x, (0.0, 1.0), np.ones(1, complex)).y[0, -1].real,
            "AC001",
        ),
        (lambda x: quad(lambda t: t * x, 0.0, 1.0, weight="cos", wvar=2.0)[0], "AC009"),
    ],
)
def test_what_is_not_known_is_refused(f, code):
    with pytest.raises(ac.DifferentiationError) as fault:
        ac.grad(f)(0.5)
    assert code in {d.code for d in fault.value.diagnostics}


def test_arguments_must_be_a_tuple_of_known_length():
    def f(x):
        more = [x, 1.0]
        return optimize.brentq(cubic, 0.0, 5.0, args=more)

    with pytest.raises(ac.DifferentiationError, match="tuple of known length"):
        ac.grad(f)(0.5)


def test_solvers_are_not_emitted(tmp_path, capsys):
    (tmp_path / "model.py").write_text(
        "from scipy.optimize import brentq\n\n\ndef g(x, p):\n    return x * x - p\n\n\n"
        "def f(p):\n    return brentq(g, 0.0, 9.0, args=(p,))\n"
    )
    assert main(["emit", f"{tmp_path / 'model.py'}:f"]) == 1
    assert "not written into emitted modules" in capsys.readouterr().err


def test_second_derivatives_of_solvers_by_hvp():
    def root(a, b):
        return optimize.brentq(lambda x: x**3 + a * x - b, 0.0, 5.0) * a

    gradient = ac.grad(root, wrt=(0, 1))(1.3, 2.0)
    _, found = ac.jvp(root, (1.3, 2.0), (2.0, 3.0))
    assert found == pytest.approx(2.0 * gradient[0] + 3.0 * gradient[1], rel=1e-9)
    h = 1e-4
    second = (ac.grad(root)(1.3 + h, 2.0) - ac.grad(root)(1.3 - h, 2.0)) / (2 * h)
    assert ac.hvp(root)(1.3, 1.0, 2.0) == pytest.approx(second, rel=1e-6)
