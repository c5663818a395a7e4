"""A local name that stands for one function or another: the last one met while compiling was called on every path."""

import numpy as np
import pytest

import adjoint_compiler as ac


def rebound(x):
    h = np.sin
    if x > 0:
        h = np.cos
    return h(x)


def either(x):
    if x > 0:
        h = np.sin
    else:
        h = np.cos
    return h(x)


def next_iteration(x):
    s = 0.0
    h = np.sin
    for _ in range(3):
        s = s + h(x)
        h = np.cos
    return s


def nested(x):
    if x > 0:

        def h(y):
            return y * y
    else:

        def h(y):
            return y

    return h(x)


def in_own_branches(x):
    if x > 0:
        h = np.sin
        y = h(x)
    else:
        h = np.cos
        y = h(x)
    return y


def after_return(x):
    h = np.sin
    if x < 0:
        return h(x)
    h = np.cos
    return h(x)


def constant_or_variable(x):
    r = np.pi
    if x > 0:
        r = 2.0 * x
    return r * x


def lambda_in_a_loop(x):
    s = 0.0
    for k in range(3):
        g = lambda y: y * y * k
        s = s + g(x)
    return s


@pytest.mark.parametrize("f", [rebound, either, next_iteration, nested])
def test_a_choice_of_functions_is_refused(f):
    for x in (1.3, -1.3):
        with pytest.raises(ac.DifferentiationError) as caught:
            ac.grad(f)(x)
        assert {d.code for d in caught.value.diagnostics} == {"AC019"}


@pytest.mark.parametrize("f", [in_own_branches, after_return, constant_or_variable, lambda_in_a_loop])
def test_what_is_known_on_every_path_is_differentiated(f):
    for x in (1.3, -1.3):
        value, gradient = ac.value_and_grad(f)(x)
        assert value == f(x)
        assert gradient == pytest.approx((f(x + 1e-6) - f(x - 1e-6)) / 2e-6, rel=1e-8)
