import math

import numpy as np

import adjoint_compiler as ac


def three(a, b, c=1.0):
    return a * b * c


def f(x):
    items = [x[0], x[1]]
    items.append(x[2])
    s = math.hypot(*x)  # error: AC001
    s += three(*items)  # error: AC001
    s += three(s, s, b=s)  # error: AC001
    return s


def attempt():
    ac.grad(f)(np.array([0.5, 1.5, -0.7]))
