"""A store whose source and target overlap: the adjoint is taken out before it is added."""


def overlapping_store(a: "float64[:]"):
    a[1:] = a[:-1]
    return (a * a).sum()


def example():
    import numpy as np

    return (np.array([0.5, 1.5, -0.7, 1.1]),)
