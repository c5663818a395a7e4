"""A buffer created in a loop is not created again in the reverse sweep: its shadow belongs to the old one."""

import numpy as np

from . import check, vector


def gather_in_a_loop(v, w):
    for e in w:
        v = v[[1, 2, 2, 2]]
        v[1:] /= e + v[0]
    return (v * v).sum()


def copy_in_a_loop(v, n):
    total = 0.0
    for k in range(n):
        u = v.copy()
        u[k] = u[k] * v[0]
        v = u
        total = total + u[1]
    return total * v.sum()


def zeros_in_a_loop(x, n):
    s = 0.0
    for k in range(n):
        buffer = np.zeros(3)
        buffer[:] = x * (k + s)
        buffer[0] = buffer[1] * buffer[2]
        s = buffer.sum()
    return s


def kept_after_the_loop(x, n):
    rows = []
    for k in range(n):
        row = x * (k + 1.0)
        row[0] = row[1] * row[2]
        rows.append(row)
    return rows[0][0] * rows[-1][0]


def test_gather():
    check(gather_in_a_loop, vector(4), vector(3, seed=1))


def test_constructors():
    check(copy_in_a_loop, vector(4), 3)
    check(zeros_in_a_loop, vector(3), 3)


def test_kept():
    check(kept_after_the_loop, vector(3), 3)
