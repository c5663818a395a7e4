"""What a store through a slot overwrites is saved, and read back through the slot."""

import pytest

from . import check, vector


def slot_of_a_list(x, n):
    L = [x * 1.0, x * x]
    for k in range(n):
        L[0][0] = L[0][0] * L[1][1]
    return L[0].sum()


def slot_of_a_dict(x, n):
    d = {"a": x * 1.0}
    for k in range(n):
        d["a"][0] = d["a"][1] * x[0]
    return d["a"].sum()


def slot_by_the_counter(x, n):
    L = [x * 1.0, x * x]
    for k in range(n):
        L[k % 2][0] = L[k % 2][1] * L[0][2]
        L[1][2] = L[0][0] * L[1][0]
    return (L[0] * L[1]).sum()


def slot_in_a_branch(x, n):
    L = [x * 1.0]
    if n > 1:
        L[0][0] = L[0][1] * x[1]
    return L[0].sum()


def nested_slots(x, n):
    L = [[x * 1.0], [x * x]]
    for k in range(n):
        L[k % 2][0][1] = L[1][0][0] * L[0][0][1]
    return (L[0][0] * L[1][0]).sum()


@pytest.mark.parametrize("n", range(4))
@pytest.mark.parametrize("f", [slot_of_a_list, slot_of_a_dict, slot_by_the_counter, slot_in_a_branch, nested_slots])
def test_slots(f, n):
    check(f, vector(3), n)
