"""Rows that are read: what is collected for one is added to the adjoint of the matrix itself."""


def rows_of_a_matrix(A: "float64[:, :]", x: "float64[:]"):
    total = 0.0
    for i in range(len(A)):
        row = A[i]
        total += row[0] * x[1] + (row * x).sum() ** 2
    return total


def example():
    import numpy as np

    return np.array([[0.5, 1.5, -0.7], [1.1, 0.3, 0.9]]), np.array([0.5, -1.0, 2.0])
