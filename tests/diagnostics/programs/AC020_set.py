import adjoint_compiler as ac


def f(xs):  # error: AC020
    s = 0.0
    for x in xs:
        s += x * x
    return s


def attempt():
    ac.grad(f)({1.0, 2.0})
