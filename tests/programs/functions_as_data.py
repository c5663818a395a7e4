"""Functions in lists that grow, under keys that show while running, in attributes that are set later."""

import functools
import math

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector, complex_step=False)
def functions_in_a_list_that_grows(x):
    fs, y, n = [], x[0], len(x)
    for k in range(n):
        if k % 2:
            fs.append(lambda z, k=k, y=y: z * k * y + x[1])
        else:
            fs.append(math.sin)
        y = y * x[k]
    y = 2.0 * y
    for f in reversed(fs):
        y = f(y)
    return y * fs[1](x[2]) * fs[-n](0.5)


@program(vector)
def late_and_early_binding(x):
    late, early = [], []
    for k in range(3):
        late.append(lambda z: z * x[k])
        early.append(lambda z, k=k: z * x[k] ** 2)
    s = sum(f(x[3]) for f in late) * sum(f(x[0]) for f in early)
    k = 3
    return s * sum(f(x[3]) for f in late)


def weighted(w, power):
    total = w.sum()

    def inner(z):
        return (w * z**power).sum() * total

    return inner


@program(vector)
def functions_that_keep_arrays(x):
    w, fs = x * 1.0, []
    for k in range(3):
        fs.append(weighted(w, k + 1))
        w[k] *= 2.0
    w[0] = x[1] * w[3]
    s = 0.0
    for f in fs:
        s = s * 0.5 + f(x)
    return s


@program(vector, complex_step=False)
def functions_under_keys(x):
    table = {}
    for name, f in [("sine", math.sin), ("square", lambda z: z * z * x[0]), ("root", math.sqrt)]:
        table[name] = f
    s = 1.0
    for k, name in enumerate(["square", "none", "sine"]):
        s = s * table.get(name, lambda z: z * x[1])(x[k])
    for name, f in table.items():
        s = s + f(x[3]) * len(name)
    return s


class Stage:
    def __init__(self, gain):
        self.gain = gain

    def __call__(self, z):
        return z * self.gain

    def shifted(self, z, by=1.0):
        self.gain = self.gain * 1.5
        return z * self.gain + by


class Pipeline:
    def __init__(self):
        self.stages = []

    def add(self, stage):
        self.stages.append(stage)
        return stage

    def run(self, z):
        for stage in self.stages:
            z = stage(z)
        return z


def scaled(a, z, b=1.0):
    return a * z + b


@program(vector, complex_step=False)
def callbacks_of_an_object(x):
    pipeline, stage = Pipeline(), Stage(x[1])
    pipeline.add(math.tanh)
    pipeline.add(functools.partial(scaled, x[0], b=x[3]))
    pipeline.add(stage.shifted)
    pipeline.add(lambda z: z * stage.gain)
    first = pipeline.run(x[2])
    return first * pipeline.run(x[0]) * stage.gain


@program(vector, complex_step=False)
def choice_among_functions(x):
    fs = [math.sin]
    while len(fs) < 4:
        fs.append(lambda z, n=len(fs): z**n)
    last, fs[2] = fs.pop(), lambda z: z * x[2] * 5.0
    best = max(fs, key=lambda f: f(x[0]))
    total = 0.0

    def add(z):
        nonlocal total
        total = total * x[1] + z

    listeners = {"a": [], "b": [add]}
    for k in range(4):
        listeners["ab"[k % 2]].append(add)
    for name, each in listeners.items():
        for f in each:
            f(best(x[3]) * len(name) + last(x[1]))
    return total


@program(vector)
def applied_functions(x):
    gs = [functools.partial(pow, exp=k) for k in (1, 2, 3)]
    return sum(g(x[1]) for g in gs) * x[0]
