"""A sum over an axis, undone by spreading; a mean kept as a column."""

import numpy as np


def reduction_with_axis(A: "float64[:, :]"):
    centred = A - A.mean(axis=1, keepdims=True)
    return np.prod(np.sum(centred * A, axis=0))


def example():
    return (np.array([[0.5, 1.5, -0.7], [1.1, 0.3, 0.9]]),)
