"""Loops that overwrite a matrix, and read a row of it: the row is recorded, not the matrix."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing.gradcheck import check_grads
from tests.regressions import check


def eliminate(A):
    A = A.copy()
    for k in range(A.shape[0]):
        A -= np.outer(A[:, k], A[k]) / (3.0 + A[k, k])
    return (A * np.arange(A.size).reshape(A.shape)).sum()


def row_read_before_and_after(A, n: int):
    total = 0.0
    for k in range(n):
        row = A[k]
        total += (row * row).sum()
        A[k] = np.sin(row)
        A *= 0.5 + np.outer(row, row)
        total += (row * row[0]).sum()
    return total + A.sum()


def row_that_is_stored_into(A, n: int):
    for k in range(n):
        row = A[k]
        row *= row[0]
        A += np.outer(row, A[:, k])
        row[1] = 2.0 * A[k, 0]
    return A.sum()


def read_after_the_loop(A, n: int):
    for k in range(n):
        c = np.sin(A[k])
        A += np.outer(c, c)
    return (A * A).sum()


def under_a_branch(A, n: int):
    total = 0.0
    for k in range(n):
        if A[k, 0] > 0.8:
            A -= 0.1 * np.outer(A[k], A[0])
        else:
            total += (A[k] * A[k]).sum()
            A[:] = A.T + A[k]
    return total + A.sum()


def nested(A, n: int):
    for k in range(n):
        for j in range(k):
            A -= 0.1 * np.outer(A[k], A[:, j])
        A[k] *= A[k, k]
    return A.sum()


def step(A, k):
    A += 0.1 * np.outer(A[k], A[k])


def in_a_helper_through_a_view(A, n: int):
    B = A[:, :3]
    for k in range(n):
        step(B, k)
        A[k] = A[k] * A[k, 3]
    return A.sum()


def product_of_one_part(A, n: int):
    for k in range(n):
        A += A[k].dot(A[k]) * np.outer(A[k], A[k])
    return A.sum()


PROGRAMS = [
    (eliminate, 3, ()),
    (row_read_before_and_after, 3, (3,)),
    (row_that_is_stored_into, 3, (3,)),
    (read_after_the_loop, 3, (3,)),
    (under_a_branch, 3, (3,)),
    (nested, 3, (3,)),
    (in_a_helper_through_a_view, 4, (3,)),
    (product_of_one_part, 2, (2,)),
]


@pytest.mark.parametrize(("f", "columns", "rest"), PROGRAMS, ids=[f.__name__ for f, _, _ in PROGRAMS])
def test_gradients(f, columns, rest):
    A = np.random.default_rng(0).uniform(0.3, 1.0, (3 if columns > 2 else 2, columns))
    check(f, A, *rest)
    check_grads(f, (A, *rest), order=2)


@pytest.mark.parametrize("f", [eliminate, nested, product_of_one_part])
def test_only_rows_are_recorded(f):
    A = np.ones((3, 3))
    rest = (3,) if f.__code__.co_argcount == 2 else ()
    tapes = ("A_tape", "A2_tape", "A_tape2")
    assert not any(tape in ac.grad(f).specialize(A, *rest).source for tape in tapes)
    assert any(tape in ac.grad(f, optimize="-copy_read_parts").specialize(A, *rest).source for tape in tapes)


def test_what_is_overwritten_in_part_only_is_recorded():
    def rows(A, n: int):
        for k in range(1, n):
            A[k] = A[k] * (A[k - 1] + A[0])
        return A.sum()

    assert "copy()" not in ac.grad(rows).specialize(np.ones((3, 3)), 3).source.partition("# reverse")[0].split("for")[1]
    check(rows, np.random.default_rng(0).uniform(0.5, 1.5, (3, 3)), 3)
