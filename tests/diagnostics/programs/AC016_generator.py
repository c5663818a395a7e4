import adjoint_compiler as ac


def f(x):  # error: AC016
    yield x * x


def attempt():
    ac.grad(f)(2.0)
