"""The reverse sweep takes the branch that was taken."""

WRT = ("x", "y")


def branch(x: float, y: float):
    z = x * y
    if z > 1.0:
        z = z * x
    else:
        z = z - y * y
    return z * z


def example():
    return 1.5, 2.5
