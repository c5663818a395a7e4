import adjoint_compiler as ac


def f(x, n):
    y = x
    for _ in range(n):  # error: AC014
        y = y * x
    return y


def attempt():
    ac.grad(f, wrt="n")(1.5, 2)
