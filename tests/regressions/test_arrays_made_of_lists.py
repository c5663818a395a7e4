"""NumPy makes a new array of a list or tuple: ``np.transpose([x, y])`` is a view of nothing that the program names."""

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check, vector


def of_a_variable(x):
    rows = [x, x * 2]
    a = np.asarray(rows)
    a[1:] *= a[:-1]
    b = np.transpose(rows)
    b[0] *= b[1]
    rows[0][1] = 5 * x[0]
    return a.sum() + b.sum() + rows[0].sum() * rows[1].sum()


def written_out(x):
    a = np.transpose([x, x * 2])
    a[0] *= a[1]
    b = np.ravel((x, x))
    b[3] *= b[0]
    c = np.asarray([x[0], x[1], 2.0])
    c[1:] *= c[:-1]
    return a.sum() + b.sum() + c.prod()


def of_numbers(x):
    a = np.asarray([x[0] * k for k in range(3)])
    a[1:] *= a[:-1]
    return a.sum()


def interpolated(x):
    y = np.interp(x, [0.0, 1.0, 2.0], [0.0, x[0], 1.0])
    return (y * y).sum() * np.interp(x[0], (0, 1), (x[1], 2))


@pytest.mark.parametrize("f", [of_a_variable, written_out, of_numbers, interpolated])
def test_lists(f):
    check(f, vector(5))


def test_untyped():
    x = vector(5)
    gradient = ac.grad(of_numbers)
    np.testing.assert_allclose(gradient._untyped("joint").functions[0](x), gradient(x), rtol=1e-12)
