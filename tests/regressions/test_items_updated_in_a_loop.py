"""``items[k] += x`` in a loop: what the update overwrote goes back into the array that it was in."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler import DifferentiationError

from . import check, vector


def views_of_one_array(x):
    items = [x[:2], x[2:4]]
    for _ in range(2):
        for i in range(2):
            items[i] += 0.1 * items[1 - i] ** 2
            items[i][0] *= items[i][1]
    return (items[0] * items[1]).sum() + x.sum()


def items_of_an_argument(weights):
    for k in range(2):
        weights[k] -= 0.1 * weights[k] ** 2
    return (weights[0] ** 2).sum() * (weights[1] ** 2).sum()


def rows(x):
    a = np.outer(x, x)
    for k in range(3):
        row = a[k]
        row *= a[k + 1] + x
    return (a * a).sum()


@pytest.mark.parametrize("f", [views_of_one_array, rows])
def test_arrays(f):
    check(f, vector(5))


def test_argument():
    check(items_of_an_argument, [vector(3), vector(2)])


def test_slices():
    def f(x):
        items = [x, x * x, 1.0]
        items[1:] = [x, 2.0]
        return items[1] * items[2]

    check(f, 1.5)


def test_updates_of_slices_are_refused():
    def f(x):
        items = [x, x * x, 1.0]
        items[1:] += [x]
        return items[1] * items[2]

    with pytest.raises(DifferentiationError, match="slice of a list"):
        ac.grad(f)(1.5)


def descent(p):
    for k in p:
        p[k] -= 0.1 * p[k] ** 2
    return (p["w"] @ p["b"]).sum()


def momentum(p):
    speed = {}
    for k in p:
        speed[k] = np.zeros_like(p[k])
    for _ in range(2):
        for k in p:
            speed[k] = 0.9 * speed[k] - 0.1 * p[k] ** 2
            p[k] = p[k] + speed[k]
    return (p["w"] @ p["b"]).sum()


@pytest.mark.parametrize("f", [descent, momentum])
def test_dicts(f):
    check(f, {"w": vector(6).reshape(2, 3), "b": vector(3)})
