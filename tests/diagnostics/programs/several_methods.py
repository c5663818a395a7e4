import numpy as np

import adjoint_compiler as ac


def f(x):
    y = x.no_such_method()  # error: AC019
    z = x.nor_this()  # error: AC019
    return np.sum(y * z)


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
