"""Adjoints of parts that are parts of adjoints: the same derivatives, with and without them."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

A = np.random.default_rng(0).standard_normal((4, 3))
X = np.array([0.4, -1.2, 0.7])


def rows(a, x):
    s = 0.0
    for i in range(len(a)):
        row = a[i]
        s += row[0] * x[1] + np.sin(row[2] * row[0]) * x[0]
    return s


def two_rows(a, x):
    s = 0.0
    for i in range(len(a) - 1):
        row, other = a[i], a[i + 1]
        s += row[0] * other[1] + (row * other * x).sum() + other[0] ** 2
    return s


def the_same_row_twice(a, x):
    s = 0.0
    for i in range(len(a)):
        row, again = a[i], a[i]
        s += row[0] * again[1] * x[0] + np.dot(row, again)
    return s


def overlapping_parts(a, x):
    s = 0.0
    for i in range(len(a) - 1):
        part = a[i : i + 2]
        s += part[0, 0] * part[1, 2] + part[1, 0] ** 2 * x[1]
    return s


def parts_of_parts(a, x):
    s = 0.0
    for i in range(2):
        part = a[i:]
        for j in range(len(part)):
            row = part[j]
            s += row[0] * row[1] + row[2] * part[0, 0]
    return s


def a_row_by_a_branch(a, x):
    s = 0.0
    for i in range(len(a)):
        if x[0] > 0.0:
            row = a[i]
        else:
            row = a[0]
        s += row[0] * row[1] ** 2
        row = a[i - 1]
        s += row[2] ** 3
    return s


def stored_into(a, x):
    b = a * 2.0
    for i in range(1, len(b)):
        row = b[i]
        row[0] = b[i - 1, 1] * row[2]
        b[i - 1] = row * x
    return (b * b).sum()


def rebound_index(a, x):
    s, i = 0.0, 0
    while i < len(a):
        row = a[i]
        s += row[0] * row[1]
        i += 1
        s += row[2] * i
    return s


def also_as_a_whole(a, x):
    s = 0.0
    for i in range(len(a)):
        row = a[i]
        s += row[0] * (a * a).sum() + (a @ x)[i] * row[1] + (row * 2.0).sum()
    return s


def integer_arrays(a, x):
    s = 0.0
    for i in range(2):
        part = a[[0, i, i]]
        s += part[0, 0] * part[1, 1] * part[2, 2]
    return s


def columns(a, x):
    s = 0.0
    for j in range(a.shape[1]):
        column = a[:, j]
        s += column[0] * column[1] * x[j] + (column**2).sum() * column[3]
    return s


PROGRAMS = [
    rows, two_rows, the_same_row_twice, overlapping_parts, parts_of_parts, a_row_by_a_branch, stored_into, rebound_index,
    also_as_a_whole, integer_arrays, columns,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients_are_right(f):
    ac.testing.check_grads(f, (A, X), order=2)
    for g in (ac.grad(f, wrt=(0, 1)), ac.grad(f, wrt=(0, 1), optimize=("-add_through_views",))):
        for found, expected in zip(g(A, X), ac.grad(f, wrt=(0, 1), optimize=0)(A, X), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("f", [rows, two_rows, columns, overlapping_parts, the_same_row_twice])
def test_nothing_is_allocated_in_the_reverse_loop(f):
    source = ac.grad(f).specialize(A, X).source
    assert "np.zeros(" not in source.partition("# reverse sweep")[2], source


@pytest.mark.parametrize("f", sampled([two_rows, rows, overlapping_parts, columns, stored_into], 3))
def test_under_numba(f):
    pytest.importorskip("numba")
    for found, expected in zip(
        ac.grad(f, wrt=(0, 1), backend="numba")(A, X), ac.grad(f, wrt=(0, 1))(A, X), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_pairs_know_the_types_of_their_parameters():
    y, pullback = ac.vjp(rows, A, X)
    for found, expected in zip(pullback(1.0), ac.grad(rows, wrt=(0, 1))(A, X), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
