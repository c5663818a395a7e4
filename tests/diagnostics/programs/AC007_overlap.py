import numpy as np

import adjoint_compiler as ac


def f(a, b):  # error: AC007
    a[0] = b[1] * b[1]
    return np.sum(a * b)


def attempt():
    x = np.array([0.5, 1.5, -0.7])
    ac.grad(f)(x[:2], x[1:])
