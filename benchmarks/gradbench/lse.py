"""The logarithm of a sum of exponentials, shifted by the largest argument."""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def lse(x):
    a = np.max(x)
    return a + np.log(np.sum(np.exp(x - a)))


def problem(n: int) -> Problem:
    return Problem("lse", f"n={n}", lse, ac.grad(lse), (np.random.default_rng(0).standard_normal(n),))


SIZES = [(10_000,), (1_000_000,)]
