import numpy as np

import adjoint_compiler as ac


def f(x):
    return np.no_such_function(x)  # error: AC012


def attempt():
    ac.grad(f)(2.0)
