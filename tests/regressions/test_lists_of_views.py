"""The pieces that ``np.split`` gives are views: what they receive, the array had received already, and received again."""

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check, vector


def returned(x):
    x = x * 1.0
    pieces = np.split(x, 2)
    x[0] = 3.0 * x[3]
    return pieces, x


def read_as_array(x):
    x = x * 1.0
    total = 0.0
    for k in range(2):
        pieces = np.array_split(x, 2)
        total = total + (k + 1.0) * np.sum(np.abs(pieces) ** 2)
        x[0] = x[0] * 0.5 + x.mean()
    return total


def columns(x):
    a = np.outer(x, x[:2])
    left, right = np.hsplit(a, 2)
    rows = np.vsplit(a, 2)
    a *= 2.0
    return left * right, rows


def along_an_axis(x):
    a = np.outer(x, x)
    parts = np.unstack(a, axis=1)
    a[0] = x * x[1]
    return parts[0] * parts[1], parts


def repeated(x):
    a = x * 1.0
    whole, number = np.broadcast_arrays(a, x[1] * x[2])
    a[0] = 3.0
    return whole.sum() * number.sum() + number[0] * 5.0


PROGRAMS = [returned, read_as_array, columns, repeated, *([along_an_axis] if hasattr(np, "unstack") else [])]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_against_differences(f):
    check(f, vector(4))


def slopes_or_whole(x, flag):
    if flag:
        out = np.gradient(x.reshape(2, 2))
    else:
        out = x * 2.0
    return out


@pytest.mark.parametrize("flag", [True, False])
def test_stored_arrays_in_a_result_that_is_a_tuple_at_times(flag):
    check(slopes_or_whole, vector(4), flag)


def test_an_array_that_is_a_container_of_its_rows_at_times_is_refused():
    def f(x):
        a = np.zeros((2, 3))
        y = a
        if x[0] > 0:
            y = [a[0], a[1] * 2.0]
        a[0] = x
        return (y[0] + y[1]).sum()

    with pytest.raises(ac.DifferentiationError, match="at times a container"):
        ac.grad(f)(vector(3))
