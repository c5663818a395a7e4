"""A recurrent network: `tanh` reads its result, the products read the state before."""

import numpy as np

WRT = ("W", "U")


def tanh_rnn(W: "float64[:, :]", U: "float64[:, :]", xs: "float64[:, :]"):
    h = np.zeros(len(W))
    for x in xs:
        h = np.tanh(W @ h + U @ x)
    return h.sum()


def example():
    W = np.array([[0.5, 0.2], [-0.7, 0.1]])
    U = np.array([[0.3, 0.2, -0.1], [0.7, -0.6, 0.4]])
    return W, U, np.arange(6.0).reshape(2, 3) / 5
