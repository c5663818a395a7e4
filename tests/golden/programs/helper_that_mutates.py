"""A helper that overwrites its argument, called with an array and with a view of it."""

import numpy as np


def damp(A):
    A[0] = np.sin(A[0])


def helper_that_mutates(x: "float64[:]"):
    A = x * x
    damp(A)
    damp(A[1:])
    return A.sum()


def example():
    return (np.array([0.5, 1.5, -0.7]),)
