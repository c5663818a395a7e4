import numpy as np

import adjoint_compiler as ac


def f(x):
    y = x[0]
    z = y * (y := x[1])  # error: AC001
    s = sum([(y := a * a) for a in x])
    return s * z * y


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
