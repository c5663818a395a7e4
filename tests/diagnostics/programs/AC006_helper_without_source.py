import adjoint_compiler as ac

space = {}
exec(" ".join(["def square(x):", "return x * x"]), space)
square = space["square"]


def f(x):
    return square(x)  # error: AC006


def attempt():
    ac.grad(f)(2.0)
