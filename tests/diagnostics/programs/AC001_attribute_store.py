import numpy as np

import adjoint_compiler as ac


def f(x):
    x.flags.writeable = False  # error: AC001
    return x.sum()


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
