import numpy as np

import adjoint_compiler as ac


def squares(x):
    for a in x:
        yield a * a


def f(x):
    g = squares(x)
    s = sum(g)
    s = s * sum(g)  # error: AC001
    s = s + np.array(a * a for a in x)  # error: AC001
    late = squares(x)
    for k in range(2):
        for a in late:  # error: AC001
            s = s * a
    return s * squares(x)  # error: AC001


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
