import numpy as np

import adjoint_compiler as ac


def f(x):
    g = (a * a for a in x)  # error: AC001
    s = x[0]
    for a in (b * b for b in x):  # error: AC001
        s = s * a
    s = s + np.array(a * a for a in x)  # error: AC001
    return s * sum(g)


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
