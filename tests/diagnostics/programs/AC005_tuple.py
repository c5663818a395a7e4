import adjoint_compiler as ac


def f(x):
    y = x * x
    return y, 2.0 * y  # error: AC005


def attempt():
    ac.grad(f)(2.0)
