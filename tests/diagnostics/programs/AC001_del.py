import numpy as np

import adjoint_compiler as ac


def f(x):
    v = x * np.ones(3)
    del v.flags  # error: AC001
    return v[0]


def attempt():
    ac.grad(f)(2.0)
