import numpy as np

import adjoint_compiler as ac


def f(x):
    items, s = [x[0], x[1]], 0.0
    same = items
    for a in items:  # error: AC001
        s = s * 2.0 + a
        if len(items) < 4:
            same.append(a * x[2])
    return s


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
