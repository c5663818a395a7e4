"""A `return` inside a loop."""


def early_return(x: float, n: int):
    y = x
    for k in range(n):
        y = y * x
        if y > 10.0:
            return y - x
    return y


def example():
    return 1.7, 9
