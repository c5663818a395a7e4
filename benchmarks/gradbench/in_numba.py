"""The problems as a Numba user would write them: loops over elements where they are shorter than expressions of arrays.

The derivatives are those of compiled functions, by the Numba backend.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

import adjoint_compiler as ac
from benchmarks.gradbench import det, llsq, lse, ode
from examples import particle, saddle


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
    factor = np.zeros((d, d))
    for j in range(k):
        sum_q = 0.0
        for a in range(d):
            factor[a, a] = np.exp(q[j, a])
            squares += factor[a, a] ** 2
            sum_q += q[j, a]
        for p in range(low.shape[1]):
            factor[columns[p], rows[p]] = low[j, p]
            squares += low[j, p] ** 2
        scaled = (x - mu[j]) @ factor
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


@njit
def residuals(cameras, points, weights, measured):
    out = np.empty((len(weights), 2))
    for i in range(len(weights)):
        c, p, w = cameras[i], points[i], weights[i]
        angle = np.sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2])
        a0, a1, a2 = c[0] / angle, c[1] / angle, c[2] / angle
        x, y, z = p[0] - c[3], p[1] - c[4], p[2] - c[5]
        cosine, sine = np.cos(angle), np.sin(angle)
        along = (a0 * x + a1 * y + a2 * z) * (1.0 - cosine)
        depth = z * cosine + (a0 * y - a1 * x) * sine + a2 * along
        u = (x * cosine + (a1 * z - a2 * y) * sine + a0 * along) / depth
        v = (y * cosine + (a2 * x - a0 * z) * sine + a1 * along) / depth
        r2 = u * u + v * v
        distortion = 1.0 + c[9] * r2 + c[10] * r2 * r2
        out[i, 0] = w * (c[6] * u * distortion + c[7] - measured[i, 0])
        out[i, 1] = w * (c[6] * v * distortion + c[8] - measured[i, 1])
    return out


def jacobian(cameras, points, weights, observed, measured):
    given = cameras[observed[:, 0]], points[observed[:, 1]], weights
    _, pullback = ac.vjp(residuals, *given, measured, backend="numba")
    n = len(observed)
    blocks = np.empty((n, 2, 15))
    for row in range(2):
        seed = np.zeros((n, 2))
        seed[:, row] = 1.0
        camera_bar, point_bar, weight_bar, _ = pullback(seed)
        blocks[:, row, :11], blocks[:, row, 11:14], blocks[:, row, 14] = camera_bar, point_bar, weight_bar
    return blocks, -2.0 * weights


def by_modes(functions):
    """The derivatives of functions, chosen by the mode of the outer and that of the inner derivative."""
    wrap = {"reverse": ac.grad, "forward": ac.jacfwd}
    made = {(o, i): wrap[o](f, backend="numba") for o in wrap for i, f in functions.items()}
    return lambda x, outer, inner: made[outer, inner](x)


DERIVATIVES: dict[str, Callable[..., Any]] = {
    "llsq": ac.grad(llsq.llsq, backend="numba"),
    "lse": ac.grad(lse.lse, backend="numba"),
    "ode": ac.grad(ode.ode, backend="numba"),
    "det": ac.grad(det.det, backend="numba"),
    "gmm": ac.grad(gmm, wrt=(0, 1, 2, 3)),
    "kmeans": newton_direction,
    "lstm": ac.grad(lstm, wrt=(0, 1, 2, 3, 4)),
    "ba": jacobian,
    "particle": by_modes(particle.CROSSINGS),
    "saddle": by_modes(saddle.INNER),
}


def derivative(name: str, arguments: tuple[Any, ...]) -> Callable[[], Any]:
    """What computes the derivative of a problem."""
    return lambda: DERIVATIVES[name](*arguments)
