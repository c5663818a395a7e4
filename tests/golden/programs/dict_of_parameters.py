"""Parameters in a dict: the gradient is a dict."""

import numpy as np

WRT = "p"


def dict_of_parameters(p, x: "float64[:]"):
    hidden = np.tanh(p["w"] * x + p["b"])
    return np.dot(hidden, hidden)


def example():
    return {"w": np.array([0.5, 1.5, -0.7]), "b": 0.25}, np.array([1.0, 2.0, 3.0])
