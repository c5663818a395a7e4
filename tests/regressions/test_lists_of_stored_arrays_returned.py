"""A list made of another one holds the same arrays: what comes back for them arrives once."""

import numpy as np
import pytest

from . import check, vector


def part(v, k):
    out = np.empty_like(v)
    out[1:] = v[1:] * 2
    out[0] = v[0] * v[0] * (k + 1)
    return out


def made(v):
    return [part(v, k) for k in range(2)]


def as_list(v):
    return list(made(v))


def as_tuple(v):
    return tuple(made(v))


def stored_into(v):
    a = made(v)
    b = list(a)
    b[0][0] = v[1] * v[2]
    return [a[0], b[1] * 2]


def in_turn(v):
    a = made(v)
    for i in range(2):
        b = list(a)
        b[0][i] = b[1][i] * v[i]
        a = b
    return a


@pytest.mark.parametrize("f", [as_list, as_tuple, stored_into, in_turn])
def test_returned_lists(f):
    check(f, vector(4))


def as_one_list_or_another(v):
    if v.ndim == 1:
        return made(v)[1]
    return list(made(v))


def test_one_of_two():
    check(as_one_list_or_another, vector(4))
