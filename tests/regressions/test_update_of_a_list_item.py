"""`L[k] += x` changes the array in the slot, or rebinds the slot if it holds a number."""

import pytest

from . import check, vector


def array_in_a_slot(x):
    a = x * 1.0
    L = [a, x * x]
    L[0] += L[1]
    return (a * a).sum()


def array_in_a_dict(x):
    a = x * 1.0
    d = {"a": a}
    d["a"] *= x
    return (a * d["a"]).sum()


def number_in_a_slot(x):
    L = [x, x * x]
    y = L[0]
    L[0] += L[1]
    return y * L[0]


def element_of_a_slot(x, n):
    L = [x * 1.0, x * x]
    for k in range(n):
        L[k % 2][0] *= L[1][1]
        L[0][1] += L[1][0]
    return (L[0] * L[1]).sum()


@pytest.mark.parametrize("f", [array_in_a_slot, array_in_a_dict])
def test_arrays(f):
    check(f, vector(3))


def test_numbers():
    check(number_in_a_slot, 1.3)


@pytest.mark.parametrize("n", range(4))
def test_elements(n):
    check(element_of_a_slot, vector(3), n)
