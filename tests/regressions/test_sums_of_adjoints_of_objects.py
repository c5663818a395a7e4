"""Adjoints of objects that may not be there yet: their sums are dicts, also where one of the two is not known to be one.

`np.add.at` was generated for such a dict in second derivatives, which ended in a TypeError.
"""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac


class Circle:
    def __init__(self, r):
        self.r = r


def added_from_the_one_before(x):
    before, s = None, x[0]
    for k in range(3):
        c = Circle(x[k] * s)
        if before is not None:
            s = s + before.r * c.r**2
        before = c
    return before.r * s


def test_second_derivatives():
    ac.testing.check_grads(added_from_the_one_before, (np.array([0.4, 0.7, -0.3]),), order=2)


class Square:
    def __init__(self, side):
        self.side = side
        self.width = side

    def grow(self, k):
        self.side *= k
        self.width *= k


class Wheel:
    def __init__(self, radius):
        self.radius = radius

    @property
    def width(self):
        return 2.0 * self.radius

    def grow(self, k):
        self.radius *= k


def one_of_two_classes(x):
    shape = Wheel(x[0]) if len(x) > 3 else Square(x[1])
    other = shape
    shape.grow(x[2])
    return other.width * shape.width


def test_an_attribute_that_is_a_property_of_the_other_class():
    """In the derivative's code a branch stores into `width` of what may be a `Wheel` for all that is known there."""
    ac.testing.check_grads(one_of_two_classes, (np.array([0.4, 0.7, -0.3]),), order=2)
    ac.testing.check_grads(one_of_two_classes, (np.array([0.4, 0.7, -0.3, 1.0]),), order=2)
