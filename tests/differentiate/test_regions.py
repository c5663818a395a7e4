"""Memory that is saved once before a loop, or whole, instead of store by store."""

import re

import numpy as np
import pytest

import adjoint_compiler as ac


def x5():
    return np.array([0.3, 0.7, 1.1, 0.4, 0.9])


def matrix():
    return np.random.default_rng(3).random((4, 4)) + 0.5


def forwards(q):
    y = q * q
    s = (y * y).sum()
    for i in range(1, len(y) - 1):
        y[i] = 2.0 * y[i - 1]
    return s + y.sum()


def backwards(q):
    y = q * q
    s = (y * y).sum()
    for i in range(len(y) - 2, -1, -1):
        y[i] += 2.0 * y[i + 1]
    return s + y.sum()


def by_twos(q):
    y = q * q
    s = (y * y).sum()
    for i in range(0, len(y) - 1, 2):
        y[i + 1] = 3.0 * y[i]
    return s + y.sum()


def from_the_end(q):
    y = q * q
    s = (y * y).sum()
    for i in range(-3, 0):
        y[i] = 0.5 * y[i - 1]
    return s + y.sum()


def shifted_below_zero(q):
    y = q * q
    s = (y * y).sum()
    for i in range(0, 3):
        y[i - 1] = 0.5 * y[i]
    return s + y.sum()


def left_early(q):
    y = q * q
    s = (y * y).sum()
    for i in range(len(y)):
        if i == 3:
            break
        y[i] = 0.5 * i
        y[-1] += y[i]
    return s + y.sum()


def under_a_condition(q):
    y = q * q
    s = (y * y).sum()
    for i in range(len(y)):
        if i % 2:
            y[i] = 0.5
    return s + y.sum()


def no_trips(q):
    y = q * q
    s = (y * y).sum()
    k = len(y)
    for i in range(k, len(y)):
        y[k] = y[i]
    return s + y.sum()


def no_trips_in_some_rounds(A):
    B = A * A
    s = 0.0
    for j in range(4):
        s += (B * B).sum()
        for i in range(j + 1, 4):
            B[i, j + 1 - 1] = 0.5 * B[i, j]
            B[i, j] += B[0, 0]
    return s + B.sum()


def nested(A):
    B = A * A
    s = 0.0
    for _ in range(2):
        s += (B * B).sum()
        for i in range(1, 3):
            for j in range(1, 3):
                B[i, j] = 0.25 * (B[i - 1, j] + B[i, j + 1])
    return s + B.sum()


def read_inside(q):
    y = q * q
    for _ in range(2):
        for i in range(1, len(y)):
            y[i] = y[i - 1] * y[i]
    return y.sum()


def through_views(A):
    B = A * A
    s = (B * B).sum()
    for i in range(4):
        row = B[i]
        row[1:] = 2.0 * row[:-1]
    return s + B.sum()


def swapped_names(q):
    u, v = q * q, q * 1.0
    s = 0.0
    for _ in range(3):
        s += (u * v).sum()
        for i in range(1, len(u)):
            u[i] = 0.5 * v[i - 1]
        u, v = v, u
    return s + u.sum()


def whole_in_parts(q):
    y = q * q
    s = 0.0
    for _ in range(3):
        s += (y * y).sum()
        y[1:-1] = 0.5 * (y[:-2] + y[2:])
        y[0] = y[-2]
        y[-1] = y[1]
    return s + y.sum()


def whole_in_parts_read_between(q):
    y = q * q
    s = 0.0
    for _ in range(3):
        s += (y * y).sum()
        y[1:-1] = 0.5 * (y[:-2] + y[2:])
        s += y[0] * y[2]
        y[0] = y[-2]
        y[-1] = y[1]
    return s + y.sum()


def overwritten_all_then_again(q):
    y = q * q
    s = (y * y).sum()
    for _ in range(3):
        y *= 0.5
        y += q
        y[:] = y + 1.0
        s += (y * y).sum()
    return s


def invariant_part(q):
    y = q * q
    s = (y * y).sum()
    k = len(y) - 2
    for i in range(4):
        y[k] += i * q[i]
        y[1:3] += q[i]
    return s + y.sum()


def in_a_while(q):
    y = q * q
    s = (y * y).sum()
    k = 0
    while k < 3:
        y += q
        k += 1
    return s + y.sum()


VECTORS = [
    forwards, backwards, by_twos, from_the_end, shifted_below_zero, left_early, under_a_condition, no_trips, read_inside,
    swapped_names, whole_in_parts, whole_in_parts_read_between, overwritten_all_then_again, invariant_part, in_a_while,
]  # fmt: skip
MATRICES = [no_trips_in_some_rounds, nested, through_views]


@pytest.mark.parametrize("f", [*VECTORS, *MATRICES])
@pytest.mark.parametrize("optimize", [None, 0])
def test_gradient_agrees_with_differences(f, optimize):
    x = matrix() if f in MATRICES else x5()
    before = x.copy()
    g = ac.grad(f, optimize=optimize)(x)
    np.testing.assert_array_equal(x, before)
    for k in np.ndindex(x.shape):
        a, b = x.copy(), x.copy()
        a[k] += 1e-6
        b[k] -= 1e-6
        assert g[k] == pytest.approx((f(a) - f(b)) / 2e-6, rel=1e-6, abs=1e-7)
    y, pullback = ac.vjp(f, x)
    np.testing.assert_allclose(pullback(1.0)[0], g, rtol=1e-12)
    np.testing.assert_allclose(pullback(1.0)[0], g, rtol=1e-12)


def source(f):
    return ac.grad(f).specialize(matrix() if f in MATRICES else x5()).source


@pytest.mark.parametrize("f, saved", [
    (forwards, r"y\[1:\w+\]"), (backwards, r"y\[0:\w+\]"), (nested, r"B\[1:3, 1:3\]"), (whole_in_parts, "y"),
])  # fmt: skip
def test_what_a_loop_overwrites_is_saved_once(f, saved):
    assert len(re.findall(rf"[ (]{saved}\.copy\(\)", source(f))) == 1
    assert source(f).count(".copy()") == 1
    assert source(f).count(".append(") == (f is not forwards and f is not backwards)


@pytest.mark.parametrize("f", [from_the_end, shifted_below_zero])
def test_subscripts_that_may_count_from_the_end_are_saved_store_by_store(f):
    assert re.search(r"_tape\.append\(y\[\w+( - 1)?\]\)", source(f))
