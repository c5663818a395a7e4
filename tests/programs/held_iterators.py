"""Iterators that are asked in several places, groups of `itertools.groupby`, stars of generators, sets and lists of which a loop takes."""

import itertools
from itertools import groupby

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 6),)


def pair(rng):
    return rng.uniform(0.5, 1.5, 4), rng.uniform(0.5, 1.5, 4)


def numbers(rng):
    return 0.7, 1.3


@program(vector)
def first_item_and_the_rest(v):
    it = iter(v)
    most = next(it)
    for a in it:
        most = most * a + max(most, a)
    return most * next(it, 2.0)


@program(vector)
def items_two_by_two(v):
    it = iter(list(v))
    s = 0.0
    for a, b in zip(it, it):
        s = s * 0.5 + a * b * b
    return s


@program(vector)
def loop_that_goes_on(v):
    it, s = enumerate(v, start=1), 0.0
    for k, a in it:
        s = s + a * a * k
        if k == 2:
            break
    for k, a in it:
        s = s * a + k
    return s


@program(vector)
def generator_asked_until_it_ends(v):
    squares = (a * a for a in v if a > 0.8)
    s = 1.0
    while True:
        a = next(squares, None)
        if a is None:
            break
        s = s * 0.5 + a
    return s + sum(squares)


@program(pair)
def iterators_of_iterators(v, w):
    pairs, backwards = zip(v, w), reversed(list(w))
    a, b = next(pairs)
    c, k = next(backwards), 2.0
    scaled = map(lambda x: x * k, v)
    d = next(scaled)
    k = 5.0
    return a * b * c * d * next(scaled) + sum(x * y for x, y in pairs) * sum(backwards)


@program(vector)
def taken_by_a_helper(v):
    def take(source, n):
        return [next(source) for _ in range(n)]

    it = iter(v)
    a, b = take(it, 2), take(it, 3)
    return a[0] * b[0] * b[2] ** 2 + a[1] * next(it)


@program(vector)
def until_it_stops(v):
    it, s = iter(v), 0.0
    try:
        while True:
            s = s * 0.5 + next(it) ** 2
    except StopIteration:
        s = s * v[0]
    return s


@program(vector)
def groups_by_a_key(v):
    s = 0.0
    for key, group in groupby(zip("aabbba", v), key=lambda t: t[0]):
        s = s * 0.7 + sum(a for _, a in group) ** 2 * len(key)
        s = s + sum(a for _, a in group)  # it has ended
    return s


@program(vector)
def groups_of_numbers(v):
    runs = {k: [a for _, a in run] for k, run in itertools.groupby(enumerate(v), key=lambda t: t[0] // 2)}
    return sum(len(r) * sum(r) ** 2 * k for k, r in runs.items()) + sum(filter(None, [a * a for a in v]))


def squares_of(v):
    for a in v:
        yield a * a


@program(vector)
def stars_of_generators(v):
    items = [*squares_of(v), v[0]]
    return max(*squares_of(v)) * items[2] * items[-1] + sum(items)


@program(numbers)
def list_that_gets_shorter(x, y):
    rest, s = [x, y, x * y], 1.0
    while len(rest) > 1:
        first, *rest = rest
        s = s * first + rest[0]
    return s


@program(numbers)
def list_unpacked_while_it_grows(x, y):
    items = [x, y]
    for _ in range(2):
        first, *rest = items
        items.append(first * rest[-1])
    return items[-1] * len(items)


def note(seen, k):
    seen.add(k)


@program(vector)
def sets_changed_by_operators_and_helpers(v):
    seen, some, s = {0}, set(), 0.0
    for k in (0, 1, 0, 2, 3):
        if k in seen:
            continue
        note(seen, k)
        some |= {k, k + 10}
        s = s + v[k] ** 2 * len(seen)
    some -= {10}
    some = some | {1, 40}
    return s * len(some)


@program(vector)
def graph_that_is_visited(v):
    graph, visited, out = {0: [1, 2], 1: [2], 2: [0, 3], 3: []}, set(), []

    def visit(node, depth):
        if node in visited:
            return
        visited.add(node)
        out.append(v[node] * depth)
        for other in graph[node]:
            visit(other, depth + 1)

    visit(0, 1)
    return sum(a * a for a in out) * len(visited)


@program(numbers)
def nested_pairs(x, y):
    stack = None
    for k in range(3):
        stack = (x * k + y, stack)
    s = 1.0
    while stack is not None:
        a, stack = stack
        s = s * a + a
    return s


@program(vector)
def entries_of_what_is_a_dict_at_times(v):
    p = {"a": v[0], "b": v[1]}
    for _ in range(int(np.size(v)) - 4):
        p = [a * a for a in p.values()] if isinstance(p, dict) else {"c": p[0] * p[1]}
    s = 0.0
    if isinstance(p, dict):
        for k in p:
            s = s + p[k]
    else:
        for a in p:
            s = s + a
    return s
