import adjoint_compiler as ac


def helper(x):
    del x[0:4:2]  # error: AC001
    return 1.0


def f(x):
    return helper(x) * x


def attempt():
    ac.grad(f)(2.0)
