"""Derivatives of derivatives in all modes, made and called inside functions that are differentiated."""

from __future__ import annotations

import math

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([[0.3, -1.1, 0.7], [1.2, 0.4, -0.2], [0.1, 0.9, -0.8]])
W = np.array([0.3, 0.5, -0.4])
GRADIENTS = {
    "reverse": lambda f: ac.grad(f),
    "forward": lambda f: lambda x: ac.jvp(f, (x,), (1.0,))[1],
}


def slope(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / (2 * h)


@pytest.mark.parametrize("outer", GRADIENTS)
def test_no_perturbation_is_confused(outer):
    d = GRADIENTS[outer]
    assert d(lambda x: x * ac.grad(lambda y: x * y)(2.0))(1.0) == 2.0
    assert d(lambda x: x * ac.jvp(lambda y: x * y, (2.0,), (1.0,))[1])(1.0) == 2.0
    assert d(lambda x: x * ac.jvp(lambda y: x + y, (1.0,), (x,))[1])(3.0) == 6.0
    assert d(lambda x: ac.grad(lambda y: ac.grad(lambda z: x * y * z * z)(y))(x))(2.0) == pytest.approx(8 * 2.0)


def descent(x):
    """Gradients and tangents of closures, in a loop in which what they read changes."""
    s = 0.0
    for i in range(3):
        d = ac.grad(lambda y: math.sin(x * y) * y**i)(s + x)  # noqa: B023
        v, t = ac.jvp(lambda y: y * y * d, (x,), (d,))  # noqa: B023
        s = s + d * t * 0.1 + v
    return s


def layers(x):
    def half(z):
        return z * x / 2

    def inner(y):
        def deep(z):
            return half(z) * y * x

        return ac.grad(deep)(y) * y + ac.grad(lambda z: z**3 * y)(x)

    slope_of = ac.grad(inner)
    return slope_of(x) + slope_of(2.0) * x


def branches(x):
    f = lambda y: math.tanh(x * y)  # noqa: E731
    if x > 0:
        out = ac.grad(f)(x)
    else:
        out = ac.jvp(f, (1.0,), (x,))[1]
    k = 0
    while k < 3 and out < 1.0:
        out = out + ac.grad(f)(x + k) ** 2
        k += 1
    return out


@pytest.mark.parametrize("f", [descent, layers, branches])
@pytest.mark.parametrize("x", [0.7, -0.6])
def test_closures_in_loops_and_branches(f, x):
    wanted = slope(f, x)
    assert ac.grad(f)(x) == pytest.approx(wanted, rel=1e-7)
    assert ac.jvp(f, (x,), (1.0,))[1] == pytest.approx(ac.grad(f)(x), rel=1e-12)
    second = slope(ac.grad(f), x)
    assert ac.hvp(f)(x, 1.0) == pytest.approx(second, rel=1e-6)
    assert ac.grad(ac.grad(f))(x) == pytest.approx(second, rel=1e-6)


def trained(w, X):
    loss = lambda v: np.sum(np.tanh(X @ v) * v)  # noqa: E731
    u = w
    for _ in range(2):
        u = u - 0.1 * ac.grad(loss)(u)
    return np.sum(ac.hvp(loss)(u, w)) + np.sum(u**2)


def test_arrays_trained_inside():
    wanted = np.array([slope(lambda t, e=e: trained(W + t * e, X), 0.0) for e in np.eye(3)])
    np.testing.assert_allclose(ac.grad(trained)(W, X), wanted, rtol=1e-7)
    np.testing.assert_allclose(ac.jacfwd(trained)(W, X), ac.grad(trained)(W, X), rtol=1e-12)
    np.testing.assert_allclose(ac.hessian(trained)(W, X), ac.jacrev(ac.grad(trained))(W, X), rtol=1e-9)


@pytest.mark.parametrize("first", GRADIENTS)
@pytest.mark.parametrize("second", GRADIENTS)
@pytest.mark.parametrize("third", GRADIENTS)
def test_third_derivatives_in_all_modes(first, second, third):
    """By functions at the top of a module, each the derivative of the one before."""
    cube = FIRST[first][second]
    found = GRADIENTS[third](cube)(0.7)
    assert found == pytest.approx(8 * -math.cos(1.4) + 24 * 0.7, rel=1e-12)


def base(x):
    return math.sin(2 * x) + x**4


reverse_1 = ac.grad(base)
forward_1 = lambda x: ac.jvp(base, (x,), (1.0,))[1]  # noqa: E731
FIRST = {
    "reverse": {"reverse": ac.grad(reverse_1), "forward": lambda x: ac.jvp(reverse_1, (x,), (1.0,))[1]},
    "forward": {"reverse": ac.grad(forward_1), "forward": lambda x: ac.jvp(forward_1, (x,), (1.0,))[1]},
}


def test_buffers_and_their_tangents():
    def swept(x, n):
        u, v = x.copy(), np.zeros_like(x)
        for _ in range(n):
            v[1:-1] = u[:-2] * u[2:] + u[1:-1]
            v[0], v[-1] = u[-1], u[0] ** 2
            u, v = v, u
        return np.sum(u * v)

    x = np.array([0.3, 0.9, -0.5, 1.1, 0.2])
    v = np.array([1.0, -0.5, 0.3, 0.2, 0.7])
    g = ac.grad(swept)
    wanted = slope(lambda t: g(x + t * v, 3), 0.0)
    np.testing.assert_allclose(ac.hvp(swept)(x, v, 3), wanted, rtol=1e-6, atol=1e-8)
    forward_twice = ac.jvp(lambda t: ac.jvp(lambda s: swept(x + s * v + t * v, 3), (0.0,), (1.0,))[1], (0.0,), (1.0,))
    assert forward_twice[1] == pytest.approx(v @ wanted, rel=1e-6)
    over = ac.grad(lambda x, v: ac.jvp(lambda y: swept(y, 3), (x,), (v,))[1])(x, v)
    np.testing.assert_allclose(over, wanted, rtol=1e-6, atol=1e-8)


def test_nondifferentiable_stays_so_in_second_derivatives():
    table = ac.nondifferentiable(lambda x: x**3)
    f = lambda x: x * x * table(x)  # noqa: E731
    assert ac.grad(f)(2.0) == 32.0
    assert ac.grad(ac.grad(f))(2.0) == ac.hvp(f)(2.0, 1.0) == 16.0


def test_what_is_refused_inside():
    with pytest.raises(ac.DifferentiationError, match="2 tangents"):
        ac.grad(lambda x: ac.jvp(lambda y: y, (x,), (x, x))[1])(1.0)
    with pytest.raises(ac.DifferentiationError, match="its pattern is found while running"):
        ac.grad(lambda x: ac.sparse_hessian(lambda y: np.sum(y * y), x).sum())(W)
    with pytest.raises(TypeError, match="must have the shape"):
        ac.grad(lambda x: ac.jvp(lambda y: np.sum(y), (x,), (x[:2],))[1])(W)
    with pytest.raises(ac.DifferentiationError, match="no derivative"):
        ac.grad(lambda x: ac.jvp(lambda n: x * n, (3 > 2,), (x,))[1])(1.0)


def last_by_position(x):
    return ac.grad(lambda a, b: a * a * b * x, wrt=-1)(3.0, 2.0)


def by_defaults(x):
    s = 0.0
    for k in range(3):
        s += ac.grad(lambda y, k=k, m=x: y * y * k * m)(x) + ac.jvp(lambda y, m, k=k: y * k * m, (x, x), (1.0, None))[1]
    return s


def test_parameters_of_nested_functions():
    """What a nested function reads of the program are no parameters of it; its defaults are those of the moment."""
    assert last_by_position(5.0) == 45.0
    assert ac.grad(last_by_position)(5.0) == 9.0
    for f in (last_by_position, by_defaults):
        ac.testing.check_grads(f, (1.3,))
    with pytest.raises(ac.DifferentiationError, match="wrt='x'"):
        ac.grad(lambda x: ac.grad(lambda y: y * x, wrt="x")(x))(1.0)
    with pytest.raises(ac.DifferentiationError, match="wrt=1"):
        ac.grad(lambda x: ac.grad(lambda y: y * x, wrt=1)(x))(1.0)


def its_own_gradient(x, n):
    return x * x if n == 0 else x * ac.grad(its_own_gradient)(x, n - 1)


def its_own_tangent(x, n):
    return x * x if n == 0 else ac.jvp(its_own_tangent, (x, n - 1), (x, None))[1]


def its_own_hessian(x, n):
    return x @ x if n == 0 else np.sum(ac.hessian(its_own_hessian)(x, n - 1))


def one_of_two(x, n):
    return x * x if n == 0 else the_other(x, n - 1)


def the_other(x, n):
    return x * ac.grad(one_of_two)(x, n)


@pytest.mark.parametrize(
    ("function", "x"),
    [(its_own_gradient, 1.5), (its_own_tangent, 1.5), (its_own_hessian, np.array([1.0, 2.0])), (one_of_two, 1.5)],
)
def test_functions_that_call_their_own_derivatives_are_refused(function, x):
    for attempt in (lambda: ac.grad(function)(x, 2), lambda: ac.jvp(function, (x, 2), (x, None))):
        with pytest.raises(ac.DifferentiationError, match="calls its own derivative"):
            attempt()
