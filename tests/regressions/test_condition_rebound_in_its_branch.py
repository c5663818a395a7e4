"""The reverse sweep asks which branch was taken, not what the condition's operands hold by then."""

import pytest

from . import check, vector


def by_and(x, y, z):
    x = x and y * z
    return x * x


def by_or(x, y, z):
    x = x or y * z
    return x * x


def name_in_its_own_branch(x, y):
    test = x > 1.0
    if test:
        test = False
        y = y * x
    if test:
        y = y * y
    return y


def operand_in_its_branch(x, n):
    y = x
    for _ in range(n):
        if y < 2.0:
            y = y * x * x
        else:
            y = y - x
    return y


def while_condition(x):
    go = True
    k = 0
    while go:
        x = x * 1.1
        k += 1
        go = k < 3 and x < 100.0
    return x * x


@pytest.mark.parametrize("f", [by_and, by_or])
def test_logical_operators(f):
    check(f, 1.3, 0.7, 1.1)


@pytest.mark.parametrize("x", [0.7, 1.3])
def test_name_in_its_own_branch(x):
    check(name_in_its_own_branch, x, 0.9)


def test_operand_in_its_branch():
    check(operand_in_its_branch, 1.2, 5)
    check(while_condition, vector(1)[0])
