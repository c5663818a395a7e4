"""``is`` of what is replaced by its items, operators that decline, and functions that objects hold."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check


class Place(NamedTuple):
    x: float


def tuples(x):
    a = (x, x * x)
    b, c = a, (x, x)
    return x * x * a[1] if b is a and c is not a else x


def named_tuples(x):
    a = Place(x)
    b = a
    return a.x * x * b.x if b is a else x


class Plain:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return Plain(self.x + other.x)

    def __radd__(self, other):
        return Plain(3 * self.x * other.x)


class Inheriting(Plain):
    pass


class Overriding(Plain):
    def __radd__(self, other):
        return Plain(5 * self.x * other.x)


def inherited_operator(x):
    return (Plain(x) + Inheriting(x)).x


def overridden_operator(x):
    return (Plain(x) + Overriding(x)).x


@pytest.mark.parametrize("f", [tuples, named_tuples, inherited_operator, overridden_operator])
def test_the_primal_runs_as_python_runs_it(f):
    h = 1e-6
    assert ac.value_and_grad(f)(0.7) == pytest.approx((f(0.7), (f(0.7 + h) - f(0.7 - h)) / (2 * h)), rel=1e-8)


class Hesitating(Plain):
    def __add__(self, other):
        if self.x > 0.5:
            return NotImplemented
        return Plain(self.x + other.x)


def operator_that_may_decline(x):
    return (Hesitating(x) + Plain(x)).x


@dataclass
class Layer:
    function: object
    scale: float


def function_that_changes(x, n):
    layer, other, s = Layer(np.sin, 1.0), Layer(np.cos, 2.0), 0.0
    for _ in range(n):
        s += layer.function(x) * layer.scale
        layer = other
    return s


class Pair:
    def __init__(self, x):
        self.x = x

    def __iter__(self):
        return iter([self.x, 2.0 * self.x])


def loop_over_an_object(x):
    s = 0.0
    for a in Pair(x):
        s += a * a
    return s


def object_unpacked(x):
    a, b = Pair(x)
    return a * b


def object_as_a_list(x):
    return list(Pair(x))[1] * x


def objects_in_an_array(x):
    return np.array([Pair(x), Pair(x)]).size * x


@pytest.mark.parametrize(
    "f, args",
    [
        (operator_that_may_decline, (0.7,)), (function_that_changes, (0.7, 2)),
        (objects_in_an_array, (0.7,)),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_refused(f, args):
    with pytest.raises(ac.DifferentiationError):
        ac.grad(f)(*args)


@pytest.mark.parametrize("f", [loop_over_an_object, object_as_a_list, object_unpacked])
def test_objects_that_are_run_over(f):
    check(f, 0.7)
