"""A slot that does not exist before the loop has an adjoint that starts at zero."""

import pytest

from . import check, vector


def dict_slot(x, n):
    d = {"a": x}
    for k in range(n):
        d["b"] = d["a"] * x
        d["a"] = d["b"] * 0.5
    return d["a"] * d["a"]


def dict_slot_with_arrays(x, n):
    d = {"a": x * 1.0}
    for k in range(n):
        d["b"] = d["a"] * x
        d["a"] = d["b"] * d["a"]
    return d["a"].sum()


def name_first_bound_in_the_loop(x, n):
    total = 0.0
    for k in range(n):
        if k == 0:
            last = x
        total = total + last * x
        last = last * total
    return total


@pytest.mark.parametrize("n", range(4))
def test_numbers(n):
    check(dict_slot, 1.3, n)
    check(name_first_bound_in_the_loop, 1.3, n)


@pytest.mark.parametrize("n", range(4))
def test_arrays(n):
    check(dict_slot_with_arrays, vector(2), n)
