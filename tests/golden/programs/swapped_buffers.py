"""Two names exchange their arrays in every pass: shadows belong to arrays, not to names."""

import numpy as np


def swapped_buffers(u: "float64[:]", n: int):
    v = np.zeros_like(u)
    for t in range(n):
        v[1:-1] = u[:-2] * u[2:]
        u, v = v, u
    return u.sum()


def example():
    return np.array([0.5, 1.5, -0.7, 1.1, 0.8, 1.2]), 3
