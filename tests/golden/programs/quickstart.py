"""A polynomial of two numbers: no loop, no array, nothing to record."""

WRT = ("x", "y")


def quickstart(x: float, y: float):
    return 5 * x**2 - x * y


def example():
    return 2.0, 3.0
