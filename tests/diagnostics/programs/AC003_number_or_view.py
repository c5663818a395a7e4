import numpy as np

import adjoint_compiler as ac


def f(a, i):
    row = a[i]  # error: AC003
    a[0] = 2.0 * a[1]
    return np.sum(row * a)


def attempt():
    ac.grad(f).source
