import numpy as np

import adjoint_compiler as ac


def f(x):
    y = x * x
    return np.sum(np.flip(y, axis=1) * x)  # error: AC021


def attempt():
    ac.grad(f, backend="numba")(np.ones((2, 3)))
