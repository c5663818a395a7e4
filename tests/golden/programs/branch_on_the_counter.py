"""A condition on loop counters is asked again, not recorded; in its branch the subscript counts from the front."""

import numpy as np

WRT = ("d", "a")


def branch_on_the_counter(d: "float64[:]", a: "float64[:]"):
    x = np.empty_like(d)
    for k in range(d.shape[0]):
        x[k] = d[k]
        if k > 0:
            x[k] -= a[k] * x[k - 1]
        if k % 2 == 0:
            x[k] = x[k] * x[k]
    return x.sum()


def example():
    return np.array([0.5, 1.5, -0.75, 2.0]), np.array([1.0, 0.25, 0.5, -0.125])
