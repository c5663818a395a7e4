"""Reads of a shadow are not moved across writes to the same shadow under another name."""

import numpy as np

from . import check, vector


def row_and_matrix(A):
    B = A * 2.0
    row = B[1]
    row[0] = B[1, 1] * row[2]
    B[1, 2] = row[0] * B[0, 0]
    return (B * B).sum()


def two_views(x):
    a = x * 1.0
    left, right = a[:-1], a[1:]
    left[0] = right[0] * right[1]
    right[0] = left[0] * left[2]
    return (a * a).sum()


def reversed_view(x):
    a = x * x
    back = a[::-1]
    a[0] = back[0] * a[1]
    back[0] = a[0] * back[1]
    a[1] = back[-1] * back[0]
    return a.prod()


def reshaped(x):
    a = x * 1.0
    m = a.reshape(2, 2)
    m[0, 1] = a[0] * m[1, 0]
    a[2] = m[0, 1] * m[1, 1]
    t = m.T
    t[1, 0] = a[2] * t[0, 0]
    return (a * m.ravel()).sum()


def test_views():
    check(row_and_matrix, vector(6).reshape(2, 3))
    check(two_views, vector(4))
    check(reversed_view, vector(4))
    check(reshaped, np.array([0.7, 1.1, 0.4, 1.3]))
