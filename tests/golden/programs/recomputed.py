"""What only the reverse sweep needs is computed there, not twice."""

import numpy as np


def recomputed(q: "float64[:]"):
    energy = 0.0
    for i in range(1, len(q)):
        d = q[i] - q[i - 1]
        energy += np.sin(d) * d
    return energy


def example():
    return (np.array([0.3, -0.4, 1.1, 0.2]),)
