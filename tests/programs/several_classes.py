"""Objects of one of several classes, which a condition, a factory or a list decides while running."""

import math

import numpy as np

from . import program


def number_and_flag(flag):
    return lambda rng: (0.7, 1.3, flag)


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return math.pi * self.radius**2

    def grow(self, k):
        self.radius = self.radius * k

    def __mul__(self, k):
        return Circle(self.radius * k)

    @property
    def width(self):
        return 2.0 * self.radius


class Square:
    def __init__(self, side):
        self.side = side
        self.width = side

    def area(self):
        return self.side**2

    def grow(self, k):
        self.side *= k
        self.width *= k

    def __mul__(self, k):
        return Square(self.side * k)


class Cube(Square):
    def area(self):
        return 6.0 * super().area()


def made(kind, x):
    if kind == "circle":
        return Circle(x)
    if kind == "square":
        return Square(x)
    return Cube(x)


@program(number_and_flag(True))
@program(number_and_flag(False), name="chosen_by_a_condition_otherwise")
def chosen_by_a_condition(x, y, flag):
    shape = Circle(x) if flag else Square(x * y)
    s = shape.area() * shape.width
    for k in range(3):
        s = s + shape.area() * k
    return s * x


@program(vector)
def made_by_a_factory_in_a_loop(v):
    shape = Circle(v[0]) if len(v) > 3 else Square(v[1])
    s = shape.area()
    for kind, a in zip(["square", "cube", "circle"], v):
        shape = made(kind, a)
        s = s * 0.5 + shape.area()
        if isinstance(shape, Circle):
            s = s * shape.radius
    return s


@program(vector)
def held_in_a_list_that_grows(v):
    shapes = []
    for k, a in enumerate(v):
        if k % 2:
            shapes.append(Circle(a))
        else:
            shapes.append(Square(a))
    shapes[1].grow(v[0])
    return sum(shape.area() for shape in shapes)


@program(number_and_flag(True))
@program(number_and_flag(False), name="changed_by_methods_otherwise")
def changed_by_methods(x, y, flag):
    if flag:
        shape = Circle(x)
    else:
        shape = Square(y)
    s = shape.area()
    for k in range(2):
        shape.grow(x * (k + 1))
    return s * shape.area()


@program(vector)
def best_so_far(v):
    best = Circle(v[0])
    for a in v:
        shape = Square(a * 2.0)
        if np.real(shape.area()) > np.real(best.area()):
            best = shape
    return best.area() * best.width


@program(number_and_flag(True))
@program(number_and_flag(False), name="operators_of_either_otherwise")
def operators_of_either(x, y, flag):
    shape = Circle(x) if flag else Square(y)
    large = shape * (x * y)
    large.grow(y)
    return large.area() * shape.width
