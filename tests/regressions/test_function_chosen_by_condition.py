"""A local name that stands for one function or another: the last one met while compiling was called on every path.

The same of attributes that `__init__` sets on some paths only.
"""

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


class Either:
    def __init__(self, k):
        if k > 0.0:
            self.f = np.sin
        else:
            self.f = np.cos


def attribute_on_one_path(x):
    return Either(x).f(x)


class Holder:
    def __init__(self, k):
        self.f = lambda v: k * v


def functions_of_objects_made_in_a_loop(x):
    before = Holder(2.0 * x)
    for k in range(3):
        before = Holder(x * k)
    return before.f(x)


def function_returned_in_an_object(x):
    return Holder(x)


@pytest.mark.parametrize("f", [next_iteration, attribute_on_one_path])
def test_a_choice_of_functions_is_refused(f):
    for x in (1.3, -1.3):
        with pytest.raises(ac.DifferentiationError) as caught:
            ac.grad(f)(x)
        assert {d.code for d in caught.value.diagnostics} == {"AC019"}


@pytest.mark.parametrize("f", [functions_of_objects_made_in_a_loop, function_returned_in_an_object])
def test_functions_without_a_value_are_refused(f):
    with pytest.raises(ac.DifferentiationError, match="function that is (made in a loop|defined in the program)"):
        ac.vjp(f, 1.3)


@pytest.mark.parametrize(
    "f", [rebound, either, nested, in_own_branches, after_return, constant_or_variable, lambda_in_a_loop]
)
def test_what_is_known_on_every_path_is_differentiated(f):
    for x in (1.3, -1.3):
        value, gradient = ac.value_and_grad(f)(x)
        assert value == f(x)
        assert gradient == pytest.approx((f(x + 1e-6) - f(x - 1e-6)) / 2e-6, rel=1e-8)
