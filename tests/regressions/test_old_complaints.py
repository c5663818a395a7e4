"""Programs that other tools for derivatives of Python were once known to refuse, or to get wrong."""

import math

import numpy
import numpy as np
import numpy as xp
import pytest

import adjoint_compiler as ac

from . import check


def nested_def(x):
    def square(t):
        return t * t

    def twice(f, t):
        return f(f(t))

    return twice(square, x) * square(x)


def rows_and_columns(x):
    rows, cols = x.shape
    s = 0.0
    for i in range(rows):
        for j in range(cols):
            s += x[i, j] * x[j % rows, i % cols]
    return s


def method_of_a_call(x):
    return np.exp(x).sum()


def row_in_a_loop(x):
    s = 0.0
    for _ in range(3):
        s = s * 0.5 + (x[0, :] * x[1, :]).sum()
        s = s + x[0, 1]
    return s


def other_alias(x):
    return xp.sin(x).sum() * numpy.cos(x).sum()


def assignment_in_a_condition(x):
    n = 0
    while (y := x * 0.5**n) > 0.1:
        n += 1
        x = x + 0.01 * y
    return x * y * n


def continue_in_a_loop(x):
    s = 0.0
    for a in x.ravel():
        if a < 0.8:
            continue
        s = s + a * a
    return s


def return_from_nested_loops(x):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] > 1.0:
                return x[i, j] * x[0, 0]
    return x.sum()


def parameter_reassigned(x):
    x = x * x
    for _ in range(2):
        x = np.sin(x) + x
    return x.sum()


def bound_before_and_used_after(x):
    t = x[0, 0]
    for i in range(x.shape[0]):
        if x[i, 0] > 0.9:
            t = x[i, 0] * x[i, 1]
    return t * t


def update_under_a_condition(x):
    S = x @ x.T
    d = x[:, 0] * 2.0
    for i in range(len(d)):
        if d[i] > 1.5:
            S[i, i] += d[i]
    return (S * S).sum()


def logsumexp_as_a_loop(x):
    v = x.ravel()
    m = v[0]
    for a in v:
        m = max(m, a)
    s = 0.0
    for a in v:
        s += math.exp(a - m)
    return m + math.log(s)


def unused_result_without_a_derivative(x):
    unused = np.arccos(x * 5.0)  # NaN, and never read
    if x.shape[0] > 100:
        return unused.sum()
    return (x * x).sum()


def matrix():
    return np.random.default_rng(1).uniform(0.5, 1.5, (3, 3))


PROGRAMS = [
    rows_and_columns, method_of_a_call, row_in_a_loop, other_alias, continue_in_a_loop, return_from_nested_loops,
    parameter_reassigned, bound_before_and_used_after, update_under_a_condition, logsumexp_as_a_loop,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_of_a_matrix(f):
    check(f, matrix())


@pytest.mark.parametrize("f", [nested_def, assignment_in_a_condition], ids=lambda f: f.__name__)
def test_of_a_number(f):
    check(f, 0.7)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_not_used_does_no_harm():
    np.testing.assert_array_equal(ac.grad(unused_result_without_a_derivative)(matrix()), 2.0 * matrix())


def test_nested_derivatives_are_not_confused():
    """The inner derivative must not see the outer variable as its own (Siskind and Pearlmutter 2005)."""

    def inner(y, x):
        return x + y

    def outer(x):
        return x * ac.grad(inner)(1.0, x)

    assert ac.grad(outer)(1.0) == 1.0


def test_third_derivatives():
    third = ac.grad(ac.grad(ac.grad(lambda x: x**4 * math.sin(x))))
    h = 1e-3
    second = ac.grad(ac.grad(lambda x: x**4 * math.sin(x)))
    assert third(0.7) == pytest.approx((second(0.7 + h) - second(0.7 - h)) / (2 * h), rel=1e-5)
