import adjoint_compiler as ac


class Point:
    def __new__(cls, x):
        return object.__new__(cls)

    def __init__(self, x):
        self.x = x


def f(x):
    return Point(x).x  # error: AC001


def attempt():
    ac.grad(f)(0.5)
