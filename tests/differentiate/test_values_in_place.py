"""Values that reverse code reads from the variable or the element that still holds them, instead of recording them."""

import re

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([0.4, 0.9, 0.3, 0.7])


def carried(x):
    h = x[0]
    for k in range(1, 4):
        h = np.tanh(h * x[k])
    return h * h


def carried_and_rebound(x):
    h = x[0]
    for k in range(1, 4):
        h = np.exp(h * x[k])
        s = h * x[0]
        h = s / (1.0 + h)
    return h


def carried_in_a_branch(x):
    h = x[0]
    for k in range(1, 4):
        t = np.tanh(h * x[k])
        if t > 0.2:
            h = t * t
        else:
            h = t
    return h * x[1]


def carried_vector(x):
    h = x * 1.0
    for k in range(3):
        h = np.exp(-h * x[k])
    return (h * h).sum()


def carried_twice(x):
    g, h = x[0], x[1]
    for k in range(3):
        t = np.tanh(g * h + x[k])
        g = h
        h = t
    return g * h


def stored(x):
    y = np.ones(5)
    for i in range(1, 5):
        y[i] = (x[i - 1] * y[i - 1]) / (1.0 + y[i - 1])
    return (y * y).sum()


def stored_and_overwritten(x):
    y = np.ones(5)
    for i in range(1, 5):
        t = x[i - 1] / (1.0 + y[i - 1])
        y[i] = t
        y[i] *= y[i - 1] * t
    return (y * y).sum()


def stored_at_an_index_that_moves(x):
    y = np.ones(5)
    j = 0
    for i in range(4):
        j = (j + 3) % 5
        y[j] = x[i] / (1.0 + y[j - 1])
        j = j - 1
    return (y * y).sum()


def stored_from_the_end(x):
    y = np.ones(5)
    for i in range(3, -1, -1):
        y[i - 4] = np.exp(x[i] * y[i - 3])
    return (y * y).sum()


def stored_in_single_precision(x):
    y = np.ones(5, np.float32)
    s = 0.0
    for i in range(1, 5):
        t = x[i - 1] / (1.0 + y[i - 1] * 0.0)
        y[i] = t
        s += t * y[i - 1] * 0.0 + t * t
    return s


def stored_in_a_view(x):
    A = np.ones((2, 5))
    for i in range(1, 5):
        row = A[i % 2]
        row[i] = x[i - 1] / (1.0 + A[1, i - 1] + row[i - 1])
    return (A * A).sum()


def stored_until(x):
    y, i = np.ones(5), 0
    while True:
        i += 1
        y[i] = np.exp(x[i - 1] * y[i - 1])
        if i == 3:
            break
        if y[i] > 9.0:
            return y[i] * 2.0
    return (y * y).sum()


def stored_in_swapped_buffers(x):
    u, v = np.ones(5), np.ones(5)
    for i in range(1, 5):
        u[i] = x[i - 1] * v[i - 1] / (1.0 + u[i - 1] * v[i])
        u, v = v, u
    return (u * v).sum() + u[2]


def stored_and_seen_through_a_view(x):
    A = np.ones((2, 5))
    flat = A.reshape(-1)
    for i in range(1, 5):
        A[1, i] = x[i - 1] / (1.0 + A[1, i - 1] * A[0, i])
        flat[5 + i] *= A[1, i - 1]
        A[0, i] = A[1, i]
    return (A * A).sum()


def put(a, k, t):
    a[k] = t
    a[k - 1] *= 0.5


def stored_by_a_helper(x):
    y = np.ones(5)
    for i in range(1, 5):
        t = np.exp(x[i - 1] * y[i - 1])
        put(y, i, t)
        if y[i] > 1.5:
            y[i] = y[i] / t
    return (y * y).sum()


def carried_and_kept(x):
    h = x * 1.0
    keep = h
    for i in range(3):
        t = np.exp(-h * x[i])
        keep = h
        h = t
        t = t * keep
        keep = keep + t
    return (h * keep).sum()


PROGRAMS = [
    carried, carried_and_rebound, carried_in_a_branch, carried_vector, carried_twice, stored, stored_and_overwritten,
    stored_at_an_index_that_moves, stored_from_the_end, stored_in_single_precision, stored_in_a_view, stored_until,
    stored_in_swapped_buffers, stored_and_seen_through_a_view, stored_by_a_helper, carried_and_kept,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
@pytest.mark.parametrize("optimize", [None, 0])
def test_gradient_agrees_with_differences(f, optimize):
    g = ac.grad(f, optimize=optimize)(X)
    for k in range(4):
        e = np.eye(4)[k] * 1e-6
        assert g[k] == pytest.approx((f(X + e) - f(X - e)) / 2e-6, rel=1e-5, abs=1e-7)
    _, pullback = ac.vjp(f, X)
    np.testing.assert_allclose(pullback(1.0)[0], g, rtol=1e-12)
    np.testing.assert_allclose(pullback(1.0)[0], g, rtol=1e-12)


def test_nothing_but_the_variable_is_recorded():
    text = ac.grad(carried).specialize(X).source
    assert len(re.findall(r"_tape = \[\]", text)) == 1 and text.count("np.tanh") == 2  # one of them in a comment


def test_nothing_is_recorded():
    text = ac.grad(stored).specialize(X).source
    assert "tape" not in text and text.count("y[i]") == 3  # stored, read for its divisor; one of them in a comment
