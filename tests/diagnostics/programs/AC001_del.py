import adjoint_compiler as ac


def f(x):
    items = [x, x * x]
    del items[0:4:2]  # error: AC001
    return items[0]


def attempt():
    ac.grad(f)(2.0)
