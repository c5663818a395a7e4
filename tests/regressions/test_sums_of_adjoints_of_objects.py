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
