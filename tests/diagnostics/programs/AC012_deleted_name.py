import adjoint_compiler as ac


def f(x):
    y = x * x
    del y
    return y * x  # noqa: F821  # error: AC012


def attempt():
    ac.grad(f)(2.0)
