import math

import adjoint_compiler as ac


def f(x, n):
    pair, s = (x, x), 0.0
    for k in range(n):
        s += math.hypot(*pair)  # error: AC003
        pair = (s, s, s)
    return s


def attempt():
    ac.grad(f)(0.5, 2)
