"""`with`: contexts that change no value, context managers of the program's own, exceptions that they keep back."""

import contextlib
import time

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.4, 1.5, 0.9]),)


@contextlib.contextmanager
def scaled(u, factor):
    u *= factor
    try:
        yield u[1:]
    finally:
        u /= 2.0


@contextlib.contextmanager
def timed(name):
    start = time.perf_counter()
    yield
    print(name, time.perf_counter() - start >= 0.0)


@program(vector, tags=("prints",))
def managers_around_stores(x):
    u = x * 1.0
    with scaled(u, x[1]) as part, timed("inside"), np.errstate(all="ignore"):
        s = (part * part).sum()
        part[0] = s * x[0]
    return s * u.sum()


@program(vector)
def jumps_out_of_contexts(x):
    u = x * 1.0

    def first(k):
        with scaled(u, 3.0):
            if k:
                return u[0] * x[1]
            u[1] = x[0]
        return u[1]

    for k in range(4):
        with scaled(u, x[1]):
            if k == 1:
                continue
            if k == 3:
                break
            u[k] += x[0]
        u[0] = u[0] * u[1]
    return first(0) * first(1) + u.sum()


class Level:
    def __init__(self, rate):
        self.rate = rate
        self.depth = 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *exception):
        self.rate = self.rate * 2.0
        return False


@program(vector, complex_step=False)
def objects_as_contexts(x):
    level = Level(x[0])
    with level as inner:
        s = inner.rate * x[1]
    try:
        with level:
            s = s * level.rate
            if s > 0.1:
                raise ValueError("large")
            s = 100.0
    except ValueError:
        s = s * x[2]
    return s * level.rate * level.depth


@program(vector)
def exceptions_kept_back(x):
    s = x[0]
    with contextlib.suppress(IndexError, KeyError):
        s = s * x[1]
        s = s * x[9]
        s = 100.0 * s
    u = x * 1.0
    try:
        with scaled(u, x[1]):
            u[0] = u[1] * 2.0
            u[9] = 1.0
            u[1] = 100.0
    except IndexError:
        s = s * u[0]
    with contextlib.nullcontext(u * 2.0) as w:
        return w.sum() * s
