"""Arrays in a container that is an argument may be stored into: their shadows stand in its adjoint."""

from collections import namedtuple

import numpy as np
import pytest

from . import check


def updated(L):
    L[0] *= L[1]
    return L[0].sum()


def updated_by_a_name(L):
    a = L[0]
    a *= L[1]
    return L[0].sum()


def updated_and_rebound(L):
    L[0] *= L[1]
    L[1] = L[0] * L[1]
    return (L[0] * L[1]).sum()


def stored(L):
    L[0][0] = L[1][0] * 2.0
    return L[0].sum()


def looped(L):
    s = 0.0
    for a in L:
        a[0] = a[1] * a[0]
        s += a.sum()
    return s * L[0][0]


def unpacked(pair):
    a, b = pair
    a[0] = b[0] * a[1]
    return (a * b).sum()


def entry_of_a_dict(d):
    d["a"][0] = d["a"][1] * d["b"][0]
    d["b"] *= d["a"]
    return (d["a"] * d["b"]).sum()


def swapped(L):
    L[0], L[1] = L[1], L[0]
    L[0][0] = L[1][1] * L[1][0]
    return (L[0] * L[1]).sum()


def arrays():
    return [np.array([0.7, 1.2]), np.array([1.1, 0.6])]


# The split form copies what is on its tape, but not a slot's old item, nor the items of named tuples: whoever
SAVED = [updated, updated_and_rebound, swapped]


@pytest.mark.parametrize("f", [updated_by_a_name, stored, looped, *SAVED])
def test_lists(f):
    check(f, arrays())


def test_tuples():
    check(unpacked, tuple(arrays()))


def test_named_tuples():
    check(unpacked, namedtuple("Pair", "a b")(*arrays()))


def test_dicts():
    check(entry_of_a_dict, dict(zip("ab", arrays())))
