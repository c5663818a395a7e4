"""Generators: functions with `yield`, generator expressions, and what runs over them."""

import itertools

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.4, 1.5, 0.9]),)


def partial_products(x, limit=100.0):
    total = 1.0
    for k in range(len(x)):
        if x[k] < 0.5:
            continue
        total = total * x[k]
        if total > limit:
            return
        yield total
    yield total * x[0]


@program(vector, complex_step=False)
def ended_early_and_run_again(x):
    s = x[0]
    for p in partial_products(x):
        if p > 1.0:
            break
        s = s * p + p
    else:
        s = 100.0 * s
    for p in partial_products(x[::-1], limit=1.4):
        if p < 0.8:
            continue
        s = s + p * p
    else:
        s = s * x[1]
    return s


def in_place(u, rate):
    for k in range(len(u)):
        u[k] *= rate
        yield u[k]
        u[k] = u[k] * u[k - 1]


@program(vector, complex_step=False)
def generator_and_loop_store(x):
    u = x * 1.0
    s = 0.0
    for a in in_place(u, x[1]):
        s += a * u[-1]
        u[1] += a
        if s > 5.0:
            break
        u[2] = a * s
    return s + (u * u).sum()


@program(vector, complex_step=False)
def return_from_a_loop_over_a_generator(x):
    for p in partial_products(x):
        for q in partial_products(x * 0.9):
            if p * q > 0.9:
                return p * q**2 + x[3]
    return x[0]


def smoothed(items, rate):
    level = 0.0
    for a in items:
        level = rate * level + (1.0 - rate) * a
        yield level


@program(vector, complex_step=False)
def generators_of_generators(x):
    squares = (a * a for a in x)
    return sum(smoothed(smoothed(squares, x[0]), 0.3)) * max(partial_products(x))


def chained(*parts):
    for part in parts:
        yield from part
    yield 1.0


@program(vector)
def yield_from_others(x):
    s = 0.0
    for k, a in enumerate(chained(x, [s, x[0]], x[1:3])):
        s = s + k * a * a
    first, second, *rest = partial_products(x)
    return s * first + second * sum(rest)


@program(vector)
def made_before_what_it_reads_changes(x):
    scale = x[0]
    made = smoothed(x, scale)
    items = (a * scale for a in x)
    scale = 3.0 * x[1]
    x = x * 2.0
    s = 0.0
    for a in made:
        s += a * x[0]
    for a in items:
        s += a * a
    return s * scale


@program(vector)
def lists_of_generators(x):
    a = np.array(list(partial_products(x)))
    b = tuple(partial_products(x * x))
    return (a * a).sum() * b[0] * len(b) + sum(partial_products(x), x[0])


@program(vector, complex_step=False)
def first_that_fits(x):
    found = next((a * a for a in x if a > 1.0), 0.0)
    missing = next((a for a in x if a > 9.0), found * x[0])
    return found * missing + next(k for k, a in enumerate(x) if a > 1.0) * x[2]


@program(vector)
def functions_of_itertools(x):
    u = x * 1.0
    s = 0.0
    for i, j in itertools.product(range(3), range(1, 3)):
        u[i] += u[j] * x[0]
        s += i * u[i]
    for a, b in itertools.product(u, repeat=2):
        u[0] = a * b
    for a in itertools.chain(u, [s, 2.0], x):
        s = s + a * a
        u[-1] = 0.1 * s
    for k, a in zip(itertools.count(2, 3), u):
        s = s + k * a
    for a, b in zip(itertools.repeat(x[0]), u):
        s = s + a * b
    return s + sum(a * b for a, b in itertools.combinations(x, 2)) + sum(itertools.islice(u, 1, 4))


@program(vector)
def pairs_of_what_is_stored(x):
    u = x * 1.0
    s = 0.0
    for a, b in itertools.pairwise(u):
        s += a * b
        u[1:] = u[1:] * a
    return s * u.sum()


class Chain:
    def __init__(self, links):
        self.links = links

    def lengths(self, scale):
        for link in self.links:
            yield scale * link


@program(vector)
def method_that_yields(x):
    chain = Chain([x[0], x[1] * x[2], x[3]])
    s = 0.0
    for k, length in enumerate(chain.lengths(x[4])):
        s += length * length * k
        chain.links[2] = s
    return s + sum(chain.lengths(2.0))


@program(lambda rng: (0.7, 4), complex_step=False)
def endless(x, n):
    def newton(a):
        t = 1.0
        while True:
            yield t
            t = 0.5 * (t + a / t)

    for k, root in enumerate(newton(x)):  # noqa: B007
        if k == n:
            break
    return root * sum(itertools.takewhile(lambda t: t > 0.84, newton(x)))
