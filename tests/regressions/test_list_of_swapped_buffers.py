"""Slots that trade buffers: a slot's shadow is that of the buffer it holds at the time."""

import numpy as np
import pytest

from . import check, vector


def swapped(x, n):
    L = [x * 1.0, np.zeros_like(x)]
    for _ in range(n):
        L[1][1:] = L[0][:-1] * L[0][1:]
        L[0], L[1] = L[1], L[0]
    return L[0].sum()


def one_buffer_in_two_slots(x):
    a = x * 2.0
    L = [a, a]
    L[0][0] = x[1] * x[2]
    return (L[1] * L[0]).sum()


def rotated(x, n):
    L = [x * 1.0, x * x, x + 1.0]
    for k in range(n):
        L[2][0] = L[0][1] * L[1][2]
        L[0], L[1], L[2] = L[2], L[0], L[1]
    return (L[0] * L[2]).sum() + L[1].sum()


@pytest.mark.parametrize("n", range(5))
@pytest.mark.parametrize("f", [swapped, rotated])
def test_swapped(f, n):
    check(f, vector(3), n)


def test_shared():
    check(one_buffer_in_two_slots, vector(3))
