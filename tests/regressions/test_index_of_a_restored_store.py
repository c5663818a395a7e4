"""A store is undone where it was made: its index is what it was then, whatever happened to it since."""

import numpy as np

from . import check, vector


def from_an_array(x, targets):
    for k in range(len(targets)):
        x[targets[k]] = x[targets[k]] * x[k]
    return (x * x).sum()


def from_an_array_that_changes(x, targets):
    targets = targets.copy()
    for k in range(len(targets)):
        x[targets[k]] = x[k] * x[targets[k]]
        targets[k] = 0
    return (x * x).sum()


def from_a_counter(x, n):
    i = 0
    for k in range(n):
        i = (i + 2) % len(x)
        x[i] = x[i] * x[i - 1]
    return x.sum()


def from_a_slice(x, n):
    lo = 0
    for k in range(n):
        x[lo : lo + 2] = x[lo : lo + 2] * x[-1]
        lo = lo + 1
    return (x * x).sum()


def index_array_overwritten(x, index):
    index = index.copy()
    x[index] = x[index] * 3.0 * x[0]
    index[:] = 0
    x[index] = x[1:3]
    return (x * x).sum()


TARGETS = np.array([2, 0, 2, 1])


def test_from_arrays():
    check(from_an_array, vector(4), TARGETS)
    check(from_an_array_that_changes, vector(4), TARGETS)
    check(index_array_overwritten, vector(4), np.array([1, 3]))


def test_from_numbers():
    check(from_a_counter, vector(5), 7)
    check(from_a_slice, vector(5), 3)
