import numpy as np

import adjoint_compiler as ac


def f(x, m):  # error: AC008
    return np.sum(x * m)


def attempt():
    ac.grad(f)(2.0, np.ones((1, 2)).view(np.matrix))
