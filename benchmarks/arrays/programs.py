"""Logistic regression, a perceptron, a recurrent network, attention and a convolution, in plain NumPy without stores.

HIPS autograd runs the same functions, with its own module for ``np``.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def logistic(w, b, x, y):
    z = x @ w + b
    return np.mean(np.logaddexp(0.0, z) - y * z)


def perceptron(w1, b1, w2, b2, x, labels):
    h = np.maximum(x @ w1 + b1, 0.0)
    z = h @ w2 + b2
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


def recurrent(w, u, b, xs):
    h = np.zeros((xs.shape[1], w.shape[0]))
    for t in range(xs.shape[0]):
        h = np.tanh(h @ w + xs[t] @ u + b)
    return np.sum(h * h)


def attention(wq, wk, wv, x):
    q, k, v = x @ wq, x @ wk, x @ wv
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores)
    p = p / np.sum(p, axis=1, keepdims=True)
    return np.sum((p @ v) ** 2)


def convolution(kernel, images):
    rows, columns = images.shape[1] - kernel.shape[0] + 1, images.shape[2] - kernel.shape[1] + 1
    total = 0.0
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            total = total + kernel[i, j] * images[:, i : i + rows, j : j + columns]
    return np.sum(np.maximum(total, 0.0) ** 2)


COUNTS = {
    "logistic": 2,
    "perceptron": 4,
    "recurrent": 3,
    "attention": 3,
    "convolution": 1,
}  # arguments to differentiate by
SIZES = {
    "logistic": (1, 16, 256, 4096), "perceptron": (1, 16, 256, 4096), "recurrent": (1, 16, 128), "attention": (64, 128, 512),
    "convolution": (1, 8, 64),
}  # fmt: skip


def arguments(name: str, size: int) -> tuple[Any, ...]:
    """What a program is called with: ``size`` is the batch, or the length of the sequence."""
    rng = np.random.default_rng(0)

    def some(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape) / 8.0

    if name == "logistic":
        return some(100), np.zeros(()), some(size, 100), rng.integers(0, 2, size).astype(float)
    if name == "perceptron":
        return some(784, 300), some(300), some(300, 10), some(10), some(size, 784), rng.integers(0, 10, size)
    if name == "recurrent":
        return some(128, 128), some(64, 128), some(128), some(100, size, 64)
    if name == "attention":
        return some(64, 64), some(64, 64), some(64, 64), some(size, 64)
    return some(5, 5), some(size, 28, 28)
