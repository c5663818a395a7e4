"""Sums along axes, and adjoints of what is repeated along axes, as loops."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

numba = pytest.importorskip("numba")


def agree(f, *args, wrt=0, of=None):
    found = ac.grad(f, wrt=wrt, of=of, backend="numba")(*args)
    expected = ac.grad(f, wrt=wrt, of=of)(*args)
    for one, other in zip(*((a if isinstance(a, tuple) else (a,)) for a in (found, expected)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


def text(f, *args, wrt=0):
    return ac.grad(f, wrt=wrt, backend="numba").specialize(*args).source


def values(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, shape)


def rows_and_columns(x, w):
    y = (x * w).sum(axis=1)
    z = (x * x).sum(axis=0)
    return (y * y).sum() + (z * np.sin(z)).sum() + (x[:, 0] * y).sum()


def kept_axes(x):
    m = x.sum(axis=1, keepdims=True)
    c = (x * x).sum(axis=(0, 2), keepdims=True)
    return (x / m).sum() + (x * c * m).sum()


def middle(x, w):
    y = (x * w).sum(axis=1)
    return (y * y * y).sum()


def windows(x, w):
    k = w.shape[0]
    out = np.zeros((x.shape[0], x.shape[1] - k + 1))
    for j in range(out.shape[1]):
        out[:, j] = np.sum(x[:, j : j + k] * w, axis=1)
    return (out * out).sum()


def bias(x, w, b):
    h = np.tanh(x @ w + b)
    return (h * h).sum()


def scaled_rows(x, s):
    y = x * s[:, None]
    z = y * y[0]
    return z.sum()


def of_a_part(x, b, k: int):
    x[k:] += b * x[k:]
    x[k:, 0] = (x[k:] * b).sum(axis=1)
    return (x * x).sum()


def sums_that_meet(x, w):
    y = (x * w).sum(axis=1)
    w2 = w * y[0]
    z = (x * w2).sum(axis=1) + y
    w3 = w2 * z.sum()
    return (z * z).sum() + (w3 * w).sum()


def accumulated_and_read(x, b):
    for k in range(3):
        y = x * b
        b = b + 0.1 * y.sum(axis=0)
        x = x + 0.1 * b
    return (x * b).sum()


def centred(x):
    y = x - x.sum(axis=0) / x.shape[0]
    z = y - y.sum(axis=1, keepdims=True)
    return (z * z * z).sum()


def part_that_is_repeated(x, w):
    y = (x[:, :1] * w).sum(axis=1)
    z = (x[1:, :1] * w).sum(axis=0)
    return (y * y).sum() + (z * z).sum()


def part_with_what_is_repeated(x, w):
    y = (x[:, 1:] * w).sum(axis=1)
    return (y * y).sum()


CASES = [
    (part_that_is_repeated, (values(4, 3), values(3, seed=1)), (0, 1)),
    (part_that_is_repeated, (values(4, 3), values(1, seed=1)), (0, 1)),
    (part_with_what_is_repeated, (values(4, 3), values(1, seed=1)), (0, 1)),
    (part_with_what_is_repeated, (values(4, 3), values(2, seed=1)), (0, 1)),
    (part_with_what_is_repeated, (values(4, 2), values(3, seed=1)), (0, 1)),
    (windows, (values(3, 3), values(3, seed=1)), (0, 1)),
    (rows_and_columns, (values(4, 3), values(3, seed=1)), (0, 1)),
    (rows_and_columns, (values(4, 3), values(4, 3, seed=1)), (0, 1)),
    (rows_and_columns, (values(4, 3), values(1, seed=1)), (0, 1)),
    (rows_and_columns, (values(0, 3), values(3, seed=1)), (0, 1)),
    (kept_axes, (values(2, 3, 4),), 0),
    (middle, (values(2, 3, 4), values(3, 4, seed=1)), (0, 1)),
    (middle, (values(2, 3, 4), values(3, 1, seed=1)), (0, 1)),
    (windows, (values(3, 7), values(3, seed=1)), (0, 1)),
    (windows, (values(3, 7), values(1, seed=1)), (0, 1)),
    (bias, (values(5, 3), values(3, 4), values(4, seed=2)), (0, 1, 2)),
    (bias, (values(5, 3), values(3, 4), values(1, 4, seed=2)), (0, 1, 2)),
    (bias, (values(5, 3), values(3, 4), values(5, 1, seed=2)), (0, 1, 2)),
    (bias, (values(1, 3), values(3, 4), values(1, 4, seed=2)), (0, 1, 2)),
    (scaled_rows, (values(4, 3), values(4, seed=1)), (0, 1)),
    (scaled_rows, (values(4, 3), values(1, seed=1)), (0, 1)),
    (of_a_part, (values(4, 3), values(3, seed=1), 1), (0, 1)),
    (of_a_part, (values(4, 3), values(3, seed=1), -2), (0, 1)),
    (of_a_part, (values(4, 3), values(3, seed=1), 9), (0, 1)),
    (sums_that_meet, (values(3, 3), values(3, seed=1)), (0, 1)),
    (accumulated_and_read, (values(3, 3), values(3, seed=1)), (0, 1)),
    (centred, (values(4, 3),), 0),
]


@pytest.mark.parametrize(
    ("k", "case"), sampled([*enumerate(CASES)], 8), ids=lambda c: c if isinstance(c, int) else c[0].__name__
)
def test_sums_along_axes(k, case):
    f, args, wrt = case
    agree(f, *args, wrt=wrt)


def test_they_are_loops():
    made = text(centred, values(4, 3)).splitlines()
    assert not any(".sum(" in line for line in made if "#" not in line)


def test_lengths_are_asked_for_where_a_part_may_be_repeated():
    made = text(windows, values(3, 7), values(3), wrt=(0, 1))
    assert "if w.shape[0] == t13_2.shape[1]:" in made and "(t13_2 * w).sum(axis=1)" in made


def test_what_may_be_repeated_along_an_axis_of_one_element_stays_an_operation_on_arrays():
    made = text(rows_and_columns, values(4, 3), values(3), wrt=(0, 1))
    assert "(x * w).sum(axis=1)" in made and "z[j] += x[i, j] * x[i, j]" in made
