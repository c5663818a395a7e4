import adjoint_compiler as ac


def f(x):
    return x * rate  # noqa: F821  # error: AC012


def attempt():
    ac.grad(f)(2.0)
