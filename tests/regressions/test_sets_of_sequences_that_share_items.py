"""A list that is made of another holds the same lists, arrays and objects: patterns of sparse Jacobians know it."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([1.0, 2.0, 3.0])


class Point:
    def __init__(self, a):
        self.a = a


def list_of_lists(x):
    held = [[x[0]], [x[1]]]
    same = list(held)
    same[0][0] = x[2] * x[1]
    return np.array([held[0][0], same[1][0]])


def tuple_of_arrays(x):
    held = [x[:2].copy(), x[1:].copy()]
    same = tuple(held)
    same[0][0] = x[2] * x[1]
    for a in sorted(same, key=lambda a: a[1]):
        a[1] = a[0] * x[0]
    return held[0] * held[1]


def rows_of_a_matrix(x):
    matrix = np.outer(x, x)
    rows = list(matrix)
    rows[0][1] = x[2] * x[1]
    return matrix[0]


def sums_and_multiples(x):
    held = [[x[0]], [x[1]]]
    more = held + [[x[2]]]
    more[0][0] = x[2] * x[1]
    twice = [more[1]] * 2
    twice[1][0] = twice[0][0] * x[0]
    return np.array([held[0][0], held[1][0], more[2][0]])


def objects_in_lists(x):
    held = [Point(x[0]), Point(x[1])]
    same = list(held)
    same[0].a = x[2] * x[1]
    for p in list(same):
        p.a = p.a * x[0]
    return np.array([held[0].a, same[1].a])


def deep_copies(x):
    held, points = {"a": [x[0]], "b": x[1:].copy()}, [Point(x[0]), Point(x[1])]
    other, others = copy.deepcopy(held), copy.deepcopy(points)
    other["a"][0], other["b"][0], others[0].a = x[2], 0.0, 0.0
    return np.array([held["a"][0], held["b"][0], other["a"][0], points[0].a])


def functions_by_map(x):
    return np.array([f(x[1]) for f in map(lambda k: lambda t: t * k, x)])


@pytest.mark.parametrize("f", (list_of_lists, tuple_of_arrays, rows_of_a_matrix, sums_and_multiples, objects_in_lists, deep_copies,
                               functions_by_map))  # fmt: skip
def test_sparse_jacobian(f):
    np.testing.assert_allclose(ac.sparse_jacobian(f, X).toarray(), ac.jacobian(f)(X))
    ac.testing.check_grads(f, (X,), order=1)
