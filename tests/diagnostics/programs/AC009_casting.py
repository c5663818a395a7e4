import numpy as np

import adjoint_compiler as ac


def f(x):
    return np.sin(x, casting="unsafe")  # error: AC009


def attempt():
    ac.grad(f)(1.0)
