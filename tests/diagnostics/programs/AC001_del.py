import adjoint_compiler as ac


def f(x):
    y = x * x
    del x  # error: AC001
    return y


def attempt():
    ac.grad(f)(2.0)
