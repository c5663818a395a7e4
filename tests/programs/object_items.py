"""Objects that are run over, copied, linked, named by text, and hold functions."""

import copy
import math

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.4, 1.5, 0.9]),)


class Stack:
    def __init__(self, items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, k):
        return self.items[k]

    def __setitem__(self, k, value):
        self.items[k] = value

    def __iter__(self):
        for a in self.items:
            yield 2.0 * a


class Weighted:
    def __init__(self, x):
        self.x = x

    def __getitem__(self, k):
        if k >= 3:
            raise IndexError(k)
        return self.x[k] * (k + 1)


class Wrapped:
    def __init__(self, x):
        self.x = x

    def __iter__(self):
        return iter(self.x)


@program(vector)
def run_over_in_three_ways(x):
    stack = Stack(x)
    s = 0.0
    for k, a in enumerate(stack):
        stack[k] = a * x[0]
        s += a * a
    for a in Weighted(x):
        s = s + a
    return s * sum(a * b for a, b in zip(stack, Wrapped(x))) + sum(Weighted(x)) * len(stack)


class Node:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


@program(vector)
def linked_nodes(x):
    node = Node(x[0], Node(x[1] * x[2], Node(x[3])))
    s = 1.0
    while node is not None:
        s = s * node.value + node.value
        node = node.following
    return s


class Part:
    def __init__(self, x, function=math.sin):
        self.x = x
        self.history = [x]
        self.function = function

    def apply(self):
        return self.function(self.x)


@program(vector, complex_step=False)
def copies_shallow_and_deep(x):
    part = Part(x[0], math.exp)
    other, deep = copy.copy(part), copy.deepcopy(part)
    other.history.append(x[1])
    deep.history.append(x[2])
    other.x, deep.x = x[3], x[4] * deep.x
    return part.apply() * other.apply() * deep.apply() + sum(part.history) * sum(deep.history) ** 2


@program(vector)
def copies_of_containers(x):
    params = {"w": x * 1.0, "b": [x[0], x[1]]}
    saved, same = copy.deepcopy(params), copy.copy(params)
    saved["w"][0] = x[1] * x[2]
    saved["b"][0] *= x[3]
    same["w"][1] = x[0]
    same["b"] = [x[2]]
    u = copy.copy(x)
    u[0] = u[1] * x[2]
    return (params["w"] * saved["w"] * u).sum() * sum(params["b"]) * sum(saved["b"]) * sum(same["b"])


@program(vector, complex_step=False)
def attributes_named_by_text(x):
    parts = [Part(x[0]), Part(x[1], function=math.cos)]
    for part in parts:
        setattr(part, "x", getattr(part, "x") * x[2])  # noqa: B009, B010
    return parts[0].x * parts[1].x * getattr(parts[0], "missing", x[3])


@program(vector)
def objects_or_nothing(x):
    best = None
    for k in range(len(x)):
        if best is None or x[k] > best.x:
            best = Part(x[k])
    last = None
    if x[0] > 5.0:
        last = Part(x[1])
    return best.x * x[0] * (2.0 if last is None else last.x)
