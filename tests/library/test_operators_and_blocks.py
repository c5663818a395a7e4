"""Updates that are functions, matrices of blocks, linear operators: programs of them, in loops and through views."""

from __future__ import annotations

import operator

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check, vector


def blocks(a, b):
    m = np.asarray(np.bmat([[a, b], [b.T, a * a]]))
    return (m * m).sum() + m[0, 3] * m[2, 1]


def a_row_of_blocks(a, b):
    return (np.array(np.bmat([a, b])) ** 2 * np.arange(8.0).reshape(2, 4)).sum()


def rows_of_vectors(a, b):
    return (np.array(np.bmat([[a[0]], [b[0]]])) ** 2 * np.arange(4.0)).sum()


@pytest.mark.parametrize("f", [blocks, a_row_of_blocks, rows_of_vectors])
def test_blocks(f):
    check(f, vector(4).reshape(2, 2), vector(4, 1).reshape(2, 2))


def test_matrices_alone_are_refused():
    with pytest.raises(ac.DifferentiationError, match="bmat"):
        ac.grad(lambda a: np.bmat([[a, a]]).sum())(np.eye(2))


def updates(x, y):
    z = x * y
    w = operator.iadd(z, x)
    operator.imul(z[1:], y[1:])
    u = operator.isub(x * 2.0, y)
    return (z * w).sum() + (u**2).sum() + operator.iadd(x[0], y[0]) ** 2


def updates_in_a_loop(x, y):
    s = 1.0
    for i in range(3):
        s = operator.iadd(s, x[i] * s)
        operator.itruediv(y, s)
    return s * y.sum()


@pytest.mark.parametrize("f", [updates, updates_in_a_loop])
def test_updates(f):
    check(f, vector(3), vector(3, 1))


def test_linear_operators():
    linalg = pytest.importorskip("scipy.sparse.linalg")

    def thrice(d, x):
        def product(v):
            return d * v + np.roll(v, 1) * d[0]

        a = linalg.LinearOperator((3, 3), matvec=product)
        return ((a @ x) * a.matvec(a.dot(x))).sum()

    def there_and_back(d, x):
        a = linalg.LinearOperator(
            (2, 3), matvec=lambda v: d[:2] * v[1:], rmatvec=lambda v: np.concatenate((np.zeros(1), d[:2] * v))
        )
        y = x
        for _ in range(3):
            y = a.rmatvec(a @ y) + x
        return (y**2).sum()

    for f in (thrice, there_and_back):
        check(f, vector(3), vector(3, 1))
        x, d = vector(3), vector(3, 1)
        _, dot = ac.jvp(f, (d, x), (x, d))
        bars = ac.grad(f, wrt=(0, 1))(d, x)
        assert dot == pytest.approx(float(bars[0] @ x + bars[1] @ d))
