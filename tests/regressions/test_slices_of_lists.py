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


def read_twice(v):
    first, *rest = items = list(v)
    others = list(items[1:])
    return first * sum(others) * 3 + sum(rest)


def read_twice_and_built(v):
    items = []
    for k in range(len(v)):
        items.append(v[k])
    items = list(items)
    others, part = [], items[1:]
    for k in range(len(part)):
        others.append(part[k])
    return items[0] * sum(others) * 3 + sum(items[1:])


@pytest.mark.parametrize("f", [read_twice, read_twice_and_built])
def test_a_part_is_taken_anew_after_something_was_added_to_the_whole(f):
    check(f, vector(5))
