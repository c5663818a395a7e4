"""Objects that hold objects, whose methods call those of what they hold: trees, expressions, networks of layers."""

import functools
import math

import numpy as np

from . import program


def two_numbers(rng):
    return 1.3, 0.7


class Number:
    def __init__(self, value):
        self.value = value

    def evaluate(self, at):
        return self.value


class Variable:
    def __init__(self, name):
        self.name = name

    def evaluate(self, at):
        return at[self.name]


class Sum:
    def __init__(self, *parts):
        self.parts = parts

    def evaluate(self, at):
        total = 0.0
        for part in self.parts:
            total = total + part.evaluate(at)
        return total


class Product:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def evaluate(self, at):
        return self.a.evaluate(at) * self.b.evaluate(at)


@program(two_numbers, wrt=(0, 1))
def expression_of_objects(x, y):
    inner = Sum(Number(2.0), Variable("y"), Product(Variable("x"), Variable("x")))
    e = Sum(Product(Variable("x"), inner), Product(inner, Product(Variable("y"), Number(x))))
    return e.evaluate({"x": x, "y": y * 2.0})


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def total(self):
        s = self.value
        if self.left is not None:
            s += 2.0 * self.left.total()
        if self.right is not None:
            s += 3.0 * self.right.total()
        return s

    def scale(self, by):
        self.value *= by
        if self.left is not None:
            self.left.scale(by * self.value)
        if self.right is not None:
            self.right.scale(self.value)


@program(two_numbers, wrt=(0, 1), tags=("alias",))
def tree_that_is_scaled(x, y):
    shared = Tree(y)
    tree = Tree(x * y, Tree(x, None, shared), Tree(y, Tree(x * x), shared))
    before = tree.total()
    for _ in range(2):
        tree.scale(0.5 * x)
    return before * tree.total() + shared.value


class Module:
    def __init__(self):
        self.parameters = []

    def __call__(self, x):
        return self.forward(x)


class Linear(Module):
    def __init__(self, W, b):
        super().__init__()
        self.W, self.b = W, b
        self.parameters += [W, b]

    def forward(self, x):
        return self.W @ x + self.b


class Tanh(Module):
    def forward(self, x):
        return np.tanh(x)


class Sequential(Module):
    def __init__(self, *modules):
        super().__init__()
        self.modules = modules
        for m in modules:
            self.parameters.extend(m.parameters)

    def forward(self, x):
        for m in self.modules:
            x = m(x)
        return x


@program(
    lambda rng: (rng.uniform(-1.0, 1.0, (3, 3)), rng.uniform(0.5, 1.5, 3), rng.uniform(0.5, 1.5, 3)), wrt=(0, 1, 2)
)
def network_in_a_network(W, b, x):
    inner = Sequential(Tanh(), Sequential(Linear(W.T, 2.0 * b), Tanh()))
    net = Sequential(Linear(W, b), inner, Linear(W, b))
    return net(x).sum() + 0.01 * sum(np.sum(p**2) for p in net.parameters)


class Pair:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __iter__(self):
        yield self.x
        yield self.y


@program(two_numbers, wrt=(0, 1))
def objects_that_are_unpacked(x, y):
    a, b = Pair(x, x * y)
    first, *others = Pair(b, y)
    return a * b * first + others[0] ** 2


@program(two_numbers, wrt=(0, 1), tags=("closure",))
def functions_returned_together(x, y):
    def problem(a):
        s = a * y

        def f(z):
            return s * z**2

        def slope(z):
            return 2.0 * s * z

        return f, slope, a * a

    f, slope, c = problem(x)
    z = 1.0
    for _ in range(3):
        z = z - 0.1 * slope(z) / (f(z) + c)
    g, _, d = problem(z)
    both = problem(y)
    return g(z) * d + both[0](x) * both[2]


def chain(*functions):
    return functools.reduce(lambda f, g: lambda z: g(f(z)), functions)


@program(two_numbers, wrt=(0, 1), tags=("closure",), complex_step=False)
def functions_that_are_chained(x, y):
    f = chain(math.sin, lambda z: z * y, math.exp)
    g = functools.reduce(lambda f, g: lambda z: g(f(z)), [math.cos, math.exp], lambda z: z * x)
    return f(x) * g(y)
