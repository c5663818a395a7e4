"""Calls: helpers that return, that mutate, that alias; closures, lambdas, recursion."""

import math

import numpy as np

from . import program

GRAVITY = 9.81
WEIGHTS = np.array([0.5, -1.0, 2.0, 0.25])


def matrix(rng):
    return (rng.uniform(0.5, 1.5, (3, 4)),)


def vector(rng):
    return (rng.uniform(0.5, 1.5, 5),)


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def mean_and_spread(t):
    m = t.mean()
    return m, ((t - m) ** 2).mean()


def damped(t, rate=0.5, *, power=2):
    return t * np.exp(-rate * t**power)


@program(vector)
def helper_that_returns(x):
    y = sigmoid(x)
    m, spread = mean_and_spread(sigmoid(y) * x)
    return m / spread + y[0]


@program(vector)
def keyword_and_default_arguments(x):
    return damped(x).sum() + damped(x, power=3)[1] * damped(rate=x[0], t=x[2])


def double_first(block):
    block[0] = block[0] * block[1]


@program(matrix)
def helper_mutates_views(x):
    a = x.copy()
    double_first(a)
    double_first(a[1:])
    double_first(a.T)
    double_first(a[:, ::2])
    return a


def choose(block, whole):
    if whole:
        return block
    return block[0]


@program(lambda rng: (rng.uniform(0.5, 1.5, (3, 4)), True), tags=("alias",))
def helper_returns_argument(x, whole):
    a = x * x
    part = choose(a, whole)
    part *= 1.5
    part[1:] += part[0]
    return a


@program(lambda rng: (rng.uniform(0.5, 1.5, (3, 4)),), tags=("alias",))
def helper_returns_view_or_whole(x):
    a = x.copy()
    for k in range(3):
        part = choose(a, k == 1)
        part[...] = part * part
    return a.sum(axis=0)


def accumulate(target, source, factor):
    target += factor * source
    return target


@program(vector, tags=("alias",))
def same_memory_twice(x):
    a = x.copy()
    accumulate(a, a, 0.5)
    accumulate(a[1:], a[:-1], x[0])
    b = accumulate(a[::2], a[::-2], 2.0)
    b[0] = 0.3
    return a


def scale_row(row, k):
    row /= row[k]
    row[k] = row.sum()


@program(matrix)
def helper_called_in_loop(x):
    a = x.copy()
    for sweep in range(2):
        for i in range(a.shape[0]):
            scale_row(a[i], (i + sweep) % 3)
    return a


@program(matrix)
def closure_over_values(x):
    offset = x[0]

    def shifted(t):
        return t * offset + x.mean()

    return shifted(x[1]) - shifted(shifted(x[2]))


@program(vector, tags=("closure",))
def closure_sees_later_binding(x):
    rate = x[0]

    def decay(t):
        return np.exp(-rate * t)

    first = decay(x[1])
    rate = x[2] * x[3]
    return first * decay(x[1])


@program(vector, tags=("closure",))
def closure_mutates_outer_array(x):
    history = np.zeros_like(x)

    def remember(k, value):
        history[k] = value * history[k - 1] + x[k]

    for k in range(5):
        remember(k, x[4 - k])
    return history


@program(vector, tags=("closure",))
def functions_as_values(x):
    def apply(step, t):
        return step(t)

    y = apply(lambda t: t * t, x)
    for function in (np.sin, np.exp, sigmoid):
        y = apply(function, y)
    square, shift = (lambda t, s=2.0: s * t * t), (lambda t: t - x[1])
    return square(y) + shift(square(x, x[1]))


@program(vector, tags=("recursion",))
def recursion_on_views(x):
    if len(x) == 1:
        return x[0]
    half = len(x) // 2
    return recursion_on_views(x[:half]) * 0.5 + math.pi * recursion_on_views(x[half:]) * x[0]


def prefix_products(a):
    if a.shape[0] > 1:
        a[1] *= a[0]
        prefix_products(a[1:])


@program(vector, tags=("recursion",))
def recursion_mutates_views(x):
    a = x + 0.0
    prefix_products(a)
    prefix_products(a[::-1])
    return a


def even_step(t, n):
    return t if n == 0 else odd_step(t * t, n - 1)


def odd_step(t, n):
    return t if n == 0 else even_step(t + GRAVITY / 10, n - 1)


@program(lambda rng: (0.4, 3), tags=("recursion", "global"))
def mutual_recursion(x, n):
    return even_step(x, n) * odd_step(x, n + 1)


@program(lambda rng: (rng.uniform(0.5, 1.5, 4),), tags=("global",))
def module_level_constants(x):
    return np.dot(WEIGHTS, x) * GRAVITY + (WEIGHTS[1:] * x[1:] ** 2).sum()


def smallest_square(values):
    for k in range(len(values)):
        if values[k] > 0.2:
            return values[k] ** 2, k
    return 0.0, -1


@program(lambda rng: (np.array([0.1, -0.5, 0.8, 0.6]),), complex_step=False)
def helper_with_several_returns(x):
    value, where = smallest_square(x)
    other, _ = smallest_square(x[::-1])
    return value * x[where] - other
