from functools import partial

import adjoint_compiler as ac


def power(x, n):
    return x**n


square = partial(power, n=2)


def f(x):
    return square(x)  # error: AC019


def attempt():
    ac.grad(f)(2.0)
