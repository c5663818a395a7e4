"""Tuples and lists that are joined, repeated, sliced and made to grow."""

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


def numbers(rng):
    return (1.3, 0.7)


def arrays(rng):
    return ([rng.uniform(0.5, 1.5, 3) for _ in range(3)],)


def with_square(t, x):
    return t + (x, x * x)


def grow(items, x):
    items += [x, x * x]


@program(numbers, wrt=(0, 1), tags=("container",))
def tuples_are_joined(x, y):
    t = (x, y) + (x * y,)
    u = t * 2
    w = t[1:] + with_square(u, 3.0)
    return u[3] * w[-2] * w[0] + len(w) * t[2]


@program(lambda rng: (1.3, 3), tags=("container",))
def tuple_grows_in_branches(x, n):
    t = (x,)
    t += (x * x,)
    if n > 1:
        t = t + (x,)
    else:
        t = t + (2.0 * x,)
    return t[0] * t[1] * t[2] * len(2 * (x, n) + t)


@program(vector, tags=("container",))
def lists_are_joined(x):
    items = [x[0]] + [x[1], x[2]]
    more = items * 2
    more[0] = more[1] * more[2]
    items = items + more
    return items[0] * items[3] * items[-1] + len(items)


@program(lambda rng: (rng.uniform(0.5, 1.5, 4), 3), tags=("container",))
def list_of_zeros_is_filled(x, n):
    u = [0.0] * len(x)
    for k in range(n):
        u[k] = x[k] * x[k]
    u = [1.0] + u + [x[3]] * n
    return u[1] * u[2] + u[0] * u[-1] * len(u)


@program(vector, tags=("container",))
def list_grows_in_a_loop(x):
    items = []
    for value in x:
        items = items + [value * value]
        if len(items) > 2:
            items = items[1:] + items[:1]
    return sum(items) * items[0]


@program(vector, tags=("container", "alias"))
def list_grows_in_place(x):
    items = [x[0]]
    other = items
    other += [x[1], x[2]]
    other += (x[3],)
    grow(items, x[1])
    items += items
    s = 0.0
    for a in items:
        s = s * a + a
    return s * len(other)


@program(arrays, tags=("container", "alias"))
def joined_lists_hold_the_same_arrays(grids):
    both = grids + [grids[0] * 2.0]
    both[0][1] = both[1][0] * both[3][2]
    parts = both[:2] + both[2:]
    parts[1] *= 2.0
    return (both[0] * grids[1] * parts[3] * both[1]).sum()


@program(lambda rng: (rng.uniform(0.5, 1.5, (2, 3)), 2), tags=("container",))
def membership_and_shapes(x, n):
    names = ["a", "b"]
    shape = x.shape + (2,)
    s = (np.ones(shape) * x[..., None]).sum()
    if n in (1, 2) and "c" not in names + ["d"]:
        s = s * x[0, 0]
    return s
