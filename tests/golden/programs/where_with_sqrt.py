"""The root is infinitely steep at zero, where the mask takes the other side: its gradient is zero there."""

import numpy as np


def where_with_sqrt(x: "float64[:]"):
    return np.where(x > 0.0, np.sqrt(np.abs(x)), 0.0).sum()


def example():
    return (np.array([0.5, 1.5, -0.7]),)
