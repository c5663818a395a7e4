"""Objects of classes: methods, properties, operators, inheritance; attributes that change through any name."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from . import program


def two_numbers(rng):
    return 0.7, 1.3


def numbers_and_count(rng):
    return 0.7, 1.3, 4


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    def __rmul__(self, k):
        return self * k

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    @property
    def square(self):
        return self.dot(self)

    @staticmethod
    def unit(t):
        return Vector(math.cos(t), math.sin(t))

    @classmethod
    def diagonal(cls, v):
        return cls(v, v)


@program(two_numbers, wrt=(0, 1), tags=("container",))
def operators_of_a_class(x, y):
    a, b = Vector(x, y), Vector(y, x * y)
    c = 2.0 * (a + b) * y - a
    d = -c
    return d.dot(a) + c.square * d[0] + d[1]


@program(two_numbers, wrt=(0, 1), complex_step=False, tags=("container",))
def static_and_class_methods(x, y):
    u, w = Vector.unit(x), Vector.diagonal(y)
    return u.dot(w) + w.square


@program(two_numbers, wrt=(0, 1), complex_step=False, tags=("container", "alias"))
def attributes_that_change_through_another_name(x, y):
    p = Vector(x, y)
    q = p
    q.x = q.x * y
    p.y += q.x
    r = Vector(x, x)
    if x < y:
        r = q
    r.y = r.y * 2.0
    return p.x * p.y + q.y + r.x


@program(numbers_and_count, wrt=(0, 1), tags=("container",))
def objects_rebound_in_a_loop(x, y, n):
    p, v = Vector(x, y), Vector(y, -x)
    for _ in range(n):
        v = v + p * (-0.1) * 0.3
        p = p + v * 0.3
    return p.dot(v)


@program(numbers_and_count, wrt=(0, 1), tags=("container", "alias"))
def operator_in_place_in_a_loop(x, y, n):
    p = Vector(x, y)
    q = p
    d = Vector(y, x)
    for _ in range(n):
        p += d
        d.x *= q.y
    return p.x * q.y + d.x


@program(two_numbers, wrt=(0, 1), complex_step=False, tags=("container",))
def objects_made_in_branches(x, y):
    p = Vector(x, y) if x < y else Vector(y, x)
    if x * y > 0:
        p = p + Vector(1.0, x)
    else:
        p = p * 2.0
    return p.x * p.y


@program(two_numbers, wrt=(0, 1), tags=("container", "closure"))
def bound_methods_as_functions(x, y):
    a = Vector(y, y)
    f = a.dot
    return f(Vector(x, x)) + sum(map(a.dot, [Vector(x, 1.0), Vector(y, x)]))


class Body:
    def __init__(self, mass, position, velocity):
        self.mass = mass
        self.position = position
        self.velocity = velocity
        self.history = []

    def step(self, force, dt):
        self.velocity = self.velocity + force * (dt / self.mass)
        self.position = self.position + self.velocity * dt
        self.history.append(self.position)

    @property
    def energy(self):
        return 0.5 * self.mass * (self.velocity @ self.velocity)


class System:
    strength = 1.0

    def __init__(self, bodies):
        self.bodies = bodies
        self.time = 0.0

    def force(self, i):
        total = np.zeros(2)
        for j, other in enumerate(self.bodies):
            if j != i:
                d = other.position - self.bodies[i].position
                total = total + self.strength * other.mass * self.bodies[i].mass * d / (d @ d + 0.1) ** 1.5
        return total

    def run(self, n, dt):
        for _ in range(n):
            forces = [self.force(i) for i in range(len(self.bodies))]
            for body, force in zip(self.bodies, forces):
                body.step(force, dt)
            self.time += dt
        return sum([b.energy for b in self.bodies])


@program(
    lambda rng: (1.5, np.array([0.1, 0.2]), np.array([0.3, 0.5])),
    wrt=(0, 1, 2),
    complex_step=False,
    tags=("container",),
)
def bodies_in_a_system(mass, position, velocity):
    bodies = [
        Body(mass, position, velocity),
        Body(2.0, position + 1.0, -velocity),
        Body(1.0, position - velocity, velocity * 0.1),
    ]
    system = System(bodies)
    energy = system.run(3, 0.1)
    return energy + system.bodies[0].history[1][0] * system.time


@dataclass
class Layer:
    weights: np.ndarray
    bias: np.ndarray
    activation: object = np.tanh
    scale: float = 1.0

    def __call__(self, x):
        return self.activation(self.weights @ x + self.bias) * self.scale


class Network:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def loss(self, x, target):
        r = self(x) - target
        return (r * r).sum()


def matrices(rng):
    return rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=2)


@program(matrices, wrt=(0, 1, 2, 3, 4), tags=("container",))
def network_of_callable_layers(first, b, second, c, x):
    return Network([Layer(first, b), Layer(second, c, scale=2.0)]).loss(x, 1.0)


class Shape:
    def __init__(self, name):
        self.name = name

    def area(self):
        raise NotImplementedError

    def scaled(self, k):
        return self.area() * k**2


class Square(Shape):
    def __init__(self, a):
        super().__init__("square")
        self.a = a

    def area(self):
        return self.a * self.a


class Rectangle(Square):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b

    def area(self):
        return super().area() / self.a * self.b


@program(two_numbers, wrt=(0, 1), tags=("container",))
def inherited_methods_and_super(x, y):
    r, s = Rectangle(x, y), Square(y)
    return r.scaled(2.0) + s.area() * len(r.name)


class Place(NamedTuple):
    x: float
    y: float = 2.0

    def distance(self, other):
        return ((self.x - other.x) ** 2 + (self.y - other.y) ** 2) ** 0.5


@program(two_numbers, wrt=(0, 1), tags=("container",))
def named_tuples_with_methods(x, y):
    p, q = Place(x), Place(y=x * y, x=y)
    a, b = q
    return p.distance(q) * a + b + p[1] * q[0]


class Pair:
    __slots__ = ("a", "b")

    def __init__(self, a, b=3.0):
        self.a = a
        self.b = b

    def advance(self, n):
        for _ in range(n):
            self.a = self.a * self.b + 0.1
            self.b = self.b - self.a * 0.01
        return self


@program(lambda rng: (0.7, 3), tags=("container",))
def slots_and_methods_that_return_self(x, n):
    return Pair(x).advance(n).a


class Accumulator:
    def __init__(self):
        self.total = 0.0
        self.count = 0
        self.entries = {}

    def add(self, value, key="k"):
        self.total += value
        self.count += 1
        self.entries[key] = self.entries.get(key, 0.0) + value

    @property
    def mean(self):
        return self.total / self.count

    @mean.setter
    def mean(self, value):
        self.total = value * self.count


@program(lambda rng: (np.array([0.3, 0.5, 0.9]),), tags=("container",))
def properties_that_are_set(v):
    a = Accumulator()
    for k, t in enumerate(v):
        a.add(t * t, "even" if k % 2 == 0 else "odd")
    m = a.mean
    a.mean = m * m
    a.mean += m
    return a.total + a.entries["even"] * m


class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v

    def kick(self, force):
        self.v += force

    def drift(self, dt):
        self.x += self.v * dt


@program(two_numbers, wrt=(0, 1), tags=("container",))
def objects_in_a_list_that_trade_places(x, v):
    particles = [Particle(x * k, v) for k in range(3)]
    for _ in range(4):
        for p in particles:
            p.kick(-p.x * 0.1)
        for p in particles:
            p.drift(0.1)
        particles[0], particles[1] = particles[1], particles[0]
    particles[0].x = particles[1].x * particles[2].v
    return sum(p.x * p.v for p in particles)


@dataclass(frozen=True)
class Frozen:
    a: float
    b: float = 2.0

    def grown(self, k):
        return Frozen(self.a * k, b=self.b + k)


@program(lambda rng: (0.7, 3), tags=("container",))
def frozen_dataclasses(x, n):
    s = Frozen(x)
    for _ in range(n):
        s = s.grown(x)
    return s.a * s.b


@dataclass
class Base:
    a: float
    history: list = field(default_factory=list)

    def __post_init__(self):
        self.twice = self.a * 2


@dataclass
class Derived(Base):
    c: float = 3.0

    def go(self):
        self.history.append(self.twice * self.c)
        self.twice *= self.a
        return self


@program(lambda rng: (0.7,), tags=("container",))
def dataclass_with_a_post_init(x):
    d = Derived(x, c=x * x)
    d.go().go()
    return d.history[0] * d.history[1] + d.twice


class Polynomial:
    def __init__(self, coefficients):
        self.coefficients = coefficients

    def __call__(self, x):
        s = 0.0
        for a in reversed(self.coefficients):
            s = s * x + a
        return s

    def derivative(self):
        return Polynomial([k * a for k, a in enumerate(self.coefficients)][1:])


@program(lambda rng: (-0.7, 1.3, 4), wrt=(0, 1), tags=("container",))
def newton_with_a_callable_object(c, x, n):
    p = Polynomial([c, 1.0, 2.0])
    d = p.derivative()
    for _ in range(n):
        x = x - p(x) / d(x)
    return x


FIXED = Polynomial([0.3, 0.5, 0.7])


@program(lambda rng: (0.7,), tags=("container", "global"))
def global_object(x):
    return FIXED(x) * FIXED.derivative()(x)


class Decay:
    def __init__(self, rate):
        self.rate = rate

    def slope(self, t, y):
        return -self.rate * y + np.sin(t)


def euler(f, y, n, h):
    t = 0.0
    for _ in range(n):
        y = y + h * f(t, y)
        t += h
    return y


@program(two_numbers, wrt=(0, 1), tags=("container", "closure"))
def method_given_to_a_solver(rate, y):
    return euler(Decay(rate).slope, y, 5, 0.1)


class Memo:
    def __init__(self):
        self.known = {}

    def power(self, k, x):
        if k not in self.known:
            self.known[k] = x**k
        return self.known[k]


@program(lambda rng: (0.7,), tags=("container",))
def memoized_in_an_attribute(x):
    memo = Memo()
    return memo.power(2, x) + memo.power(3, x) * memo.power(2, x)


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right


@program(two_numbers, wrt=(0, 1), tags=("container",))
def objects_in_objects(x, y):
    t = Tree(x, Tree(y), Tree(x * y))
    return t.value * t.left.value + t.right.value


class Slot:
    def __init__(self, v, w=1.0):
        self.v = v
        self.w = w


@program(numbers_and_count, wrt=(0,), complex_step=False, tags=("container", "alias"))
def attributes_that_trade_arrays(x, y, n):
    o = Slot(np.ones(2) * x)
    slots = [o, Slot(np.ones(2) * y)]
    for k in range(n):
        s = slots[k % 2]
        u = s.v
        s.v = u * x
        u[0] = s.v[1] * x
        o.v[1] = u[0] + o.v[0]
        if k == 1:
            slots[1] = o
    return (slots[0].v * slots[1].v).sum() + u.sum()


@program(numbers_and_count, wrt=(0,), tags=("container", "alias"))
def attribute_that_is_or_is_not_another_array(x, y, n):
    o = Slot(np.ones(3) * x)
    for k in range(n):
        v = o.v
        o.v = v * x if k % 2 else v
        o.v[0] = o.v[0] * v[1]
        v[2] = o.v[0]
    return (o.v * v).sum()


@program(numbers_and_count, wrt=(0,), tags=("container",))
def objects_under_keys_and_on_a_stack(x, y, n):
    table, stack = {}, [Slot(x)]
    for k in range(n):
        o = table.setdefault(k % 2, Slot(x * k + 1.0))
        o.v = o.v * x
        o.w += o.v
        top = stack[-1]
        stack.append(Slot(top.v * x, top.w + o.w))
        if k % 2:
            stack.pop()
            stack[-1].v = stack[-1].v * 1.1
    return table[0].v * table[1].w + sum([s.v * s.w for s in stack]) + top.v
