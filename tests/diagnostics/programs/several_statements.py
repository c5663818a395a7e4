import numpy as np

import adjoint_compiler as ac


def f(x):
    y = np.polynomial.polyutils.trimseq([1.0, x, -1.0])  # error: AC002
    del x[0:4:2]  # error: AC001
    with open("numbers.bin", "rb"):  # error: AC001
        pass
    return y[0] * missing  # noqa: F821  # error: AC012


def attempt():
    ac.grad(f)(2.0)
