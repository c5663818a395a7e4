"""Shadows found by memory under Numba: names that trade arrays, views of them, and pullbacks that are called twice."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

numba = pytest.importorskip("numba")


def swapped(u, n: int):
    v = np.zeros_like(u)
    for _ in range(n):
        v[1:-1] = u[:-2] * u[2:]
        u, v = v, u
    return u.sum() + (u * v).sum()


def rotated(a, b, c, n: int):
    for t in range(n):
        a[0] += b[1] * c[2]
        row = b[1:]
        row *= 1.5
        a, b, c = b, c, a
    return (a * b).sum() + c[1]


def chosen(x, y, flag: int):
    part = x[1:] if flag > 1 else y[:-1] if flag else x[:-1]
    part *= part[::-1].copy()
    x[0] = y[1] * part[2]
    return (x * y).sum() + part.sum()


def rows_of_two(A, B, n: int):
    total = 0.0
    for i in range(n):
        row = A[i] if i % 2 else B[i]
        row *= 0.5 + row[0]
        total += row.sum()
        A, B = B, A
    return total + (A * B).sum()


def made_in_a_loop(x, n: int):
    kept = x.copy()
    for i in range(n):
        fresh = np.zeros_like(x)
        fresh[1:] = kept[:-1] * x[i % 5]
        fresh[0] = kept[-1]
        if i % 3 == 1:
            kept = fresh
        kept[i % 4] *= x[0]
    return (kept * x).sum()


def vector(n, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, n)


CASES = [
    *((swapped, (vector(6), n)) for n in (0, 3, 4)),
    (rotated, (vector(4), vector(4, 1), vector(4, 2), 5)),
    *((chosen, (vector(6), vector(6, 1), flag)) for flag in range(3)),
    (rows_of_two, (vector(12).reshape(3, 4).T, vector(12, 1).reshape(4, 3), 3)),
    (made_in_a_loop, (vector(5), 40)),
]


@pytest.mark.parametrize("f, args", sampled(CASES, 3), ids=lambda v: getattr(v, "__name__", ""))
def test_as_under_numpy(f, args):
    wrt = tuple(k for k, a in enumerate(args) if isinstance(a, np.ndarray))
    expected = ac.grad(f, wrt=wrt)(*args)
    found = ac.grad(f, wrt=wrt, backend="numba")(*args)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11)


@pytest.mark.parametrize("f, args", CASES[2:6:3], ids=lambda v: getattr(v, "__name__", ""))
def test_pullbacks_can_be_called_twice(f, args):
    before = [np.copy(a) for a in args]
    y, pullback = ac.vjp(f, *args, backend="numba")
    expected = ac.vjp(f, *args)[1](2.0)
    for _ in range(2):
        for a, b in zip(pullback(2.0), expected, strict=True):
            if b is not None:
                np.testing.assert_allclose(a, b, rtol=1e-11)
    for a, b in zip(args, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_compiled_functions_find_shadows_too():
    found = ac.grad(numba.njit(swapped))(vector(6), 3)
    np.testing.assert_allclose(found, ac.grad(swapped)(vector(6), 3), rtol=1e-11)
