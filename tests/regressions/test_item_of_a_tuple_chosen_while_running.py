"""``(a, b)[k]`` gives its adjoint to the item that it was."""

import pytest

from . import check, vector


def numbers(x):
    t = 1.0
    for q in (x[0], 2, x[1]):
        t *= q
    return t


def arrays(x):
    y = x * x
    for q in (x, y, x[::-1]):
        y = y * q
    return y.sum()


def negative(x):
    pair = (x[0] * x[1], x[2])
    y = 1.0
    for k in range(-2, 2):
        y = y * pair[k] + pair[1]
    return y


def some_of_them(x):
    items = (x[0], x[1] * x[0], x[2])
    y = 1.0
    for k in range(2):
        a, b = items[k : k + 2]
        y = y * a + b
    return y


def stored_into(x):
    y = x * 2.0
    for k, q in enumerate((y, x, y[1:])):
        q[k] = q[k - 1] * x[0]
        y[3] += q[1]
    return (x * y).sum()


def nested(x):
    y = 1.0
    for a, b in ((x[0], x), (x[1], x * x)):
        y = y * a + (b * a).sum()
    return y


def by_a_branch(x):
    a, b = x[0], x[1]
    for _ in range(3):
        k = 1 if a > b else 0
        a, b = (a * 0.7, b)[k], (b, a)[k] * 1.1
    return a * b


@pytest.mark.parametrize("f", [numbers, arrays, negative, some_of_them, stored_into, nested, by_a_branch])
def test_items(f):
    check(f, vector(5))
