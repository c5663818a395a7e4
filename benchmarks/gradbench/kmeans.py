"""The sum of squared distances to the nearest of k centres, and its Newton direction: the Hessian is diagonal."""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def kmeans(centres, points):
    distances = np.sum(points * points, axis=1)[:, None] - 2.0 * points @ centres.T + np.sum(centres * centres, axis=1)
    return np.sum(np.min(distances, axis=1))


gradient = ac.grad(kmeans)


def newton_direction(centres, points):
    """The gradient over the diagonal of the Hessian, whose rows have one element each: it is the Hessian times ones."""
    g, diagonal = ac.jvp(gradient, (centres, points), (np.ones_like(centres), None))
    return g / diagonal


def problem(k: int, n: int, d: int) -> Problem:
    rng = np.random.default_rng(0)
    points = rng.random((n, d))
    centres = points[rng.choice(n, k, replace=False)] + 0.01 * rng.standard_normal((k, d))
    return Problem("kmeans", f"k={k} n={n} d={d}", kmeans, newton_direction, (centres, points))


SIZES = [(10, 10_000, 8), (100, 10_000, 8), (100, 10_000, 16)]
