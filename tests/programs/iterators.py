"""Iterators where no loop runs over them: as lists, as names, turned into columns."""

import itertools
import math

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector, tags=("container",))
def list_of_pairs(x):
    return sum((a * b for a, b in list(zip(x, x[1:]))))


@program(vector, tags=("container",))
def list_of_numbered_items(x):
    xs = list(enumerate(x))
    return xs[1][1] * xs[2][0]


@program(vector, tags=("container",))
def dict_of_reversed_items(x):
    xs = [a for a in x]
    return dict(zip("ab", reversed(xs)))["a"]


@program(vector, tags=("container",), complex_step=False)
def array_of_mapped_items(x):
    return np.array(list(map(math.sin, x))).sum() + np.array(list(zip(x, x)))[1, 0]


@program(vector, tags=("container",))
def pairs_with_a_name(x):
    z = zip(x, x[1:])
    s = 0.0
    for a, b in z:
        s += a * b
    return s


@program(vector, tags=("container",))
def reversed_with_a_name(x):
    r = reversed(x)
    s = 0.0
    for a in r:
        s = s * 0.5 + a
    return s


@program(vector, tags=("container",))
def numbered_with_a_name(x):
    e = enumerate(x, 1)
    return sum((i * a for i, a in e))


@program(vector, tags=("container",), complex_step=False)
def largest_of_pairs(x):
    return max(zip(x, range(4)))[0] + min(enumerate(x), key=lambda t: t[1])[1]


@program(vector, tags=("container",), complex_step=False)
def sorted_pairs(x):
    pairs = sorted(zip(x, range(len(x))), key=lambda t: t[0])
    return sum((k * a for k, (a, i) in enumerate(pairs)))


@program(vector, tags=("container",))
def columns_of_pairs(x):
    pairs = [(a, a * a) for a in x]
    xs, ys = zip(*pairs)
    return sum(xs) * sum(ys)


@program(vector, tags=("container",))
def selections(v):
    s = 0.0
    for i, j, k in itertools.combinations(range(4), 3):
        s += v[i] * v[j] * v[k]
    for a, b in itertools.permutations(v[:3], 2):
        s += a * b**2
    for a, b, c in itertools.permutations(list(v[:3]), 3):
        s += a * b**2 * c**3
    return s


@program(vector, tags=("container",))
def chains_and_selectors(v):
    s = 0.0
    for a in itertools.chain.from_iterable([v, v[:2]]):
        s += a**3
    for k, a in enumerate(itertools.chain.from_iterable([[a, a * s] for a in v])):
        if k == 3:
            continue
        s += a * 0.1
    return s + sum(itertools.compress(v, [1, 0, 1, 0])) + sum(itertools.compress([a * a for a in v], [0, 1, 1]))
