"""A name that moves along an array as a view of itself: in the split form, too, its shadow is the array's."""

import pytest

from . import check, vector


def scaled(x, n):
    y = x
    for _ in range(n):
        y[0] *= 2.0
        y = y[1:]
    return x.prod()


def multiplied(x, n):
    y = x
    for _ in range(n):
        y[0] = y[0] * y[1]
        y = y[1:]
    return (x * x).sum() * y[0]


def turned(x, n):
    y = x
    for _ in range(n):
        y[0] *= 2.0
        y = y[::-1]
    return x.prod()


def first_scaled(a):
    a[0] *= 2.0
    return a[1:]


def by_a_helper(x, n):
    y = first_scaled(x)
    for _ in range(n):
        y = first_scaled(y)
    return x.prod() * y.sum()


def of_a_new_array(x, n):
    a = x * 1.0
    y = a
    for _ in range(n):
        y[0] *= x[1]
        y = y[1:]
    return a.prod()


@pytest.mark.parametrize("n", range(4))
@pytest.mark.parametrize("f", [scaled, multiplied, turned, by_a_helper, of_a_new_array])
def test_views(f, n):
    check(f, vector(5), n)
