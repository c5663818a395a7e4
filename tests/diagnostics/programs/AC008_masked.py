import numpy as np

import adjoint_compiler as ac


def f(x):  # error: AC008
    return np.sum(x * x)


def attempt():
    ac.grad(f)(np.ma.array([1.0, 2.0]))
