"""A slice of a list is another list of the same arrays."""

import pytest

from . import check, vector


def stored_in_the_slice(x):
    items = [x * 1.0, x * 2.0, x * 3.0]
    some = items[1:]
    some[0][1] = items[0][2] * 2
    some[1] = x
    items[0][0] = 3.0
    return (items[0] * items[1] * items[2]).sum() + some[1].sum()


def in_turn(x):
    items = [x * 1.0, x * 2.0]
    for i, (p, q) in enumerate(zip(items, items[::-1])):
        p[i] += q[3]
    return (items[0] * items[1]).sum()


@pytest.mark.parametrize("f", [stored_in_the_slice, in_turn])
def test_slices(f):
    check(f, vector(5))
