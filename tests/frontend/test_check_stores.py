"""Stores of vectors whose two sides overlap with different steps: NumPy does not copy the right-hand side of all of them."""

import itertools

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.runtime.checks import check_store


def spread_out(x):
    a = x * x
    a[::2] = a[:3]
    return (a * a).sum()


def row_from_column(A):
    B = A * A
    B[1] = B[:, 2]
    return (B * B).sum()


def in_a_helper(A):
    def assign(u, v):
        u[:] = v

    B = A * A
    for k in range(2):
        assign(B[k], B[:, 2])
    return (B * B).sum()


def reads_ahead(x):
    a = x * x
    a[:3] = a[::2]
    return (a * a).sum()


def column_from_row(A):
    B = A * A
    B[:, 0] = B[0]
    return (B * B).sum()


def shifted(x):
    a = x * x
    a[1:] = a[:-1]
    a[::-1][1:] = a[::-1][:-1]
    return (a * a).sum()


def mirrored(x):
    a = x * x
    a[:] = a[::-1]
    return (a * a).sum()


def whole_matrix(A):
    B = A * A
    B[:] = B.T
    return (B * B).sum()


def one_for_all(x):
    a = x * x
    a[::2] = a[2:3]
    return (a * a).sum()


VECTOR, MATRIX = np.array([0.3, 0.7, 1.1, 0.4, 0.9]), np.arange(9.0).reshape(3, 3) / 7.0 + 0.2


@pytest.mark.parametrize("f, x", [(spread_out, VECTOR), (row_from_column, MATRIX), (in_a_helper, MATRIX)])
def test_what_reads_its_own_writes_is_refused(f, x):
    with pytest.raises(ValueError, match="copy the right-hand side first"):
        ac.grad(f)(x)
    with pytest.raises(ValueError, match="copy the right-hand side first"):
        ac.vjp(f, x)


@pytest.mark.parametrize("f, x", [
    (reads_ahead, VECTOR), (column_from_row, MATRIX), (shifted, VECTOR), (mirrored, VECTOR), (whole_matrix, MATRIX),
    (one_for_all, VECTOR),
])  # fmt: skip
def test_others_are_differentiated(f, x):
    ac.testing.check_grads(f, (x,), order=1)


@pytest.mark.parametrize("f", [shifted])
def test_no_check_where_the_steps_are_the_same(f):
    assert "check_store" not in ac.grad(f).specialize(VECTOR).source.partition("[::-1]")[0]


def test_refused_are_those_that_numpy_does_not_buffer():
    steps = (1, 2, 3, -1, -2)
    slices = [slice(a, b, c) for a in range(7) for b in (None, 0, 3, 6) for c in steps]
    refused = 0
    for x, y in itertools.product(slices, slices):
        numbers = np.arange(8.0)
        if numbers[x].shape != numbers[y].shape or numbers[x].size < 2:
            continue
        buffered, found = numbers.copy(), numbers.copy()
        buffered[x] = numbers[y].copy()
        found[x] = found[y]
        try:
            check_store(numbers[x], numbers[y])
        except ValueError:
            refused += 1
            assert not np.array_equal(buffered, found), (x, y)
        else:
            assert np.array_equal(buffered, found), (x, y)
    assert refused >= 5
