"""The problems as a Numba user would write them: loops over elements where they are shorter than expressions of arrays.

The derivatives are those of compiled functions, by the Numba backend.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

import adjoint_compiler as ac
from benchmarks.gradbench import det, llsq, lse, lstm, ode


@njit
def log_sum_exp(x):
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


@njit
def gmm(alpha, mu, q, low, x, gamma, m, constant, rows, columns):
    n, d = x.shape
    k = len(alpha)
    factors = np.zeros((k, d, d))
    sum_q = np.zeros(k)
    squares = 0.0
    for j in range(k):
        for a in range(d):
            factors[j, a, a] = np.exp(q[j, a])
            squares += factors[j, a, a] ** 2
            sum_q[j] += q[j, a]
        for p in range(low.shape[1]):
            factors[j, rows[p], columns[p]] = low[j, p]
            squares += low[j, p] ** 2
    total = 0.0
    inner = np.empty(k)
    for i in range(n):
        for j in range(k):
            s = 0.0
            for a in range(d):
                t = 0.0
                for b in range(a + 1):
                    t += factors[j, a, b] * (x[i, b] - mu[j, b])
                s += t * t
            inner[j] = alpha[j] + sum_q[j] - 0.5 * s
        total += log_sum_exp(inner)
    prior = 0.5 * gamma**2 * squares - m * np.sum(sum_q)
    return constant + total - n * log_sum_exp(alpha) - prior


@njit
def kmeans(centres, points):
    total = 0.0
    for i in range(points.shape[0]):
        nearest = np.inf
        for j in range(centres.shape[0]):
            distance = 0.0
            for a in range(points.shape[1]):
                distance += (centres[j, a] - points[i, a]) ** 2
            if distance < nearest:
                nearest = distance
        total += nearest
    return total


kmeans_gradient = ac.grad(kmeans)


@njit
def slope_along_ones(centres, points):
    return np.sum(kmeans_gradient(centres, points))


kmeans_diagonal = ac.grad(slope_along_ones)


def newton_direction(centres, points):
    return kmeans_gradient(centres, points) / kmeans_diagonal(centres, points)


DERIVATIVES: dict[str, Callable[..., Any]] = {
    "llsq": ac.grad(llsq.llsq, backend="numba"),
    "lse": ac.grad(lse.lse, backend="numba"),
    "ode": ac.grad(ode.ode, backend="numba"),
    "det": ac.grad(det.det, backend="numba"),
    "gmm": ac.grad(gmm, wrt=(0, 1, 2, 3)),
    "kmeans": newton_direction,
    "lstm": ac.grad(lstm.lstm, wrt=(0, 1, 2, 3, 4), backend="numba"),
}


def derivative(name: str, arguments: tuple[Any, ...]) -> Callable[[], Any] | None:
    """What computes the derivative of a problem; None where it is not written for Numba."""
    if name not in DERIVATIVES:
        return None
    return lambda: DERIVATIVES[name](*arguments)
