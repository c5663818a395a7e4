"""Functions that are made while the program runs: partials, closures returned, decorators, defaults; functions of items."""

import functools
import itertools
import math
import operator

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.4, 1.5, 0.9]),)


def scaled(a, x, power=1, *, shift=0.0):
    return a * x**power + shift


@program(lambda rng: (0.7, 4))
def defaults_rebound_in_a_loop(x, n):
    k = x
    for i in range(n):

        def g(y, k=k, i=i):
            return y * k + i * x

        k = g(k)
    k = 5.0 * k
    return g(x) * k


@program(vector)
def default_that_is_stored_into(x):
    u = x * 1.0

    def row(i, first=u[0], whole=u):
        return first * whole[i]

    u[0] = u[1] * u[2]
    s = row(0)
    u = 2.0 * u
    return s * row(1) + u.sum()


@program(lambda rng: (0.7,))
def default_list_that_grows(x):
    def keep(y, items=[]):  # noqa: B006
        items.append(y * x)
        return items[0] * len(items)

    return keep(x) * keep(x * x) + keep(1.0)


@program(lambda rng: (0.7, 1.3), wrt=(0, 1))
def late_and_early_binding(x, y):
    k = x
    late = lambda z: z * k  # noqa: E731
    early = lambda z, k=k: z * k  # noqa: E731
    k = k * y
    return late(x) * early(y) + (lambda z, *, k=2.0 * k: z - k)(x)


@program(lambda rng: (0.7, 1.3), wrt=(0, 1), tags=("closure",))
def partials_of_partials(x, y):
    k = x * y
    half = functools.partial(scaled, 0.5, shift=k)
    cubed = functools.partial(functools.partial(scaled, k), power=3)
    total = functools.partial(np.sum, axis=0)
    k = 10.0
    return half(x) * half(y, power=2, shift=x) + cubed(x) * total(np.array([x, y, k * x]))


def composed(*functions):
    def run(x):
        for f in functions:
            x = f(x)
        return x

    return run


def power_of(n, scale=1.0):
    if n > 2:
        scale = scale * 2.0
    return lambda x: scale * x**n


@program(lambda rng: (0.7, 1.3), wrt=(0, 1), tags=("closure",))
def functions_returned_and_composed(x, y):
    def make(k):
        def inner(z):
            def deepest(w):
                return w * k + z

            return deepest(z) * y

        return inner

    f, g = make(2.0), make(x)
    f, g = g, f
    return f(g(f(x))) + make(y)(x) * power_of(3, scale=x)(y) + power_of(2)(f(y))


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        return result * 2.0 if "power" in kwargs else result

    return wrapper


def repeated(n):
    def decorate(function):
        def run(x):
            for k in range(n):
                x = function(x) + 0.1 * k
            return x

        return run

    return decorate


@counted
def weighted_power(a, x, power=2):
    return a * x**power


@program(lambda rng: (0.7, 1.3), wrt=(0, 1), tags=("closure",), complex_step=False)
def decorators_stacked(x, y):
    @counted
    @repeated(3)
    @counted
    def inner(z):
        return math.sin(z) * y

    @repeated(2)
    def other(z):
        z = inner(z) if z > 0.1 else z
        return z * x

    return inner(x) * other(y) + weighted_power(x, y) * weighted_power(y, x, power=3)


def integrate(f, y, n, *args, step=0.1, **options):
    for k in range(n):
        y = y + step * f(y, k * step, *args, **options)
    return y


@program(lambda rng: (0.7, 1.3, 3), wrt=(0, 1), tags=("closure",))
def functions_with_options_passed_on(x, y, n):
    def rate(u, t, a, b=1.0, damping=0.0):
        return a * u - b * u * u - damping * t

    first = integrate(rate, x, n, y, step=0.2, damping=x)
    return integrate(rate, first, n, x, y) * integrate(functools.partial(rate, a=y), 0.5, n, b=x)


@program(vector, complex_step=False)
def reduced_and_accumulated(x):
    a = functools.reduce(lambda s, t: s * t + x[0], x)
    b = functools.reduce(operator.add, [t * t for t in x], a)
    products = list(itertools.accumulate(x, operator.mul))
    total = 0.0
    for k, s in enumerate(itertools.accumulate(x, lambda p, q: p * 0.5 + q, initial=b)):
        total += k * s
        if total > 40.0:
            break
    return total + products[2] * products[-1]


@program(vector, complex_step=False)
def sorted_by_keys(x):
    far = sorted(x, key=lambda t: abs(t - 1.0))
    pairs = sorted([(t, k) for k, t in enumerate(x)], key=operator.itemgetter(0), reverse=True)
    s = far[0] * far[1] ** 2 + pairs[0][0] * pairs[1][1]
    rows = sorted([x[:2] * 1.0, x[2:4] * 2.0, x[3:5]], key=np.sum)
    rows[0][0] = s
    return (rows[0] * rows[1] ** 2).sum() + rows[2][0]


@program(vector, complex_step=False)
def largest_by_keys(x):
    u = x * 1.0
    best = max(u, key=lambda t: -((t - 1.0) ** 2))
    k = min(range(len(u)), key=lambda i: u[i] * x[0])
    u[k] = best * u[0]
    name, value = max({"a": u[1], "b": u[k] * 3.0}.items(), key=lambda item: item[1])
    return u.sum() * value + max(u[0], -u[1], key=abs) * len(name)


@program(vector, complex_step=False)
def filtered_and_mapped(x):
    big = list(filter(lambda t: t > 0.8, x))
    s = sum(map(lambda a, b: a * b, x, big)) + sum(map(math.sin, filter(lambda t: t < 1.0, x)))
    for a in filter(lambda t: t * s > 0.5, x):
        s = s + a * a
    return s * sum(itertools.starmap(math.hypot, [(x[0], x[1]), (x[2], s)]))


def keyword_only(x, *, a, b=2.0, **others):
    return a * x**2 + b * sum(others.values()) * others["c"]


@program(lambda rng: (0.7, 1.3), wrt=(0, 1))
def keywords_only_and_spread(x, y):
    options = {"a": x, "c": y}
    return keyword_only(y, **options, d=x * x) * keyword_only(x, b=y, a=2.0, c=1.0)
