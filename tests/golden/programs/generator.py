"""A generator that a loop runs over: the body of the loop stands in place of its `yield`."""

import numpy as np


def partial_sums(v):
    total = 0.0
    for a in v:
        total = total + a
        yield total


def generator(v: "float64[:]"):
    s = 1.0
    for total in partial_sums(v):
        if total > 2.0:
            break
        s = s * total
    return s


def example():
    return (np.array([0.7, 0.3, 1.2]),)
