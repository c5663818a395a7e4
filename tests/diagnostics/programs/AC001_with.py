import adjoint_compiler as ac


def f(x):
    with open("numbers.bin", "rb"):  # error: AC001
        return x * x


def attempt():
    ac.grad(f)(2.0)
