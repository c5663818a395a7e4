"""Least squares: a polynomial of degree m - 1 fitted to the sign of its argument, at n points in [-1, 1]."""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def llsq(x, t):
    """Half the sum of the squared residuals; the polynomial is evaluated by Horner's rule."""
    p = np.zeros_like(t)
    for j in range(len(x) - 1, -1, -1):
        p *= t
        p += x[j]
    r = np.sign(t) - p
    return 0.5 * (r @ r)


def problem(n: int, m: int = 128) -> Problem:
    x = np.random.default_rng(0).standard_normal(m)
    return Problem("llsq", f"n={n} m={m}", llsq, ac.grad(llsq), (x, np.linspace(-1.0, 1.0, n)))


SIZES = [(1_000,), (10_000,), (100_000,)]
