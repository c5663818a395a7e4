"""An advection scheme, linear in the state: no tape although every step overwrites the state."""

import numpy as np

OF = "q"


def lax_wendroff(q: "float64[:]", c: float, steps: int):
    flux = np.zeros(len(q) - 1)
    for t in range(steps):
        flux[:] = 0.5 * c * (q[:-1] + q[1:] + c * (q[:-1] - q[1:]))
        q[1:-1] -= flux[1:] - flux[:-1]


def example():
    return np.array([0.5, 1.5, -0.7, 1.1, 0.8]), 0.4, 3
