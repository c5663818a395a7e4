import numpy as np

import adjoint_compiler as ac


def f(x):
    return x.no_such_method()  # error: AC019


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
