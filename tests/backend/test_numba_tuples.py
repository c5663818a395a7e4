"""Tuples, named tuples and lists as arguments of compiled derivatives: adjoints have the types of what they are adjoints of."""

from collections import namedtuple

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import slow

numba = pytest.importorskip("numba")

Model = namedtuple("Model", "rate drift start")
X = np.array([0.4, -1.2, 0.7])


@numba.njit
def decay(model, n):
    y = model.start * model.start
    for _ in range(n):
        y = y - 0.1 * model.rate * y + model.drift.sum() * model.rate
    return y * y


@numba.njit
def layered(layers, x):
    total = 0.0
    for k in range(len(layers)):
        matrix, bias = layers[k]
        x = np.tanh(matrix @ x + bias)
        total += x[0]
    return total


def leaves(v):
    return [leaf for item in v for leaf in leaves(item)] if isinstance(v, (tuple, list)) else [v]


def agree(found, expected):
    found, expected = leaves(found), leaves(expected)
    assert [np.shape(v) for v in found] == [np.shape(v) for v in expected]
    for a, b in zip(found, expected, strict=True):
        assert (a is None) == (b is None)
        np.testing.assert_allclose(a, b, rtol=1e-12) if a is not None else None


def test_a_named_tuple():
    model = Model(1.3, X, 2.0)
    found = ac.grad(decay)(model, 4)
    agree(found, ac.grad(decay.py_func)(model, 4))
    assert type(found) is Model

    slope = ac.grad(decay)

    @numba.njit
    def step(model, n):
        change = slope(model, n)
        return model.rate - 0.1 * change.rate, change.drift

    agree(step(model, 4), (model.rate - 0.1 * found.rate, found.drift))


@slow
def test_a_list_of_tuples():
    layers = [(np.eye(3) * 0.5, X), (np.outer(X, X) + 0.1, X * 2.0)]
    found = ac.grad(layered, wrt=(0, 1))(layers, X)
    agree(found, ac.grad(layered.py_func, wrt=(0, 1))(layers, X))
    assert type(found[0]) is list and type(found[0][0]) is tuple


def mixed(pair, x):
    first, rest = pair
    again = rest
    return first * x[0] + rest[0] ** 2 * again[1][2] + rest[1].sum() * first


def test_nested_tuples_by_a_pullback():
    pair = (2.0, (0.5, X, 3))
    y, pullback = ac.vjp(mixed, pair, X, backend="numba")
    z, expected = ac.vjp(mixed, pair, X)
    assert y == pytest.approx(z)
    agree(pullback(1.5), expected(1.5))
    agree(pullback(1.0), expected(1.0))
