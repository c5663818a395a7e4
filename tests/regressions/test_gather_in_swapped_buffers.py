"""A gather from a buffer is an allocation of its own, also when the two then trade names."""

import numpy as np
import pytest

from . import check, vector


def swapped_once(x):
    v = x * 1.5
    u = v[[0, 1]]
    u, v = v, u
    v[0] *= 2.0
    return (u * u).sum() + (v * v).sum()


def swapped_in_a_loop(x, n):
    v = x * 1.5
    u = v[[1, 0, 2]]
    for _ in range(n):
        u, v = v, u
        v[0] *= u[1]
    return u.sum() * v[0]


def gathered_in_the_loop(x, n):
    u = x * 1.5
    v = np.zeros_like(x)
    for _ in range(n):
        v = u[[2, 2, 0]]
        v[1] = v[0] * u[1]
        u, v = v, u
    return (u * v).sum()


def test_once():
    check(swapped_once, vector(3))


@pytest.mark.parametrize("n", range(4))
def test_in_a_loop(n):
    check(swapped_in_a_loop, vector(3), n)


@pytest.mark.parametrize("n", range(4))
def test_gathered_in_the_loop(n):
    check(gathered_in_the_loop, vector(3), n)
