import adjoint_compiler as ac


def f(x):
    n = 1.0

    def inner():
        nonlocal n  # error: AC011
        n = x
        return n

    return inner()


def attempt():
    ac.grad(f)(2.0)
