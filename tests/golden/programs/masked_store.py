"""A store under a mask: the mask is kept, not evaluated again."""


def masked_store(x: "float64[:]"):
    y = x * x
    y[y > 1.0] = 1.0
    return (x * y).sum()


def example():
    import numpy as np

    return (np.array([0.5, 1.5, -0.7, 1.1]),)
