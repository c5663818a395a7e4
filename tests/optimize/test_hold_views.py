"""Parts of arrays are taken once and changed in place."""

import re

import numpy as np
import pytest

import adjoint_compiler as ac

X, A = np.linspace(0.3, 1.2, 6), np.linspace(0.2, 1.4, 20).reshape(4, 5)


def smooth(x, A, n):
    u = x * x
    for _ in range(n):
        u[1:-1] += 0.2 * (u[2:] * u[:-2])
    return u.sum()


def rows(x, A, n):
    for i in range(3):
        A[i + 1, 1:] += A[i, :-1] * x[i]
        A[i, :2] += A[i + 1, 3:]
    return (A * A).sum()


def rebound_in_the_loop(x, A, n):
    u = x * 1.0
    for _ in range(n):
        u[1:] += u[:-1] * x[0]
        u = u * x
    return u.sum()


def names_that_swap(x, A, n):
    u, v = x * 1.0, x * x
    for _ in range(n):
        u[1:-1] += v[:-2] * v[2:]
        u, v = v, u
    return (u * v).sum()


def bounds_that_change(x, A, n):
    u, k = x * x, 1
    for _ in range(3):
        u[k:] += u[:-k] * x[k]
        k = k + 1
    return (u * u).sum()


def bound_before_on_one_branch(x, A, n):
    if n > 5:
        u = x * x
    for _ in range(2):
        if n > 5:
            u[1:] += u[:-1] * x[1:]
            x[0] = u[2] * x[0]
        else:
            x[1:] += x[:-1] * x[0]
    return x.sum()


def part_set_to_zero(x, A, n):
    u = x * x
    for _ in range(n):
        x[1:] += u[1:] * u[:-1]
        u[1:] = 0.0
        u[:-1] += x[:-1]
    return (u * x).sum()


def overlapping_parts(x, A, n):
    for _ in range(n):
        x[1:] += x[:-1]
        x[:-1] += x[1:] * x[1:]
    return x.sum()


def negative_steps(x, A, n):
    for _ in range(n):
        x[::-1] += x * x[0]
        x[::2] += x[1::2] * x[2]
    return x.sum()


def new_axes(x, A, n):
    for _ in range(n):
        A[:, None, 1:] += (A[:, :-1] * x[0])[:, None]
        A[..., 0] += A[..., 1]
    return (A * A).sum()


def inner_loops(x, A, n):
    for i in range(4):
        for k in range(n):
            A[i, 1:] += A[i, :-1] * x[k]
            A[:, 0] += A[:, 4] * x[i]
    return A.sum()


def while_loop(x, A, n):
    k = 0
    while k < n:
        k += 1
        x[k:] += x[:-k] * x[k]
        if x[1] > 50.0:
            break
    return x.sum()


def gathered(x, A, n):
    for _ in range(n):
        x[[0, 2]] += x[[1, 1]] * x[0]
        x[x > 0.5] += x[3]
    return x.sum()


PROGRAMS = [
    smooth, rows, rebound_in_the_loop, names_that_swap, bounds_that_change, bound_before_on_one_branch, part_set_to_zero,
    overlapping_parts, negative_steps, new_axes, inner_loops, while_loop, gathered,
]  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients(f, n):
    found, plain = (ac.grad(f, wrt=(0, 1), optimize=k)(X.copy(), A.copy(), n) for k in (None, 0))
    for a, b in zip(found, plain):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("f", PROGRAMS)
def test_differences(f):
    ac.testing.check_grads(lambda x, A: f(x.copy(), A.copy(), 2), (X, A), order=1, modes=("reverse",))


def part_of_a_square(x, A, n):
    u = x * x
    v = u * x
    for _ in range(n):
        v[1:] += u[1:] * u[:-1] * v[:-1]
        u[1:] = 0.0
        u[:-1] += x[:-1] * v[1:]
    return (u * v).sum()


@pytest.mark.parametrize("f", [smooth, part_of_a_square])
def test_second_derivatives(f):
    def slope(x, A, n):
        return (ac.grad(f)(x, A, n) * np.cos(np.arange(6.0))).sum()

    found, step = ac.grad(slope)(X, A, 2), 1e-5
    for k in range(6):
        moved = step * (np.arange(6) == k)
        expected = (slope(X + moved, A, 2) - slope(X - moved, A, 2)) / (2 * step)
        assert found[k] == pytest.approx(expected, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("f", [smooth, rows, overlapping_parts])
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
def test_other_dtypes(f, dtype):
    def real(x, A, n):
        return np.real(f(x, A, n))

    x, a = X.astype(dtype), A.astype(dtype)
    found, plain = (ac.grad(real, wrt=(0, 1), optimize=k)(x, a, 2) for k in (None, 0))
    for p, q in zip(found, plain):
        assert p.dtype == np.dtype(dtype)
        np.testing.assert_allclose(p, q, rtol=1e-5 if dtype == "float32" else 1e-11)


def test_parts_are_taken_before_the_loop():
    reverse = ac.grad(smooth).specialize(X, A, 3).source.partition("# reverse sweep")[2]
    before, _, inside = reverse.partition("reversed(range(n)):")
    assert "u_bar_part = u_bar[" in before and "u_bar[" not in inside


def test_parts_that_change_are_taken_in_the_loop():
    source = ac.grad(rows, wrt=1).specialize(X, A, 3).source
    assert re.search(r"(\w+) = A_bar\[i, :-1\]\n +\1 \+= ", source)


def test_a_loop_without_trips_asks_for_nothing():
    assert ac.grad(smooth)(np.empty(0), A, 0).shape == (0,)
