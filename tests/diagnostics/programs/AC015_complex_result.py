import adjoint_compiler as ac


def f(z):
    return z * z  # error: AC015


def attempt():
    ac.grad(f)(1.0 + 2.0j)
