"""Shifted by the largest element, as one writes it by hand."""

import numpy as np


def logsumexp(x: "float64[:]"):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


def example():
    return (np.array([0.5, 1.5, -0.7]),)
