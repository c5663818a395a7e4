"""A determinant by expansion in minors; linked lists of indices name the rows and columns that are left."""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def minor(a, size, left, rows, columns):
    """The determinant of the rows and columns that are left: ``rows[i]`` is the one after ``i``, the first is ``rows[size]``."""
    row = rows[size]
    column, before = columns[size], size
    if left == 1:
        return a[row, column]
    rows[size] = rows[row]
    total, sign = 0.0, 1.0
    for _ in range(left):
        columns[before] = columns[column]
        total = total + sign * a[row, column] * minor(a, size, left - 1, rows, columns)
        columns[before] = column
        before, column, sign = column, columns[column], -sign
    rows[size] = row
    return total


def det(a):
    n = a.shape[0]
    following = np.append(np.arange(1, n + 1), 0)
    return minor(a, n, n, following, following.copy())


def problem(n: int) -> Problem:
    return Problem("det", f"n={n}", det, ac.grad(det), (np.random.default_rng(0).standard_normal((n, n)),))


SIZES = [(5,), (6,), (7,)]
