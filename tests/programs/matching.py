"""``match``: on texts, numbers, tuples, lists and dicts that say what to compute."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 5),)


def two_floats(rng):
    return 0.7, 1.3


def choose(x, how, k):
    match how:
        case "sum" | "total":
            y = x.sum()
        case "damped":
            y = np.exp(-x).sum()
        case other if len(other) > 4:
            y = x[0] * len(other)
        case _:
            y = x[1] * x[2]
    match k:
        case 0:
            return y
        case 1 | 2 if x[0] > 0.0:
            y = y * x[0]
        case int(n) if n > 5:
            y = y * n + x[n - 6]
        case None:
            y = 3.0 * y * y
    return y * x[3]


@program(vector)
def texts_and_numbers(x):
    s = 0.0
    for how in ("sum", "total", "damped", "longer", "s"):
        for k in (0, 1, 2, 3, 7):
            s = s * 0.1 + choose(x, how, k)
    return s


@program(vector)
def nothing_and_flags(x):
    def scaled(value, flag):
        match flag:
            case None:
                return value * value
            case True:
                return 2.0 * value
            case False:
                return 3.0 * value

    return scaled(x[0], None) + scaled(x[1], True) * scaled(x[2], False)


@program(lambda rng: (1.3, (1.1, 2.2)), wrt=(0, 1))
def shapes_of_tuples(x, t):
    y = x
    for extra in (1.0, 2.0):
        match (*t, extra):
            case (a, b):
                y = y * a * b
            case (a, b, 1.0):
                y = y * a - b
            case [a, *_, last] if last > 1.5:
                y = y + a * last * x
    match t:
        case (a, b, *rest) as whole:
            return y * a * b * len(rest) + whole[0] + y * y
    return y


@program(lambda rng: (list(rng.uniform(0.5, 1.5, 4)), 1.2), wrt=(0, 1), complex_step=False)
def lengths_of_lists(values, x):
    total = x
    for n in range(5):
        match values[:n]:
            case []:
                total = total * 2.0
            case [a]:
                total = total * a
            case [a, *rest, b] if a > b:
                total = total + sum(rest) * a * total
            case [a, *rest]:
                total = total + a * a - sum(rest)
    return total


@program(lambda rng: ({"kind": "disc", "r": 1.2, "at": (0.3, 0.4)}, 0.7), wrt=(0, 1))
def entries_of_dicts(shape, x):
    match shape:
        case {"side": side}:
            area = side * side
        case {"kind": "disc", "r": r, "at": (a, b)}:
            area = 3.0 * r * r + a * b * x
        case _:
            area = 0.0
    return area * x


@program(lambda rng: (np.array([1.0, 1.1, 0.8, 1.4, 1.2, 0.9, 2.0]), 1.3), wrt=(0, 1), complex_step=False)
def jumps_out_of_cases(v, x):
    s = 0.0
    for k, a in enumerate(v):
        match k % 4:
            case 0:
                continue
            case 1:
                s = s + a
            case 2 if s > 100:
                return s
            case 3:
                s = s * a * x
            case _:
                s = s + x
        match (a > 1.0, k):
            case (_, 6):
                break
            case (True, n):
                s = s * n
            case (False, _):
                s = s * a
    return s * x


@program(vector)
def stores_in_cases(x):
    a = x.copy()
    for k in range(len(a)):
        match k:
            case 0:
                a[k] = a[k] * a[-1]
            case n if n % 2 == 0:
                a[n] += a[n - 1]
            case n:
                a[:n] *= a[n]
    return a


@program(lambda rng: (1.4, 0.6), wrt=(0, 1), complex_step=False)
def of_an_active_number(x, y):
    match x:
        case 0.0:
            return y
        case float(z) if z > 1.0:
            return z * z * y
    return x


@dataclass
class Disk:
    radius: float
    scale: float = 1.0


class Corner(NamedTuple):
    x: float
    y: float
    name: str = "corner"


class Edge:
    __match_args__ = ("start", "end")

    def __init__(self, start, end):
        self.start, self.end = start, end


@program(two_floats)
def classes_by_place_and_name(x, y):
    s = 0.0
    for d in [Disk(x, y), Disk(y, 0.0), Disk(x * y)]:
        match d:
            case Disk(scale=0.0):
                s = s + x
            case Disk(r, k) if abs(r) > abs(k):
                s = s + r * k
            case Disk(r, scale=k):
                s = s + r * r * k
    return s


@program(two_floats)
def nested_classes_and_named_tuples(x, y):
    match Edge(Corner(x, y), Corner(y, x * y, "end")):
        case Disk():
            return 0.0
        case Edge((a, b, "corner"), Corner(c, d, name="end")):
            return a * b * c * d * d
    return x


@program(two_floats)
def rest_of_a_mapping(x, y):
    match {"kind": "sum", "a": x, "b": y, "n": 2.0}:
        case {"kind": "product", **rest}:
            return x
        case {"kind": "sum", "n": n, **rest}:
            return sum([v * v for v in rest.values()]) * n * len(rest)
    return y


@program(two_floats)
def expressions_by_recursion(x, y):
    def value(e):
        match e:
            case ("add", a, b):
                return value(a) + value(b)
            case ["mul", *factors]:
                p = 1.0
                for f in factors:
                    p = p * value(f)
                return p
            case {"square": a}:
                return value(a) ** 2
            case ("neg", a):
                return -value(a)
            case "x":
                return x
            case _:
                return e

    return value(("add", ["mul", "x", y, ("neg", "x")], {"square": ("add", "x", 3.0)}))


@program(two_floats)
def tree_of_tuples(x, y):
    def total(tree):
        match tree:
            case None:
                return 1.0
            case (left, v, right):
                return v * total(left) + v * v * total(right)

    return total(((None, x, None), y, (None, x * y, (None, y, None))))
