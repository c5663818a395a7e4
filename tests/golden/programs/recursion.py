"""A power by repeated multiplication: the adjoint calls itself."""


def recursion(x: float, n: int):
    if n == 0:
        return 1.0
    return x * recursion(x, n - 1)


def example():
    return 1.5, 4
