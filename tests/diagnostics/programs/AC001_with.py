import numpy as np

import adjoint_compiler as ac


def f(x):
    with open("numbers.txt") as file:  # error: AC001
        return x * x


def attempt():
    ac.grad(f)(2.0)
