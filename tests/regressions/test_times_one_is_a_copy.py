"""`a * 1.0`, `a + 0`, `a / 1` and `+a` are new arrays: a store into one leaves the other alone."""

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check, vector


def times_one(a):
    b = a * 1.0
    b[0] = b[1] * b[2]
    return (a * b).sum()


def plus_zero(a):
    b = a + 0
    b[0] = b[1] * b[2]
    return (a * b).sum()


def over_one(a):
    b = a / 1
    b[0] = b[1] * b[2]
    return (a * b).sum()


def unary_plus(a):
    b = +a
    b[0] = b[1] * b[2]
    return (a * b).sum()


def power_of_one(a):
    b = a**1
    b[0] = b[1] * b[2]
    return (a * b).sum()


def source_changes(a):
    a = a * 2.0
    b = a * 1.0
    a[0] = a[1] * a[2]
    return (a * b).sum()


def as_array(a):
    b = np.asarray(a)
    b[0] = b[1] * b[2]
    return (a * b).sum()


@pytest.mark.parametrize("f", [times_one, plus_zero, over_one, unary_plus, power_of_one, source_changes, as_array])
def test_stores(f):
    check(f, vector(3))


def shared_adjoint(a, b):
    u = a + 0
    y = u + b
    return y.sum() + (u * u).sum()


def test_adjoints_are_not_shared():
    check(shared_adjoint, vector(3), vector(3, seed=1))
    a_bar, b_bar = ac.grad(shared_adjoint, wrt=(0, 1))(vector(3), vector(3))
    assert not np.shares_memory(a_bar, b_bar)


def overwritten_argument(v, A):
    v -= A[1] * np.cos(v)
    return np.sum(np.sin(v)) + np.dot(v, A[1])


def test_what_is_stored_into_may_be_an_argument():
    ac.testing.check_grads(
        overwritten_argument, (np.array([-0.4, 0.8, 1.0]), np.arange(6.0).reshape(2, 3) / 5.0), order=1
    )
