"""Lists of numbers and arrays, factorizations, choices and diagonals: the same gradients compiled as under NumPy."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

numba = pytest.importorskip("numba")


def values(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, shape)


def joined_lists(x):
    items = [x[0]] + [x[1], x[2] * x[0]]
    more = items * 2
    more[0] = more[1] * more[2]
    items = items + more
    return items[0] * items[3] * items[-1] + len(items)


def list_of_products(x):
    return np.array([v * v for v in x]).sum() + sum([v * x[0] for v in x])


def determinant(A):
    total = np.linalg.det(A)
    return total * total * A[0, 1]


def cholesky(A):
    L = np.linalg.cholesky(A)
    return (L * L * np.sin(L)).sum() + L[2, 0]


def chosen(x):
    y = np.select([x < 0.8, x < 1.1], [x * x, np.sin(x)], 0.5)
    return (y * x).sum()


def between_points(x, f):
    at = np.linspace(0.4, 1.6, 5)
    return (np.interp(x, at, f) * x).sum()


def filled_diagonal(A):
    B = A * A
    for k in range(2):
        np.fill_diagonal(B, A[0, k])
        A = B * A
    return A.sum()


def reshaped_and_stored(A):
    B = A * 1.0
    v = B.reshape(-1)
    v[0] = v[1] * v[2]
    return (B * B).sum()


def test_whether_a_reshape_is_a_view_is_not_asked():
    """``A * 1.0`` is laid out like ``A`` under NumPy, and row by row under Numba: its reshape is a copy, or a view."""
    for A in (values(2, 3), np.asfortranarray(values(2, 3))):
        with pytest.raises(ac.DifferentiationError, match="may_share_memory"):
            ac.grad(reshaped_and_stored, backend="numba")(A)
        with pytest.raises(ac.DifferentiationError, match="mirrored"):
            ac.jvp(reshaped_and_stored, (A,), (A,), backend="numba")
    A = values(2, 3)  # of a compiled function it is what Numba makes of it
    found = ac.grad(numba.njit(reshaped_and_stored))(A)
    np.testing.assert_allclose(found, ac.grad(reshaped_and_stored)(A), rtol=1e-12)
    _, slope = ac.jvp(numba.njit(reshaped_and_stored), (A,), (A,))
    np.testing.assert_allclose(slope, np.sum(found * A), rtol=1e-12)


def positive(n):
    A = values(n, n)
    return A @ A.T + n * np.eye(n)


CASES = [
    (joined_lists, values(3)),
    (list_of_products, values(4)),
    (determinant, values(3, 3)),
    (determinant, np.ones((3, 3))),
    (determinant, values(1, 2) @ np.ones((2, 2)) * np.ones((2, 1)) - np.array([[0.0, 1.0], [1.0, 2.0]])),
    (cholesky, positive(4)),
    (cholesky, positive(60)),
    (chosen, values(9)),
    (filled_diagonal, values(3, 3)),
]


@pytest.mark.parametrize(("f", "x"), sampled(CASES, 4), ids=lambda v: getattr(v, "__name__", ""))
def test_as_under_numpy(f, x):
    np.testing.assert_allclose(ac.grad(f, backend="numba")(x), ac.grad(f)(x), rtol=1e-9, atol=1e-12)


def test_between_points():
    x, f = np.array([0.1, 0.4, 0.7, 1.0, 1.6, 3.0]), values(5)
    for one, other in zip(
        ac.grad(between_points, wrt=(0, 1), backend="numba")(x, f),
        ac.grad(between_points, wrt=(0, 1))(x, f),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12)
