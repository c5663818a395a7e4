"""A stencil that reads ahead of what it overwrites: NumPy takes the right-hand side first."""


def update_in_place(a: "float64[:]"):
    a[1:-1] += a[2:] * a[:-2]
    return a.prod()


def example():
    import numpy as np

    return (np.array([0.5, 1.5, -0.7, 1.1]),)
