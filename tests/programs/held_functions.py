"""Functions in tuples, lists, dicts and objects, functions chosen while running, and objects of several classes in a row."""

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.4, 1.5]),)


def leaky(z):
    return np.maximum(z, 0.1 * z)


KINDS = {"tanh": np.tanh, "leaky": leaky, "square": lambda z: z * z}
SETTINGS = {"kind": np.tanh, "rate": 0.3, "parts": [np.sin, lambda z: z * z]}


@program(vector)
def loops_over_functions(x):
    s = 0.0
    for k, f in enumerate([np.sin, lambda v: v * v * x[1], leaky], start=1):
        s += f(x[0]) * k
    for name, f in (("a", np.exp), ("bb", leaky)):
        s = s * f(x[2]) + len(name)
    return s + sum(f(x[3]) for f in (np.cos, np.sin))


@program(vector)
def loops_over_functions_and_arrays(x):
    s = 0.0
    for f, a, k in zip([np.sin, np.cos, np.exp], x[:2], range(10)):
        s += f(a) * k + f(x[3])
    layers = [(x[:2], np.tanh), (x[2:], np.sin)]
    z = x[0]
    for w, f in layers:
        z = f(w * z).sum()
    return s * z


@program(vector)
def jumps_out_of_loops_over_functions(x):
    def first(z):
        for k, f in enumerate((np.exp, np.sin, np.cos)):
            if k == 0:
                continue
            if f(z) > 0.9:
                return f(z) * k
        else:
            z = z * z
        return z

    s = 0.0
    for f in (np.sin, np.cos, np.exp):
        if s > 0.9:
            break
        s += f(x[0])
    return s * first(x[0]) + first(x[1]) + first(0.1 * x[2])


@program(vector)
def functions_by_number(x):
    fs = [np.sin, lambda v: v * x[1], (lambda v: v**2)]
    s = fs[0](x[0]) * fs[-1](x[1])
    for k in range(-3, 3):
        s += fs[k](x[k]) * (k + 4)
    for blocks in [[np.sin, np.cos], [np.exp]]:
        for f in blocks:
            s = f(s)
    return s / len(fs)


@program(lambda rng: (np.array([0.7, 1.2, 0.4, 1.5]), "leaky"))
def functions_by_name(x, kind):
    own = {"a": np.sin, "b": lambda v: v * v}
    s = KINDS[kind](x).sum() * KINDS["tanh"](x[0])
    for name, f in own.items():
        s += f(x[1]) * len(name)
    for f in own.values():
        s *= f(x[2])
    for name in ("a", "b", "c"):
        try:
            s += own[name](x[3])
        except KeyError:
            s = s * x[0]
    return s


@program(vector)
def settings_that_hold_functions(x):
    s = SETTINGS["kind"](x[0]) * SETTINGS["rate"]
    for f in SETTINGS["parts"]:
        s += f(x[1])
    terms = [{"w": x[0], "f": np.sin}, {"w": x[1], "f": np.cos}]
    return s + sum([t["w"] * t["f"](x[2]) for t in terms])


@program(vector)
def functions_by_a_condition(x):
    s = 0.0
    f = np.sin
    if x[0] > 5.0:
        f = np.cos
    for k in range(4):
        flag = x[k] > 1.0
        if flag:
            flag = False

            def g(v):
                return v * v * x[0]
        else:
            g = np.exp
        h = g if x[k] < 1.3 else f
        s += h(x[k]) * g(x[0])
    return s


class Held:
    def __init__(self, rate, kind=None, shape="square"):
        self.scale = lambda v: rate * v
        self.kind = kind or np.sin
        self.shape = KINDS[shape]
        self.also = np.exp if rate > 1.0 else np.cos
        self.parts = [np.sin, self.scale]

    def __call__(self, z):
        z = self.shape(self.kind(self.scale(z)))
        for f in self.parts:
            z = f(z) + self.also(z)
        return z


@program(vector)
def functions_that_objects_hold(x):
    one, other = Held(x[0]), Held(x[1], kind=np.cos, shape="leaky")
    s = 0.0
    for k in range(2):
        s += one(x[k]) * other(x[2]) + one.scale(x[3])
    return s


def solve(f, z, n, callback=None, norm=None):
    if norm is None:
        norm = np.abs
    for _ in range(n):
        z = z - 0.1 * f(z) * norm(z)
        if callback is not None:
            callback(z)
    return z


@program(vector, complex_step=False)
def functions_that_may_be_left_out(x):
    seen = []
    z = solve(lambda t: t * t * x[1], x[0], 3, callback=seen.append)
    return z * seen[0] + solve(np.sin, x[2], 2, norm=np.square) * seen[-1]


class Linear:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, z):
        return self.w * z + self.b


class Rectified:
    def forward(self, z):
        return leaky(z)


class Scaled(Linear):
    def __init__(self, w, b, by):
        super().__init__(w, b)
        self.by = by

    def forward(self, z):
        return self.by * super().forward(z)


class Network:
    def __init__(self, x):
        self.layers = [Linear(x[0], x[1]), Rectified(), Scaled(x[2], x[0], x[3])]

    def forward(self, z):
        for layer in self.layers:
            z = layer.forward(z)
        return z

    def train(self, rate):
        for k, layer in enumerate(self.layers):
            if isinstance(layer, Linear):
                layer.w = layer.w - rate * layer.b * (k + 1)


@program(vector)
def objects_of_several_classes_in_a_list(x):
    network = Network(x)
    s = network.forward(x[3])
    for k in range(3):
        network.train(0.1 * x[k])
        s += network.forward(x[k])
    shapes = [Linear(x[0], x[1]), Scaled(x[2], x[1], x[0])]
    return s + sum(shape.forward(x[1]) for shape in shapes) + shapes[1].by


FIXED = [Linear(0.5, 1.0), Rectified(), Scaled(2.0, 0.1, 0.3)]


@program(vector)
def objects_of_several_classes_from_outside(x):
    z = x[0]
    for layer in FIXED:
        z = layer.forward(z) + x[1]
    return z * FIXED[2].by
