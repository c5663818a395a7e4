import adjoint_compiler as ac


def f(x):
    try:  # error: AC001
        return x * x
    finally:
        print("done")


def attempt():
    ac.grad(f)(2.0)
