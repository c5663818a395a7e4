import numpy as np

import adjoint_compiler as ac


def f(x):
    first, *rest = x  # error: AC001
    return first


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
