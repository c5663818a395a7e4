"""``a[i] += g(a)`` reads the element before ``g`` runs, as Python does."""

import pytest

from . import check, vector


def tripled(a):
    a[0] = a[0] * 3
    return a[1]


def element(a):
    a[0] += tripled(a)
    return (a * a).sum()


def view(a):
    a[:2] *= tripled(a)
    return (a * a).sum()


def gathered(a):
    a[[0, 1]] += tripled(a)
    return (a * a).sum()


def through_an_alias(a):
    b = a[:3]
    for k in range(2):
        b[k] -= a[k + 1] * tripled(a)
    return (a * a).sum() * b[0]


def popped(a):
    items = [a[0], a[1], a[2]]
    items[0] += items.pop() * items.pop()
    return items[0] * items[0]


def summed(a):
    s = 0.0
    for x in a:
        s += x * x
    return s


def of_its_own(a):
    b = a * 1.0
    for k in range(3):
        b[k] += summed(b)
    return (a * b).sum()


@pytest.mark.parametrize("f", [element, view, gathered, through_an_alias, popped, of_its_own])
def test_update(f):
    check(f, vector(5))
