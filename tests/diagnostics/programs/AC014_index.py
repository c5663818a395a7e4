import numpy as np

import adjoint_compiler as ac


def f(x, n):
    return x[n] * n  # error: AC014


def attempt():
    ac.grad(f, wrt="n")(np.array([0.5, 1.5, -0.7]), 2)
