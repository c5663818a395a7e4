import numpy as np

import adjoint_compiler as ac


def f(c):
    return np.polynomial.polyutils.getdomain([1.0, c, -1.0])[0]  # error: AC002


def attempt():
    ac.grad(f)(2.0)
