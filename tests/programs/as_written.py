"""Programs as students and scientists write them, with what Python's library has for them."""

import abc
import argparse
import csv
import enum
import functools
import io
import itertools
import logging
import math
import operator
import random
import re
import types
from collections import Counter, defaultdict, deque
from dataclasses import asdict, astuple, dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from . import program

log = logging.getLogger("adjoint_compiler.corpus")


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


# -- a calculator ------------------------------------------------------------------------------------------------

OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


@program(vector)
def reverse_polish_notation(x):
    names = {"a": x[0], "b": x[1], "c": x[2]}
    stack = []
    for token in "a b * c + a 2.5 / - b *".split():
        if token in OPERATIONS:
            right, left = stack.pop(), stack.pop()
            stack.append(OPERATIONS[token](left, right))
        elif token in names:
            stack.append(names[token])
        else:
            stack.append(float(token))
    return stack.pop() * x[3]


TERM = re.compile(r"(\d+)\*([a-z])\^(\d+)")


@program(vector)
def terms_of_a_text(x):
    names, total = dict(zip("xyz", x)), 0.0
    for part in "3*x^2 + 2*y^3 + 7 + 1*z^1".split(" + "):
        found = TERM.match(part)
        if found is None:
            total += float(part)
            continue
        total += int(found.group(1)) * names[found.group(2)] ** int(found.group(3))
    return total * x[3]


# -- potentials ----------------------------------------------------------------------------------------------------


class Potential(Protocol):
    def energy(self, r: float) -> float: ...


class Pair(abc.ABC):
    def __init__(self, strength):
        self.strength = strength

    @abc.abstractmethod
    def energy(self, r): ...

    def of_all(self, distances):
        return sum(self.energy(r) for r in distances)


class LennardJones(Pair):
    def energy(self, r):
        s6 = (1.0 / r) ** 6
        return 4.0 * self.strength * (s6 * s6 - s6)


class Morse(Pair):
    def __init__(self, strength, width):
        super().__init__(strength)
        self.width = width

    def energy(self, r):
        return self.strength * (1.0 - np.exp(-self.width * (r - 1.0))) ** 2


@program(vector)
def potentials_of_several_kinds(x):
    potentials: list[Potential] = [LennardJones(x[0]), Morse(x[1], width=x[2]), LennardJones(0.5)]
    distances = [1.0 + 0.1 * k * x[3] for k in range(1, 4)]
    return sum(p.of_all(distances) * (k + 1) for k, p in enumerate(potentials))


@functools.singledispatch
def area(shape):
    raise TypeError("no shape")


@dataclass
class Disk:
    radius: float


@dataclass
class Box:
    width: float
    height: float


@area.register
def _(shape: Disk):
    return math.pi * shape.radius**2


@area.register
def _(shape: Box):
    return shape.width * shape.height


@area.register(float)
def _(side):
    return side * side


# -- training ------------------------------------------------------------------------------------------------------


class Schedule(enum.Enum):
    CONSTANT = "constant"
    DECAYING = "decaying"


@dataclass
class Trainer:
    rate: float
    schedule: Schedule = Schedule.DECAYING
    history: list = field(default_factory=list)
    callbacks: list = field(default_factory=list)

    def step_size(self, k):
        return self.rate / (1.0 + k) if self.schedule is Schedule.DECAYING else self.rate

    def fit(self, w, gradient, steps):
        for k in range(steps):
            w = w - self.step_size(k) * gradient(w)
            self.history.append((w * w).sum())
            for callback in self.callbacks:
                callback(k, self.history[-1])
            log.debug("step %d", k)
        return w


@program(vector)
def training_with_callbacks(x):
    losses = []
    trainer = Trainer(0.1)
    trainer.callbacks.append(lambda k, loss: losses.append(loss * (k + 1)))
    w = trainer.fit(x[:2], lambda w: 2.0 * w * x[2:], steps=3)
    return w.sum() * sum(losses) * trainer.history[1]


@program(vector)
def settings_in_a_namespace(x):
    settings = argparse.Namespace(rate=0.1, momentum=x[1], steps=4)
    state = types.SimpleNamespace(velocity=0.0, position=x[0])
    for _ in range(settings.steps):
        state.velocity = settings.momentum * state.velocity - settings.rate * 2.0 * state.position
        state.position += state.velocity
    return state.position * state.velocity * x[2]


# -- data ------------------------------------------------------------------------------------------------------------

MEASURED = "site,day,value\na,1,0.5\nb,1,1.5\na,2,2.0\nb,3,0.25\na,3,1.0\n"


@program(vector)
def groups_of_a_table(x):
    sites = defaultdict(list)
    for row in csv.DictReader(io.StringIO(MEASURED)):
        sites[row["site"]].append(float(row["value"]) * x[int(row["day"])])
    means = {name: sum(values) / len(values) for name, values in sites.items()}
    counts = Counter(line[:1] for line in MEASURED.splitlines()[1:])
    return sum(mean**2 * counts[name] for name, mean in sorted(means.items())) * x[0]


class Step(NamedTuple):
    position: float
    momentum: float
    time: float = 0.0


def leapfrog(s, dt, stiffness):
    momentum = s.momentum - dt * stiffness * s.position
    return s._replace(position=s.position + dt * momentum, momentum=momentum, time=s.time + dt)


@program(vector)
def a_moving_average_of_steps(x):
    step, window, smooth = Step(x[0], x[1]), deque(maxlen=3), []
    for _ in range(6):
        step = leapfrog(step, 0.1, x[2])
        window.append(step.position)
        if len(window) == window.maxlen:
            smooth.append(sum(window) / 3.0)
    return sum(a * b for a, b in itertools.pairwise(smooth)) * step.time * step.momentum


@program(vector, complex_step=False)
def a_random_walk(x):
    random.seed(11)
    position, visited = 0.0, []
    for k in range(5):
        position += random.gauss(x[0], x[1]) * random.choice([1.0, x[2]])
        visited.append(position)
    random.shuffle(visited)
    return visited[0] * visited[3] + random.uniform(x[2], 2.0 + x[3])


@program(vector, complex_step=False)
def areas_by_class(x):
    shapes = [Disk(x[0]), Box(x[1], x[2]), Disk(0.5)]
    return sum(area(s) * (k + 1) for k, s in enumerate(shapes)) * area(float(x[3])) * area(Box(x[0], x[3]))


@program(vector)
def members_of_an_enumeration(x):
    y, first = x[0], Schedule("constant")
    for k, kind in enumerate(Schedule):
        y = y * x[k + 1] * len(kind.value) + (x[2] if kind is first else x[3])
    return y * (x[1] if Schedule["DECAYING"] is Schedule.DECAYING else x[2])


@program(vector)
def dataclasses_as_dicts(x):
    box = Box(x[0], height=x[1] * x[2])
    fields = asdict(box)
    box.width = 3.0 * x[3]
    fields["depth"] = box.width
    width, height = astuple(box)
    return math.prod(fields.values()) * width * height
