import adjoint_compiler as ac


def f(x):  # error: AC001
    return x * x


def attempt():
    ac.grad(f, backend="no such")(2.0)
