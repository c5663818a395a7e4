"""What an integer array or a mask takes is an array of its own; it was taken for a part of the array that it is taken from, and
what a store overwrote in it was not put back: a wrong gradient."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.array([[0.9, 1.4, 0.6, 1.1], [1.2, 0.5, 1.3, 0.8]])


def by_a_list(x):
    v = x[0][[0, 0, -1]]
    np.sin(v, out=v)
    return v[0] + 2.0 * v[1] + 3.0 * v[2]


def by_a_mask(x):
    v = x[x > 0.7]
    v[...] = np.cos(v)
    v *= v
    return (v * np.arange(len(v))).sum()


def a_part_of_it(x):
    v = x[1][[0, 2, 3]]
    row = v[0:2]
    row *= row
    return v[0] + 2.0 * v[1] * v[2]


def in_a_loop(x, index):
    s = 0.0
    for k in range(3):
        v = x[k % 2][index]
        w = v[1:]
        w *= v[:-1]
        v[...] = np.exp(v * 0.3)
        s = s + v[0] * v[1] * k
        x[0, index[0]] = s
    return s + x.sum()


def used_later(x):
    v = x[:, [0, 2]]
    kept = v * v
    v[0] = v[1] * v[0]
    v[...] = np.sqrt(v)
    return (kept * v).sum() + (x * x).sum()


@pytest.mark.parametrize("f", [by_a_list, by_a_mask, a_part_of_it, used_later])
def test_both_modes_and_second_order(f):
    check_grads(f, (X,), order=2)


def test_in_a_loop():
    index = np.array([0, 2, 3])
    check_grads(lambda x: in_a_loop(x, index), (X,), order=2)
    assert ac.value_and_grad(in_a_loop)(X, index)[0] == in_a_loop(X.copy(), index)
