"""Stars: in targets, calls, displays and parameters."""

import math

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 5),)


def numbers(rng):
    return (1.3, 0.7)


def mix(a, b, c=2.0):
    return a * b + c * a


def product(a, b):
    return a * b


def horner(x, *coefficients):
    s = 0.0
    for c in coefficients:
        s = s * x + c
    return s


def scaled(x, *, scale=1.0, **options):
    return x * scale * options["shift"] + len(options)


def apply(function, *args, **options):
    return function(*args, **options)


def scale_all(factor, *arrays):
    for a in arrays:
        a *= factor
        a[0] = a[1] * a[2]


@program(vector, tags=("container",))
def first_and_rest(x):
    first, *rest = x
    *body, one, last = rest
    return first * rest[1] * body[0] - one * last


@program(vector, tags=("container",))
def unpacked_in_a_loop(x):
    rest, s = list(x), 0.0
    for k in range(3):
        first, *rest = rest
        s += first * first * len(rest) + k
    return s * rest[0]


@program(lambda rng: (rng.uniform(0.5, 1.5, 5), 0.4), wrt=(0, 1), complex_step=False, tags=("container",))
def unpacked_under_an_if(x, y):
    if y > 1.0:
        a, *b = x
    else:
        *b, a = x
    return a * b[0] * b[2] * y


@program(numbers, wrt=(0, 1), tags=("container",))
def rest_is_a_new_list(x, y):
    t = (x, y, x * y, 3.0)
    a, *b, c = t
    b.append(a)
    b[0] = b[0] * c
    return a * b[0] + c * b[-1] + len(t)


@program(lambda rng: ([rng.uniform(0.5, 1.5, 3) for _ in range(3)],), tags=("container", "alias"))
def rest_holds_the_same_arrays(arrays):
    copies = [a * 1.0 for a in arrays]
    head, *rest = copies
    rest[0][1] = head[0] * rest[1][1]
    rest[1] = rest[0] * 2.0
    return (head * copies[1] * copies[2] * rest[1]).sum()


@program(numbers, wrt=(0, 1), complex_step=False, tags=("container",))
def starred_arguments(x, y):
    pair, options = (x, y), {"c": x * y}
    s = mix(*pair) + mix(x, *(y, x)) * mix(*pair, **{"c": y}) + math.hypot(*pair) + max(*pair)
    return s + mix(*[y, x], **options)


@program(vector, tags=("container",))
def starred_in_a_loop(x):
    state = (x[0], x[1])
    for k in range(3):
        state = (mix(*state), state[1] * x[k])
    pairs = [(x[2], x[3]), (x[3], x[4])]
    for a, b in zip(*pairs):
        state = (state[0] * a, state[1] + b)
    return mix(*state) * product(*x[:2])


@program(numbers, wrt=(0, 1))
def star_parameters(x, y):
    s = horner(x, y, x * y, 2.0) + horner(x) + horner(*(x, y, y))
    return s * apply(scaled, x, scale=y, shift=x * y) + apply(mix, x, y)


@program(lambda rng: (rng.uniform(0.5, 1.5, 4), 1.2), wrt=(0, 1), tags=("alias",))
def star_parameter_is_stored_into(x, y):
    u, v = x * 1.0, x * x
    scale_all(y, u, v[1:])
    return u * v


@program(vector, tags=("container",))
def displays(x):
    items = [*x, 2.0]
    more = [x[0], *items[1:], *items]
    pair = (*(x[0], x[1]), x[3])
    return items[1] * more[5] * len(more) + pair[1] * pair[-1] + np.stack([*[x, x], x * x])[2].sum()


def weighted_squares(*xs):
    s = 0.0
    for k, x in enumerate(xs):
        s += k * x * x
    return s * len(xs)


def scaled_rest(a, *xs, scale=1.0):
    return a * sum(xs) * scale + xs[-1]


def passed_on(*xs):
    first, *rest = xs
    return weighted_squares(*xs) + scaled_rest(*xs, scale=2.0) * first + sum(rest)


@program(lambda rng: (rng.uniform(0.5, 1.5, 5), 1.3), wrt=(0, 1))
def as_many_as_there_are(v, x):
    s = 0.0
    for k in range(2):
        s += weighted_squares(x, v[k], *v[k:]) + scaled_rest(*v) + scaled_rest(x, *v, scale=x)
        x = x * 0.9
    return s + passed_on(*v) + passed_on(v[0], v[1]) + weighted_squares(*[a * a for a in v if a.real > 0.8])


@program(vector, complex_step=False)
def largest_of_starred(v):
    return max(*v) * min(*[a * a for a in v])


@program(lambda rng: (rng.uniform(-1.0, 1.0, (4, 2)),), complex_step=False)
def length_of_a_curve(p):
    total, before = 0.0, p[0]
    for k in range(1, 6):
        points = list(p)
        while len(points) > 1:
            points = [a + k / 5 * (b - a) for a, b in zip(points[:-1], points[1:])]
        total += np.hypot(*(points[0] - before))
        before = points[0]
    return total * np.arctan2(*p[1])
