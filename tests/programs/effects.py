"""Assertions, exceptions and printing: they happen in the derivative as in the program."""

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector, complex_step=False)
def assertions_that_hold(x):
    assert x.ndim == 1 and len(x) > 2
    y = x * x
    assert np.all(y > 0), f"not positive: {y}"
    for value in y:
        assert value < 10, "too large"
    return y.sum() * x[0]


@program(vector)
def guarded_by_raise(x):
    if x.shape != (4,):
        raise ValueError("four numbers, please")
    total = x.sum()
    if not np.isfinite(total):
        raise FloatingPointError("no finite sum")
    return np.sqrt(total) * x


@program(vector, tags=("prints",))
def prints_on_the_way(x):
    y = x * x
    print("squared", y, sep=": ")
    for k in range(2):
        y = y * x[k]
        print(f"step {k}: {y[0]!r} of {len(y):3d}", end="\n\n")
    return y


def checked_root(t):
    if t < 0:
        raise ValueError(f"root of {t}")
    return t**0.5


@program(lambda rng: (np.array([2.0, 0.5, -1.0]),), complex_step=False, raises=ValueError)
def helper_raises_in_loop(x):
    x = x.copy()
    for k in range(len(x)):
        x[k] = checked_root(x[k]) * x[k - 2]
    return x


@program(vector, complex_step=False, raises=AssertionError)
def assertion_fails(x):
    y = np.exp(x)
    assert y.sum() < 1, "too much"
    return y


@program(vector, raises=IndexError)
def index_out_of_range(x):
    s = x[0]
    for k in range(len(x) + 1):
        s = s * x[k]
    return s


@program(lambda rng: (1.5, 2), raises=ZeroDivisionError)
def division_by_zero(x, n):
    for k in range(n, -1, -1):
        x = x / k
    return x


@program(lambda rng: (np.ones((3, 3)),), raises=np.linalg.LinAlgError)
def singular_matrix(a):
    return np.linalg.solve(a - a[0], a[0])


@program(lambda rng: (0.8, "square"))
def dispatch_on_a_string(x, how):
    match_found = how in ("square", "cube")
    if how == "square":
        y = x**2
    elif how == "cube":
        y = x**3
    else:
        raise KeyError(how)
    return y * match_found
