"""An exception that is caught: the value of the handler, and the store that ran before."""

import math

import numpy as np


def exception(v: "float64[:]"):
    s = 0.0
    for k in range(len(v)):
        try:
            s += math.sqrt(v[k] - 0.5)
            v[k] = s * v[k]
        except ValueError:
            s = s * v[k]
    return s + v.sum()


def example():
    return (np.array([0.7, 0.3, 1.2]),)
