"""Comprehensions of lists and dicts, and generators that a call uses up."""

import math

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


def vector_and_number(rng):
    return rng.uniform(0.5, 1.5, 4), 1.3


def squares(v):
    return [a * a for a in v]


@program(vector, tags=("comprehension",))
def list_is_rebound_in_a_loop(x):
    items = [a * 1.0 for a in x]
    for k in range(3):
        items = [a * 2.0 * b + k for a, b in zip(items, x)]
    for _ in range(2):
        items = squares(items)
    return sum(items) * items[1]


@program(vector_and_number, wrt=(0, 1), complex_step=False, tags=("comprehension",))
def lists_of_branches(x, y):
    if y > 2.0:
        items = [a * 2.0 for a in x]
    else:
        items = [a * a * y for a in x]
    more = [a * y for a in x] if y > 1.0 else [y]
    return sum(items) * more[2] + len(more)


@program(vector, complex_step=False, tags=("comprehension",))
def generators_in_calls(x):
    s = sum(a * b for i, a in enumerate(x) for j, b in enumerate(x) if i < j if j > 1)
    s += max(a * a for a in x) * min(a * a for a in x) + math.fsum(a * x[0] for a in x)
    return s * list(a * a for a in x)[1] * tuple(a * x[3] for a in x)[2]


@program(lambda rng: (rng.uniform(0.5, 1.5, (2, 3)),), tags=("comprehension",))
def nested(x):
    rows = np.array([[a * a for a in row] for row in x])
    flat = [a for row in x for a in row]
    return rows * sum(sum(a * flat[0] for a in row) for row in x) * flat[-1]


@program(vector_and_number, wrt=(0, 1), complex_step=False, tags=("comprehension",))
def any_and_all_stop_early(x, y):
    s = x[0]
    for k in range(3):
        if any(1.0 / (a - x[0]) > 0.1 for a in x[1:]) or all(a > 2.0 for a in x):
            s = s * x[k] * y
    return s


@program(vector, complex_step=False, tags=("comprehension",))
def an_array_of_a_generator(x):
    a = np.fromiter((v * v for v in x), float)
    a[1:] *= a[:-1]
    return a


@program(lambda rng: (0.8, rng.uniform(0.5, 1.5, 4)), wrt=(0, 1), complex_step=False, tags=("comprehension",))
def the_first_iterable_is_that_of_outside(a, x):
    a = [a * b for a in [a, 2.0] for b in x if a > 0.5]
    return sum(a) * a[0]


@program(vector_and_number, wrt=(0, 1), tags=("comprehension", "container"))
def dicts(x, y):
    entries = {k: a * y for k, a in enumerate(x)}
    entries[1] = entries[0] * entries[2]
    s = entries[1] * entries[3]
    for j in range(3):
        parts = {name: a * y * s + a for name, a in zip(("a", "b"), x[j:])}
        s += parts["a"] * parts["b"]
    return s + sum(entries[k] for k in entries)


@program(vector, tags=("comprehension", "container"))
def dicts_of_pairs(x):
    d = dict(zip(["a", "b"], x))
    e = dict((k, a * a) for k, a in d.items() if k != "b")
    f = {**{"p": x[0]}, "q": x[1], "p": x[2]}
    return d["a"] * d["b"] * e["a"] * len(e) + f["p"] * f["q"]


@program(vector, tags=("container",))
def entries_of_another_type(x):
    d = {"order": 3}
    d["total"] = x[0] * x[1]
    for k in range(3):
        d[k] = x[k] * d["order"]
    s = 0.0
    s += d[2] * d["total"]
    return s


@program(lambda rng: ([rng.uniform(0.5, 1.5, 3) for _ in range(2)],), tags=("comprehension", "alias"))
def entries_are_the_same_arrays(grids):
    d = {k: a for k, a in enumerate(grids)}
    d[0][1] = d[1][0] * d[1][2]
    return grids[0] * d[1]
