"""A recursive function that keeps its values in a dict: each value is computed once, and so is its adjoint."""


def legendre(n: int, x: float, known: dict):
    if n not in known:
        known[n] = ((2 * n - 1) * x * legendre(n - 1, x, known) - (n - 1) * legendre(n - 2, x, known)) / n
    return known[n]


def memoised(x: float, n: int):
    return legendre(n, x, {0: 1.0, 1: x})


def example():
    return 0.4, 5
