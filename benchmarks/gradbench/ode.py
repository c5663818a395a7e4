"""y_0' = x_0, y_i' = x_i y_{i-1}, y(0) = 0, integrated to 2 by the classical Runge-Kutta method; the last component."""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def slope(x, y):
    out = np.empty_like(y)
    out[0] = x[0]
    out[1:] = x[1:] * y[:-1]
    return out


def ode(x, steps):
    h = 2.0 / steps
    y = np.zeros_like(x)
    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x, y + h / 2 * k1)
        k3 = slope(x, y + h / 2 * k2)
        k4 = slope(x, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y[-1]


def problem(n: int, steps: int) -> Problem:
    x = np.random.default_rng(0).uniform(0.5, 1.5, n)
    return Problem("ode", f"n={n} s={steps}", ode, ac.grad(ode), (x, steps))


SIZES = [(n, s) for n in (1_000, 10_000) for s in (1, 10, 100)]
