"""Newton's iteration for a square root: the trips are counted."""


def while_with_break(a: float):
    x = a
    while True:
        step = (x * x - a) / (2.0 * x)
        x = x - step
        if abs(step) < 1e-12:
            break
    return x


def example():
    return (2.0,)
