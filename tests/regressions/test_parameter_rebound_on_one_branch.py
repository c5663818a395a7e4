"""After a branch that rebinds a parameter, its name means either of two values."""

import numpy as np
import pytest

from . import check, vector


def number(x, y):
    if y > 1.0:
        x = x * y
    return x * x


def array(x, flag):
    if flag:
        x = x * 2.0
        x[0] = x[1] * x[2]
    return (x * x).sum()


def stored_after(x, flag):
    if flag:
        x = np.sin(x)
    x[0] = x[1] * x[1]
    return (x * x).sum()


def in_a_loop(x, w):
    for k in range(len(w)):
        if w[k] > 1.0:
            x = x * w[k]
    return x


@pytest.mark.parametrize("y", [0.7, 1.3])
def test_number(y):
    check(number, 1.7, y)


@pytest.mark.parametrize("flag", [False, True])
@pytest.mark.parametrize("f", [array, stored_after])
def test_array(f, flag):
    check(f, vector(3), flag)


def test_in_a_loop():
    check(in_a_loop, 0.8, np.array([1.2, 0.4, 1.6]))
