"""Shadows that compiled code finds by memory: of lists that names trade, and in derivatives of derivatives."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

numba = pytest.importorskip("numba")
X = np.array([0.7, 1.3, 0.4, 0.9])


@numba.njit
def table_of_lists(x):
    table = [[0.0] * 3 for _ in range(3)]
    for i in range(3):
        row = table[i]
        for j in range(3):
            row[j] = x[i] * (j + 1)
            table[j][i] = table[i][j] * row[0] + x[j]
    a, b = table[0], table[2]
    for k in range(5):
        a[k % 3] = a[0] * b[1] + 0.1 * k
        if a[k % 3] > 0.6:
            a, b = b, a
    total = 0.0
    for row in table:
        for k in range(3):
            total += row[k] * a[k]
    return total


def test_lists_that_names_trade():
    for f in (table_of_lists, table_of_lists.py_func):
        found = ac.grad(f, backend="numba")(X)
        np.testing.assert_allclose(found, ac.grad(f, backend="numpy")(X), rtol=1e-12)


def test_pullbacks_of_such_lists_are_refused():
    """Numba hands out a copy of each list on a tape: which of them were one is lost."""
    with pytest.raises(ac.DifferentiationError, match="AC021"):
        ac.vjp(table_of_lists, X)[1](1.0)


@numba.njit
def wave(u, n):
    a, b, c = u.copy(), u * u, np.zeros_like(u)
    for _ in range(n):
        for i in range(1, len(a) - 1):
            c[i] = 2 * b[i] - a[i] + 0.1 * (b[i + 1] - 2 * b[i] + b[i - 1]) * b[i]
        a, b, c = b, c, a
    return np.sum(b * b)


@pytest.mark.parametrize("n", sampled([3, 4], 2))
def test_second_derivatives_where_arrays_trade_names(n):
    along = np.array([1.0, -0.5, 2.0, 0.25])
    found, expected = (ac.hvp(wave, backend=b)(X, along, n) for b in (None, "numpy"))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@numba.njit
def typed_containers(x):
    powers, chosen = numba.typed.List(), numba.typed.Dict.empty(numba.types.int64, numba.types.float64)
    for i in range(len(x)):
        powers.append(x[i] ** 2)
        chosen[i % 2] = chosen.get(i % 2, 0.0) + powers[i] * x[0]
    return chosen[0] * powers[-1] + chosen[1]


@numba.njit
def slots_of_arrays(x):
    parts = [x * 1.0, x * x]
    other = parts
    other[0] = 2.0 * x
    parts[1] = parts[0] * other[1]
    values = np.array([v * v for v in x])
    return np.sum(parts[0] * parts[1]) * np.sum(values * parts[1])


@pytest.mark.parametrize("f", sampled([typed_containers, slots_of_arrays], 2))
def test_containers_of_the_program(f):
    expected = ac.grad(f, backend="numpy")(X)
    np.testing.assert_allclose(ac.grad(f)(X), expected, rtol=1e-12)
    np.testing.assert_allclose(ac.jvp(f, (X,), (X,))[1], expected @ X, rtol=1e-12)
