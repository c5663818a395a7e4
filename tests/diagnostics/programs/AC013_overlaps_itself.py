import numpy as np

import adjoint_compiler as ac


def f(a):  # error: AC013
    a[0] = a[1] * 2.0
    return np.sum(a * a)


def attempt():
    x = np.lib.stride_tricks.as_strided(np.ones(4), (2, 3), (8, 8))
    ac.grad(f)(x)
