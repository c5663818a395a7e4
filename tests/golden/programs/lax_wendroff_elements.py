"""The same scheme element by element, on a periodic line."""

import numpy as np

OF = "q"


def lax_wendroff_elements(q: "float64[:]", c: float, steps: int):
    n = len(q)
    flux = np.zeros(n - 1)
    for t in range(steps):
        for i in range(n - 1):
            flux[i] = 0.5 * c * (q[i] + q[i + 1] + c * (q[i] - q[i + 1]))
        for i in range(1, n - 1):
            q[i] += flux[i - 1] - flux[i]
        q[0] = q[n - 2]
        q[n - 1] = q[1]


def example():
    return np.array([0.5, 1.5, -0.7, 1.1, 0.8]), 0.4, 3
