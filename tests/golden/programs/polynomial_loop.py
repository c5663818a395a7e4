"""Horner's scheme: every partial result is read by the reverse sweep."""

WRT = ("x", "c")


def polynomial_loop(x: float, c: "float64[:]"):
    y = 0.0
    for k in range(len(c)):
        y = y * x + c[k]
    return y


def example():
    import numpy as np

    return 1.5, np.array([0.5, -1.0, 2.0, 0.25])
