"""A network of elementwise LSTM cells that predicts the next character (ADBench)."""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm(weights, biases, w_in, w_out, b_out, hidden, cells, text):
    """The mean loss per character.

    Args:
        weights, biases: of layers, of the forget, input and output gates and the change, of cells: (layers, 4, width).
        w_in, w_out, b_out: (width,)
        hidden, cells: states at the beginning: (layers, width).
        text: the bits of the characters: (length, width).
    """
    layers = weights.shape[0]
    h, c = hidden.copy(), cells.copy()
    total = 0.0
    for t in range(len(text) - 1):
        x = text[t] * w_in
        for i in range(layers):
            w, b = weights[i], biases[i]
            forget = sigmoid(x * w[0] + b[0])
            ingate = sigmoid(h[i] * w[1] + b[1])
            outgate = sigmoid(x * w[2] + b[2])
            change = np.tanh(h[i] * w[3] + b[3])
            c[i] = c[i] * forget + ingate * change
            h[i] = outgate * np.tanh(c[i])
            x = h[i]
        y = x * w_out + b_out
        log_p = y - np.log(np.sum(np.exp(y)) + 2.0)
        total += text[t + 1] @ log_p
    return -total / (len(text) - 1)


def problem(layers: int, length: int, width: int = 14) -> Problem:
    rng = np.random.default_rng(0)

    def some(*shape: int) -> np.ndarray:
        return 0.5 * rng.standard_normal(shape)

    text = rng.integers(0, 2, (length, width)).astype(float)
    arguments = (some(layers, 4, width), some(layers, 4, width), some(width), some(width), some(width),
                 some(layers, width), some(layers, width), text)  # fmt: skip
    return Problem("lstm", f"l={layers} c={length}", lstm, ac.grad(lstm, wrt=(0, 1, 2, 3, 4)), arguments)


SIZES = [(2, 1024), (4, 1024), (2, 4096)]
