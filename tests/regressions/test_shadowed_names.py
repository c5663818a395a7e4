"""One name, several meanings: builtins, modules, locals of helpers, comprehensions and nested functions."""

import math

import numpy as np

from . import check, vector


def builtin_names(x):
    sum = x * x
    len = sum + x
    abs = len * sum
    return abs


def module_name(x):
    math = x * 2.0
    np = math * x
    return np * math


def square(x):
    y = x * x
    return y + 1.0


def local_of_a_helper(y):
    x = y * 3.0
    z = square(x)
    return z * y * x


def comprehension(x):
    k = x * 2.0
    ys = [k * x for k in range(3)]
    return ys[2] * k


def nested(x):
    y = x * x

    def inner(x):
        y = x * 3.0
        return y * x

    return inner(y) * y


def closure_reads_late(x):
    scale = x

    def inner(y):
        return y * scale

    scale = x * x
    return inner(x)


def lambda_parameter(x):
    f = lambda x: x * x  # noqa: E731
    y = f(x * 2.0)
    return y * x


def counter_after_the_loop(x):
    y = 1.0
    for i in range(3):
        y = y * x[i]
    return y * x[i]


def test_names_of_modules_and_builtins():
    check(builtin_names, 1.3)
    check(module_name, 1.3)
    assert math.pi and np.pi


def test_names_of_helpers():
    for f in (local_of_a_helper, comprehension, nested, closure_reads_late, lambda_parameter):
        check(f, 1.3)


def test_counter():
    check(counter_after_the_loop, vector(3))
