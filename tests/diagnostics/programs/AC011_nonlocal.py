import adjoint_compiler as ac


def around():
    n = 1.0

    def f(x):
        nonlocal n  # error: AC011
        n += x
        return n * x

    return f


def attempt():
    ac.grad(around())(2.0)
