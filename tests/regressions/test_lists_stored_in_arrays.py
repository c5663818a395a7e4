"""Lists that are stored into arrays, added to them, and given to functions that store."""

import numpy as np
import pytest

from adjoint_compiler.testing import check_grads
from tests.regressions import check

X = np.array([0.3, 0.7, 1.2])


def sines(x):
    return [np.sin(v) for v in x]


def stored(x):
    y = np.zeros(3)
    y[:] = sines(x)
    return np.sum(y**2)


def added_to_parts(x):
    items = sines(x)
    y = np.ones(3)
    y[1:] += items[:2]
    y *= items
    return np.sum(y**2)


def updates(x):
    items = sines(x)
    y = x.copy()
    y += items
    y -= tuple(items)
    y /= items
    return np.sum(y * y * x)


def rows(x):
    items = sines(x)
    a = np.zeros((2, 3))
    a[0] = items
    a[1] = x * items
    a[:, 1] = items[:2]
    return np.sum(a**3)


def by_functions(x):
    items = sines(x)
    y, z = np.zeros(5), np.zeros(3)
    np.put(y, [0, 2, 4], items)
    np.add.at(z, [0, 0, 2], items)
    np.multiply(items, x, out=y[:3])
    return np.sum(y**3) + np.sum(z**2)


def masked(x):
    y = x.copy()
    y[x > 0.5] = sines(x)[1:]
    return np.sum(y**3) + x.dot(sines(x))


PROGRAMS = [stored, added_to_parts, updates, rows, by_functions, masked]


@pytest.mark.parametrize("f", PROGRAMS)
def test_reverse(f):
    check(f, X)


@pytest.mark.parametrize("f", PROGRAMS)
def test_forward(f):
    check_grads(f, (X,), order=1, modes=("forward",))
