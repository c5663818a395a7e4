"""Elements that are read twice get both contributions."""

import numpy as np


def gather_with_repeats(x: "float64[:]", index: "int64[:]"):
    y = x[index]
    return (y * y * np.arange(1.0, len(index) + 1.0)).sum()


def example():
    return np.array([0.5, 1.5, -0.7]), np.array([0, 2, 2, 1, 0])
