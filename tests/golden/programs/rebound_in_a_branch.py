"""Bound before, rebound in some passes of a loop, used after."""


def rebound_in_a_branch(x: "float64[:]"):
    t = x[0]
    for i in range(len(x)):
        if x[i] > 0:
            t = t * x[i]
    return t


def example():
    import numpy as np

    return (np.array([0.5, 1.5, -0.7, 1.1]),)
