"""Sums, inner and outer products, and stores whose sides overlap, in loops that are joined with others: as under NumPy."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

pytest.importorskip("numba")


def sums_between_stores(x):
    y = x * x
    s = y.sum()
    y[1:] = y[:-1] * 2.0 + y[1:]
    t = y.sum()
    y *= s + t
    u = (y * x).sum()
    return u * s + t


def sum_of_what_is_stored_next(x):
    y = np.sin(x)
    z = y * 2.0
    s = z.sum()
    z[:] = y[::-1] * s
    return (z * y).sum() + s


def outer_products(x, A):
    B = A * 2.0
    B += x[:, None] * x[None, :]
    s = (B * A).sum()
    C = np.outer(x, x * s) + B
    return (C * C).sum() + np.vdot(C, A)


def outer_of_other_lengths(x, y):
    A = np.outer(x, y[1:])
    B = A * y[1:] + x[:, None]
    return (A * B).sum()


def matrix_by_columns(A, x):
    y = np.zeros(A.shape[1])
    for i in range(A.shape[0]):
        y += A[i] * (A[i] @ x)
    return y @ y


def one_row_for_many(A, x):
    B = A.copy()
    B[:] += x
    B[:, :] = B * x[:1]
    return (B * A).sum()


def gradients_that_are_reduced(A, x):
    B = A * x
    C = B - x[:1]
    return (C * C).sum() / C.sum()


def shorter_every_time(x):
    y = x * 1.5
    a = np.zeros(len(x))
    for _ in range(3):
        a[: len(y)] += y * y
        y = y[1:] * y[:-1]
        a[: len(y)] += y[:]
    return (a * x).sum()


def largest_of_parts(x, n: int):
    total = 0.0
    for k in range(n):
        part = x[k:]
        m = np.max(part)
        total += m * np.sum(np.exp(part - m)) + np.min(x[: k + 1] * m)
    return total


def scaled_by_its_sum(x):
    y = x + 0.0
    for _ in range(3):
        y /= y.sum()
        y = y * y.sum() + x * y.max()
    return y[0] * y.sum()


x, y, A = np.linspace(0.5, 1.5, 6), np.linspace(1.0, 2.0, 5), np.linspace(0.1, 3.6, 36).reshape(6, 6)
CASES = [
    (sums_between_stores, (x,)),
    (sum_of_what_is_stored_next, (x,)),
    (outer_products, (x, A)),
    (outer_of_other_lengths, (x, y)),
    (matrix_by_columns, (A, x)),
    (matrix_by_columns, (A.T[::2], x)),
    (one_row_for_many, (A, x)),
    (gradients_that_are_reduced, (A, x)),
    (gradients_that_are_reduced, (A, x[:1])),
    (gradients_that_are_reduced, (A[:, :1], x)),
    (shorter_every_time, (x,)),
    (largest_of_parts, (x[::-1].copy(), 5)),
    (scaled_by_its_sum, (x,)),
]


@pytest.mark.parametrize("f, args", sampled(CASES, 3), ids=lambda v: getattr(v, "__name__", ""))
def test_as_under_numpy(f, args):
    wrt = tuple(k for k, a in enumerate(args) if isinstance(a, np.ndarray))
    expected = ac.grad(f, wrt=wrt)(*args)
    for a, b in zip(ac.grad(f, wrt=wrt, backend="numba")(*args), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


def rows_of_other_lengths(x, y):
    z = x.copy()
    z[1:] += y[1:]
    z[1:] *= y[1:]
    return z.sum()


def shorter_than_checked(x, y):
    a = np.zeros(len(x))
    for _ in range(2):
        a[1:] += y[1:] * x[1:]
        y = y[:-1] * 1.0
    return a.sum()


def test_what_was_checked_is_checked_again_where_it_is_another_array():
    with pytest.raises(ValueError):
        ac.grad(shorter_than_checked, wrt=1, backend="numba")(x, x + 1.0)


def test_parts_of_other_lengths_are_refused():
    with pytest.raises(ValueError):
        ac.grad(rows_of_other_lengths, backend="numba")(x, y)
