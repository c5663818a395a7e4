"""``list(u)`` and ``tuple(u)`` of an array: the items' adjoints make an array, and rows are views of its memory."""

import numpy as np
import pytest

from . import check, vector


def numbers(x):
    u = np.sin(x)
    items = list(u)
    items.append(u[0])
    items[0] = items[1] * 3
    return items[0] * items[-1] + sum(items) + u.prod()


def bound_again(x):
    u = np.sin(x)
    items = []
    for _ in range(3):
        items = list(u)
        u = u * items[1]
    return sum(items) + u.sum()


def rows(x):
    items = list(np.outer(x, x))
    return sum([r[0] * r[1] for r in items]) + np.array(items[2]).sum()


def by_a_counter(x):
    t = tuple(np.sin(x))
    s = 0.0
    for i in range(len(t)):
        s += t[i] * t[i - 1]
    return s


def rows_are_views(x):
    a = x.reshape(4, 2) * 1.0
    parts = tuple(a)
    a[1] = a[0] * 2
    parts[2][0] = parts[1][1] ** 2
    for i in range(3):
        parts[i + 1][:] = parts[i] * parts[i + 1]
    return (parts[1] * parts[0]).sum() + a.prod()


@pytest.mark.parametrize("f", [numbers, bound_again, rows, by_a_counter, rows_are_views])
def test_items(f):
    check(f, vector(8))
