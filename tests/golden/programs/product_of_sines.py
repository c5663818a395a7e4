"""Both factors are kept in local variables for the reverse sweep."""

import math

WRT = ("x", "y")


def product_of_sines(x: float, y: float):
    a = math.sin(x)
    b = math.sin(x * y)
    return a * b


def example():
    return 0.7, 1.3
