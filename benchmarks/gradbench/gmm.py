"""The log likelihood of a mixture of Gaussians with a Wishart prior (ADBench)."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import multigammaln

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def log_sum_exp(x, axis):
    largest = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(largest, axis) + np.log(np.sum(np.exp(x - largest), axis=axis))


def gmm(alpha, mu, q, low, x, gamma, m, constant, rows, columns):
    """The objective; ``low`` holds the strictly lower triangles of the inverse factors, ``rows`` and ``columns`` their places."""
    n, d = x.shape
    k = len(alpha)
    factors = np.zeros((k, d, d))
    factors[:, np.arange(d), np.arange(d)] = np.exp(q)
    factors[:, rows, columns] = low
    sum_q = np.sum(q, axis=1)
    centred = x[None, :, :] - mu[:, None, :]
    scaled = centred @ np.swapaxes(factors, 1, 2)
    inner = (alpha + sum_q)[:, None] - 0.5 * np.sum(scaled * scaled, axis=2)
    prior = 0.5 * gamma**2 * (np.sum(np.exp(q) ** 2) + np.sum(low**2)) - m * np.sum(sum_q)
    return constant + np.sum(log_sum_exp(inner, 0)) - n * log_sum_exp(alpha, 0) - prior


def problem(d: int, k: int, n: int) -> Problem:
    rng = np.random.default_rng(0)
    columns, rows = np.triu_indices(d, 1)  # column by column
    gamma, m = 1.0, 0
    degrees = d + m + 1
    constant = -n * d * 0.5 * math.log(2 * math.pi) + k * (
        degrees * d * math.log(gamma / math.sqrt(2)) - float(multigammaln(0.5 * degrees, d))
    )
    arguments = (
        rng.standard_normal(k), rng.random((k, d)), 0.3 * rng.standard_normal((k, d)),
        0.3 * rng.standard_normal((k, d * (d - 1) // 2)), rng.standard_normal((n, d)), gamma, m, constant, rows, columns,
    )  # fmt: skip
    return Problem("gmm", f"d={d} k={k} n={n}", gmm, ac.grad(gmm, wrt=(0, 1, 2, 3)), arguments)


SIZES = [(2, 5, 1000), (10, 25, 1000), (32, 5, 1000), (10, 5, 10_000)]
