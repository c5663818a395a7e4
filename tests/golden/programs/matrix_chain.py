"""Linear in `x`: the value of `x` is not read, nothing is recorded."""


def matrix_chain(x: "float64[:]", A: "float64[:, :]", B: "float64[:, :]"):
    y = B @ x
    z = A @ y
    return z.sum()


def example():
    import numpy as np

    A = np.array([[0.5, 1.5], [-0.7, 1.1]])
    return np.array([0.3, -0.4]), A, A.T + 1.0
