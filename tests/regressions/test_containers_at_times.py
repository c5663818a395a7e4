"""A name that is a container at times, and a number, an array or another container at others, had wrong adjoints.

Adjoints of lists were added by `+`, which joins them.
"""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check, vector


def total(t):
    s = 0.0
    for e in t:
        if isinstance(e, list):
            s = s + total(e) * 1.5
        else:
            s = s + e * e
    return s


def value(e):
    if isinstance(e, tuple):
        op, a, b = e
        if op == "add":
            return value(a) + value(b)
        return value(a) * value(b)
    return e


def nested_lists(x):
    return total([x[0], [x[1], [x[2] * x[0]]], x[3]]) * total([x[0]])


def expression_trees(x):
    return value(("add", ("mul", x[0], x[1]), ("mul", x[2], ("add", x[0], x[3]))))


def unwrapped_in_a_loop(x):
    t = ((x[0], x[1]), x[2])
    s = 1.0
    while isinstance(t, tuple):
        s = s * t[1]
        t = t[0]
    return s * t


def list_or_array(x):
    p, q = [x[0], x[1]], x
    for _ in range(3):
        p, q = q, p
    return p[0] * q[1] * x[0]


def list_or_array_stored(x):
    p, q = [x[0], x[1] * x[2]], x * 1.0
    for _ in range(3):
        p[1] = p[1] * p[0] * x[2]
        p, q = q, p
    return p[0] * p[1] * q[1]


def tuples_of_other_lengths(x):
    p = (x[0], x[1] * x[2], x[0]) if x[0] > 0 else (x[0], x[1])
    q = list(p)
    q.append(p[0])
    return sum(q) * sum(p) * q[1] * sum(a * a for a in p)


def gathered_twice(x):
    p = [x[0]] if x[0] > 4 else x
    q = p[np.array([0, 0, 1])]
    return q[0] * q[1] * q[2]


def dicts_of_other_keys(x):
    d = {"a": x[0]} if x[0] > 9 else {"b": x[1], "a": x[2]}
    return d["a"] * d["b"]


@pytest.mark.parametrize("f", [
    nested_lists, expression_trees, unwrapped_in_a_loop, list_or_array, list_or_array_stored, tuples_of_other_lengths,
    gathered_twice, dicts_of_other_keys,
], ids=lambda f: f.__name__)  # fmt: skip
def test_against_differences(f):
    check(f, vector(4))


@pytest.mark.parametrize("use", [lambda p: p + p, lambda p: 2 * p, np.sum, lambda p: np.dot(p, p)])
def test_containers_are_not_taken_for_arrays(use):
    def f(x, flag):
        p = [x[0], x[1]] if flag else x
        return use(p)[0] if np.ndim(use(p)) else use(p)

    assert np.all(np.isfinite(ac.grad(f)(vector(3), False)))
    with pytest.raises(TypeError, match="a list here is a number or an array at other times"):
        ac.grad(f)(vector(3), True)
