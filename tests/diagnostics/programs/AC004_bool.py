import adjoint_compiler as ac


def f(x, flag):  # error: AC004
    return x if flag else 2.0 * x


def attempt():
    ac.grad(f, wrt="flag")(1.0, True)
