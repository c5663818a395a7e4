"""Objects that are made of others with some fields changed, objects met late, iterators of one's own, enumerations."""

import dataclasses
import enum
import itertools
from typing import NamedTuple

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.4, 1.5]),)


@dataclasses.dataclass(frozen=True)
class State:
    t: float
    y: float
    rate: float = 0.5


class Pair(NamedTuple):
    a: float
    b: float = 2.0


@program(vector)
def fields_replaced(x):
    s, p = State(0.0, x[0]), Pair(x[1])
    for k in range(3):
        s = dataclasses.replace(s, t=s.t + 0.1, y=s.y + 0.1 * s.y * x[k])
        p = p._replace(b=p.b * s.y, a=p.a + s.t)
    return s.y * s.rate * p.a * p.b


class Circle:
    def __init__(self, r):
        self.r = r

    def area(self):
        return 3.0 * self.r**2

    @property
    def diameter(self):
        return 2.0 * self.r


@program(vector)
def the_best_so_far(x):
    best, before = None, None
    s = x[0]
    for k in range(4):
        c = Circle(x[k] * s)
        if best is None or c.area() > best.area():
            best = c
        if before is not None:
            s = s + before.diameter * c.area()
        before = c
    return best.area() * s


class Chain:
    def __init__(self):
        self.last = None
        self.n = 0

    def add(self, v):
        c = Circle(v)
        if self.last is not None:
            c.r = c.r + self.last.area()
        self.last = c
        self.n += 1


@program(vector)
def attributes_that_are_objects_later(x):
    chain = Chain()
    for v in x:
        chain.add(0.3 * v)
    return chain.last.area() * chain.n


class Powers:
    def __init__(self, a, b, n):
        self.a, self.b, self.n = a, b, n
        self.k = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.k == self.n:
            raise StopIteration
        self.k += 1
        self.a, self.b = self.b, self.a * self.b
        return self.a


@program(vector)
def iterators_of_ones_own(x):
    s = 0.0
    powers = Powers(x[0], x[1], 5)
    for v in powers:
        s += v * x[2]
        if powers.k == 2:
            break
    s += next(powers)
    s += sum(powers)
    return s + max(v * 2.0 for v in Powers(x[2], x[3], 2))


@program(vector)
def sequences_of_other_lengths(x):
    s = 0.0
    for k, (a, b, c) in enumerate(itertools.zip_longest(x, x[:2], [x[0], 2.0, 3.0], fillvalue=x[3])):
        s += a * b * c * k
    firsts = [a for a, b in itertools.zip_longest(x[:1], x) if a is not None]
    return s * firsts[0]


class Mode(enum.Enum):
    FAST = 1
    SLOW = 2


def run(x, mode):
    if mode == Mode.SLOW:
        return x[0] * x[1]
    return x[0] if mode is Mode.FAST else x[1]


@program(vector)
def enumerations(x):
    return run(x, Mode.SLOW) * run(x, Mode.FAST)


class Body:
    def __init__(self, position, velocity, mass):
        self.position, self.velocity, self.mass = position, velocity, mass


class System:
    def __init__(self, bodies):
        self.bodies = bodies

    def forces(self):
        forces = []
        for i, a in enumerate(self.bodies):
            f = np.zeros(2)
            for j, b in enumerate(self.bodies):
                if i == j:
                    continue
                d = b.position - a.position
                r = np.sqrt(np.dot(d, d)) + 0.1
                f += a.mass * b.mass * d / r**3
            forces.append(f)
        return forces

    def step(self, dt):
        for b, f in zip(self.bodies, self.forces()):
            b.velocity = b.velocity + dt * f / b.mass
            b.position = b.position + dt * b.velocity


@program(vector, complex_step=False)
def bodies_that_attract_each_other(x):
    system = System([Body(x[:2] * 1.0, np.zeros(2), x[0]), Body(x[2:] * 1.0, np.array([0.1, 0.0]), 2.0)])
    for _ in range(3):
        system.step(0.1)
    return sum(0.5 * b.mass * np.dot(b.velocity, b.velocity) for b in system.bodies) + system.bodies[0].position.sum()
