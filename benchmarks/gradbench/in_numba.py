"""The problems as a Numba user would write them: loops over elements where they are shorter than expressions of arrays.

The derivatives are those of compiled functions, by the Numba backend.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

import adjoint_compiler as ac
from benchmarks.gradbench import llsq, lse, ode


@njit
def log_sum_exp(x):
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


@njit
def gmm(alpha, mu, q, low, x, gamma, m, constant, rows, columns):
    n, d = x.shape
    k = len(alpha)
    inner = np.empty((n, k))
    squares, sums = 0.0, 0.0
    factor, centred = np.zeros((d, d)), np.empty((n, d))
    for j in range(k):
        sum_q = 0.0
        for a in range(d):
            factor[a, a] = np.exp(q[j, a])
            squares += factor[a, a] ** 2
            sum_q += q[j, a]
        for p in range(low.shape[1]):
            factor[columns[p], rows[p]] = low[j, p]
            squares += low[j, p] ** 2
        for i in range(n):
            for a in range(d):
                centred[i, a] = x[i, a] - mu[j, a]
        scaled = centred @ factor
        for i in range(n):
            s = 0.0
            for a in range(d):
                s += scaled[i, a] ** 2
            inner[i, j] = alpha[j] + sum_q - 0.5 * s
        sums += sum_q
    total = 0.0
    for i in range(n):
        total += log_sum_exp(inner[i])
    prior = 0.5 * gamma**2 * squares - m * sums
    return constant + total - n * log_sum_exp(alpha) - prior


@njit
def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


@njit
def lstm(weights, biases, w_in, w_out, b_out, hidden, cells, text):
    layers, width = weights.shape[0], text.shape[1]
    h, c = hidden.copy(), cells.copy()
    x, y = np.empty(width), np.empty(width)
    total = 0.0
    for t in range(len(text) - 1):
        for a in range(width):
            x[a] = text[t, a] * w_in[a]
        for i in range(layers):
            w, b = weights[i], biases[i]
            for a in range(width):
                forget = sigmoid(x[a] * w[0, a] + b[0, a])
                ingate = sigmoid(h[i, a] * w[1, a] + b[1, a])
                outgate = sigmoid(x[a] * w[2, a] + b[2, a])
                change = np.tanh(h[i, a] * w[3, a] + b[3, a])
                c[i, a] = c[i, a] * forget + ingate * change
                h[i, a] = outgate * np.tanh(c[i, a])
                x[a] = h[i, a]
        s = 2.0
        for a in range(width):
            y[a] = x[a] * w_out[a] + b_out[a]
            s += np.exp(y[a])
        log_s = np.log(s)
        for a in range(width):
            total += text[t + 1, a] * (y[a] - log_s)
    return -total / (len(text) - 1)


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


def newton_direction(centres, points):
    gradient, diagonal = ac.jvp(kmeans_gradient, (centres, points), (np.ones_like(centres), None), backend="numba")
    return gradient / diagonal


DERIVATIVES: dict[str, Callable[..., Any]] = {
    "llsq": ac.grad(llsq.llsq, backend="numba"),
    "lse": ac.grad(lse.lse, backend="numba"),
    "ode": ac.grad(ode.ode, backend="numba"),
    "gmm": ac.grad(gmm, wrt=(0, 1, 2, 3)),
    "kmeans": newton_direction,
    "lstm": ac.grad(lstm, wrt=(0, 1, 2, 3, 4)),
}


def derivative(name: str, arguments: tuple[Any, ...]) -> Callable[[], Any] | None:
    """What computes the derivative of a problem; None where it is not written for Numba."""
    if name not in DERIVATIVES:
        return None
    return lambda: DERIVATIVES[name](*arguments)
