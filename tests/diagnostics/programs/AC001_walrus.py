import adjoint_compiler as ac


def f(x):
    y = (z := x * x)  # error: AC001
    return y * z


def attempt():
    ac.grad(f)(2.0)
