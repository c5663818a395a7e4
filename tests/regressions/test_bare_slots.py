"""An item that is put where another one was, before anything reads that: its adjoint is zeros of its own shape."""

import numpy as np
import pytest

from . import check

W = np.arange(9.0).reshape(3, 3) / 7 + 0.3
X = np.array([0.5, 1.0, 2.0])


class Held:
    def __init__(self, v):
        self.v = v


def overwritten(w, x):
    items = [x * 2.0, x]
    items[0] = w @ x
    items[0] = x * x
    return items[0].sum() + items[1][0] * w[0, 0]


def overwritten_in_a_loop(w, x):
    held = Held(x * 0.5)
    for k in range(3):
        held.v = w[k] * x[k]
    return float(held.v @ held.v)


def of_changing_shape(w, x):
    held = Held(x)
    for k in range(3):
        held.v = np.concatenate([x, w[k]])
        held.v = held.v[1:4] * x[0]
        held.v = w.T
        held.v = w.sum(axis=0) * x[k]
    return held.v.sum()


def read_at_times(w, x):
    table, total = {"a": w}, 0.0
    for k in range(4):
        if k % 2:
            total = total + table["a"].sum() * x[0]
        table["a"] = np.sort(w[k % 3]) * x
        if k == 2:
            table["a"] = w[:, [0, 0, 1]]
    return total + table["a"][0]


def popped(w, x):
    stack = []
    for k in range(3):
        stack.append(w @ x)
        stack.append(np.cumsum(x))
        stack.pop()
        if k == 1:
            stack.pop()
    return sum(v[0] for v in stack)


def two_objects(w, x):
    one, other = Held(x), Held(w)
    if x[0] > 0:
        one, other = other, one
    one.v = w @ x
    y = other.v * 2.0
    one.v = y * w[0]
    other.v = np.outer(x, x)
    other.v = w * 2.0
    return one.v.sum() + other.v[1, 1]


def put(table, value):
    table["v"] = value
    table["v"] = value[0] * 2.0


def in_a_helper(w, x):
    table = {"v": x}
    put(table, w)
    put(table, w @ w)
    return table["v"].sum() * x[0]


def deleted(w, x):
    table = {"a": x}
    table["a"] = w.reshape(-1)
    del table["a"]
    table["a"] = w[::-1] * x
    return table["a"].sum()


def numbers(w, x):
    items = [x[0], 2.0]
    items[0] = x[1] * w[0, 0]
    items[0] = items[1] * x[2]
    items[1] = np.sum(w)
    items[1] = 3.0
    return items[0] * items[1]


@pytest.mark.parametrize(
    "function",
    [
        overwritten,
        overwritten_in_a_loop,
        of_changing_shape,
        read_at_times,
        popped,
        two_objects,
        in_a_helper,
        deleted,
        numbers,
    ],
)
def test_items_that_are_overwritten_unread(function):
    check(function, W, X)


def test_a_factor_of_an_array_that_is_overwritten_has_a_number_as_its_gradient():
    def f(s, x):
        items = [x, x]
        items[0] = s * x
        items[0] = x * 2.0
        return items[0].sum()

    check(f, 1.5, X)
