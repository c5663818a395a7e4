import numpy as np

import adjoint_compiler as ac


def f(x):
    y = ac.stop_gradient(x * 2.0)
    y[0] = x[1]  # error: AC010
    return np.sum(x * y)


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
