"""A store through a view: the shadow has the same view."""


def view_of_a_row(A: "float64[:, :]"):
    B = A * A
    row = B[1]
    row[0] = row[1] * A[0, 0]
    return (B * B).sum()


def example():
    import numpy as np

    return (np.array([[0.5, 1.5, -0.7], [1.1, 0.3, 0.9]]),)
