"""Names bound inside of expressions, deleted names, contexts, and what loops run over."""

import contextlib
import math

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


def halved(x):
    if (half := 0.5 * x) > 0.3:
        return half * x
    return half


@program(lambda rng: (1.3, 0.7), wrt=(0, 1), complex_step=False)
def assigned_in_conditions(x, y):
    if (z := x * y) > 0.5 and (w := z * x) > 0.1:
        x = z * w
    while (r := x * x) < 40.0:
        x = x + r * 0.5
    return halved(x) * halved(y) * z + (q := r * x) * q


@program(vector)
def assigned_in_a_loop(x):
    s = 0.0
    for k in range(4):
        s += (t := x[k] * s + 1.0) * t
    return s * t


@program(vector)
def deleted_names(x):
    a = x * 2.0
    b = a * x
    del a
    s = 0.0
    for k in range(3):
        t = b[k] * x[k]
        s += t * t
        del t
    a = s * b
    return a


@program(vector)
def contexts(x):
    with np.errstate(all="ignore"), np.printoptions(precision=3):
        y = x * x
    with contextlib.nullcontext():
        y = y * y[0]
    return y


@program(vector)
def strict_pairs(x):
    s = 0.0
    for a, b, k in zip(x, x[::-1], range(4), strict=True):
        s = s * a + b * k
    return s


@program(vector, raises=ValueError)
def strict_pairs_that_differ(x):
    s = 0.0
    for a, b in zip(x, x[1:], strict=True):
        s = s * a + b
    return s


@program(vector, complex_step=False)
def mapped(x):
    s = 0.0
    for a in map(math.sin, x):
        s = s * a + a
    for a in map(lambda p, q: p * q, x, x[1:]):
        s = s * 0.5 + a
    return s * sum(map(halved, x)) * list(map(math.exp, x))[2]
