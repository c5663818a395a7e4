"""Defaults are evaluated once, where the function is defined; names in them may be bound to something else later."""

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check


def rebound(x):
    k = x

    def g(y, by=k):
        return by * y

    for _ in range(3):
        k = g(k) + x
    return k


def of_lambdas(x):
    k = x
    g = lambda y, by=k * 2.0: by * y  # noqa: E731
    k = 7.0
    return g(x) * k


def kept_between_calls(x):
    def g(y, items=[]):  # noqa: B006
        items.append(y)
        return items[0] * y

    return g(x) * g(x * x)


@pytest.mark.parametrize("f", [rebound, of_lambdas, kept_between_calls])
def test_defaults(f):
    check(f, 0.7)


def test_lists_of_arrays_in_second_derivatives():
    def f(x):
        first, second = list(x), list(x)
        return first[0] * second[1] * x[0]

    x = np.array([0.7, 1.3])
    check(f, x)
    check(lambda x: ac.grad(f)(x)[0], x)
