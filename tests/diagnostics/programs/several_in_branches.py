import numpy as np

import adjoint_compiler as ac


def f(x):
    if x > 0.0:
        y = np.polynomial.polyutils.getdomain([1.0, x])  # error: AC002
    else:
        y = np.polynomial.polyutils.trimseq(x)  # error: AC002
    for _ in range(3):
        del y.flags  # error: AC001
    return x


def attempt():
    ac.grad(f)(2.0)
