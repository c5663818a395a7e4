import numpy as np

import adjoint_compiler as ac


def f(x):
    y = x * 2.0
    return np.polynomial.chebyshev.chebroots(y).real.sum()  # error: AC002


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
