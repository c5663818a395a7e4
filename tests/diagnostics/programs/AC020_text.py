import adjoint_compiler as ac


def f(x):  # error: AC020
    return x


def attempt():
    ac.grad(f)("two")
