"""Zeros that are overwritten as a whole are not made; and shapes of what comes off tapes."""

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([0.7, -0.4, 1.3, 0.9])
A = np.array([[0.7, -0.4, 1.3], [0.9, 0.2, -0.6]])


def shrinking(x):
    y = x * 1.0
    total = 0.0
    while len(y) > 1:
        z = np.zeros_like(y)
        z[0] = y[0]
        z += y * y
        total += z.sum()
        y = (z * y)[1:]
    return total


def of_two_shapes(x):
    y = x[:1] * 1.0
    total = 0.0
    for k in range(4):
        z = np.empty_like(y)
        z[0] = y[0] * 2.0
        z[1:] = y[1:] * y[1:]
        total += (z * y).sum()
        y = x * z if k % 2 == 0 else z[:1] * x[k]
    return total


def repeated_row(x):
    y = x[:1]
    for k in range(3):
        z = np.empty_like(y)
        z[...] = y * y
        z[0] = z[0] * x[k]
        y = z + np.sin(y)
    return (x * y).sum()


def by_order(a):
    b = np.asfortranarray(a) * 1.0
    v = b.reshape(-1)
    v[1] = v[0] * v[2]
    b[1] = b[0] * 2.0
    return (b * b).sum() + v[4]


def by_order_again(a):
    b = a.T * 1.0
    b[0, 1] = b[1, 0] * b[2, 1]
    c = b.ravel()
    c[2] = c[3] * c[4]
    return (b * b * b).sum()


def handed_on(x):
    y = np.zeros_like(x)
    for _ in range(3):
        k = np.empty_like(y)
        k[0] = x[0]
        k[1:] = x[1:] * y[:-1]
        m = np.empty_like(k)
        m[0] = k[0] * x[1]
        m[1:] = k[:-1] * k[1:]
        y = y + 0.3 * (k + 2.0 * m)
    return (y * y).sum()


def in_a_branch(x):
    y = x * 1.0
    for i in range(len(x)):
        z = y.copy()
        if x[i] > 0.8:
            z[i] = z[i] * y[0]
            y = z * z
        else:
            z[0] = 0.5
            y = z + x
    return (x * y).sum()


def through_a_list(x):
    kept = []
    y = x
    for k in range(3):
        z = np.empty_like(y)
        z[:] = y * x[k]
        z[k] = 1.0
        kept.append(z)
        y = z + y
    kept[1][0] = 3.0
    while kept:
        y = y * kept.pop()
    return y.sum()


PROGRAMS = [shrinking, of_two_shapes, repeated_row, by_order, by_order_again, handed_on, in_a_branch, through_a_list]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_gradients_are_those_without_it(f):
    x = A if f.__name__.startswith("by_order") else X
    for given in (x, np.asfortranarray(x)):
        ac.testing.check_grads(f, (given,), order=2)
        np.testing.assert_allclose(ac.grad(f)(given), ac.grad(f, optimize=0)(given), rtol=1e-12)
        y, pullback = ac.vjp(f, given)
        np.testing.assert_allclose(pullback(1.0)[0], ac.grad(f)(given), rtol=1e-12)


@pytest.mark.parametrize("f", [of_two_shapes, handed_on], ids=lambda f: f.__name__)
def test_gradients_are_the_same_under_numba(f):
    np.testing.assert_allclose(ac.grad(f, backend="numba")(X), ac.grad(f)(X), rtol=1e-12)


def test_zeros_are_made_where_something_is_added_to_a_part():
    source = ac.grad(handed_on).specialize(X).source
    assert "m_bar = " in source and "m_bar = np.zeros" not in source
    assert "k_bar = np.zeros" not in source
    assert ".pop()" in source and "m_tape" not in source  # of `m` nothing but the shape was read


def test_gradients_are_apart():
    g = ac.grad(lambda x, y: ((x * 1.0) * y).sum(), wrt=(0, 1))
    a, b = g(X, X)
    assert not np.shares_memory(a, b) and not np.shares_memory(a, X) and a.flags.writeable
