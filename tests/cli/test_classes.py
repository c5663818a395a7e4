"""Classes in files that `emit` parses: methods, dataclasses, named tuples, inheritance; none of it is run."""

import sys
import types

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.cli import emit, in_fresh_interpreter, main, write

SOURCE = '''
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np
import no_such_module

GRAVITY = 9.81


def helper(a, b):
    return a * b + GRAVITY


class Part(ABC):
    unit = 2.0

    def __init__(self, rate):
        self.rate = rate

    @abstractmethod
    def energy(self, x): ...

    def __repr__(self):
        return f"Part({self.rate})"


class Spring(Part):
    """A spring."""

    __slots__ = ()

    def __init__(self, rate, mass=1.0):
        super().__init__(rate)
        self.mass = mass
        self.pulls = []

    def energy(self, x):
        return 0.5 * self.rate * x * x + helper(self.mass, x) * self.unit

    def pull(self, x):
        self.rate *= 1.0 + x
        self.pulls.append(self.energy(x))

    @property
    def frequency(self):
        return (self.rate / self.mass) ** 0.5

    @frequency.setter
    def frequency(self, value):
        self.rate = value * value * self.mass

    @staticmethod
    def twice(x):
        return 2 * x

    @classmethod
    def of_unit_mass(cls, k):
        return cls(k)


class Damped(Spring):
    def __init__(self, rate, damping):
        super().__init__(rate, 2.0)
        self.damping = damping

    def energy(self, x):
        return super().energy(x) - self.damping * x


def springs(x: float, y: float):
    a, b = Spring(x, mass=y), Damped(x, y)
    a.pull(y)
    a.frequency = a.frequency * y
    for k in range(3):
        b.pull(0.1 * y)
    s = a.energy(y) * a.frequency + b.energy(x) + a.pulls[0] * Spring.twice(y)
    return s + Spring.of_unit_mass(x).rate


@dataclass
class Settings:
    a: float
    b: float = 2.0
    items: list = field(default_factory=list)
    pair: tuple = field(default_factory=lambda: (GRAVITY, 2.0))
    k: ClassVar[int] = 3

    def __post_init__(self):
        self.c = self.a * self.pair[0]

    def total(self):
        return self.a * self.b * self.k + sum(self.items)


@dataclass(frozen=True)
class Point:
    x: float
    y: float = 1.0


def dataclasses_of_the_file(x: float, y: float):
    c, p = Settings(x, b=y), Point(x * y)
    c.items.append(x * y)
    for k in range(2):
        c.a = c.a * y
        c.items.append(c.a * p.x)
    return c.total() * c.c * p.y


class Pair(NamedTuple):
    u: float
    v: float = 3.0

    def product(self):
        return self.u * self.v


def named_tuples(x, y):
    p, q = Pair(x), Pair(y, v=x)
    return p.product() * q.v + q[0]


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, s):
        return Vector(self.x * s, self.y * s)

    __rmul__ = __mul__

    def norm(self):
        return math.hypot(self.x, self.y)

    def __repr__(self):
        return no_such_module.text(self)


def operators(x, y):
    p, v = Vector(x, y), Vector(y, 1.0)
    for _ in range(3):
        p = p + 0.1 * v
        v = v + -0.1 * p
    return p.norm()


class Layer:
    def __init__(self, w, act=np.tanh):
        self.w = w
        self.act = act

    def __call__(self, z):
        return self.act(self.w * z)


def square(z):
    return z * z


KINDS = {"sine": np.sin, "square": square, "half": lambda z: 0.5 * z}


class Network:
    def __init__(self, x, y):
        self.layers = [Layer(x), Layer(y, act=np.sin), Damped(x, y)]

    def __call__(self, z, kind):
        for layer in self.layers:
            if isinstance(layer, Layer):
                z = layer(z)
            else:
                z = layer.energy(z)
        return KINDS[kind](z)


def networks(x: float, y: float):
    network = Network(x, y)
    for k in range(2):
        network.layers[0].w = network.layers[0].w * 1.1
    return network(x, "square") * network(y, "half")


def objects_as_results(x, y):
    return Vector(x * y, helper(x, y))
'''
NAMES = ("springs", "dataclasses_of_the_file", "named_tuples", "operators", "networks")


@pytest.fixture(scope="module")
def live():
    """The same file, imported."""
    module = types.ModuleType("live_classes")
    sys.modules["no_such_module"] = types.ModuleType("no_such_module")
    import linecache

    linecache.cache["<live classes>"] = (len(SOURCE), None, SOURCE.splitlines(keepends=True), "<live classes>")
    sys.modules["live_classes"] = module
    exec(compile(SOURCE, "<live classes>", "exec"), module.__dict__)
    yield module
    del sys.modules["no_such_module"], sys.modules["live_classes"]


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_live_classes(name, live, tmp_path):
    path = write(tmp_path, "model.py", SOURCE)
    emit(path, name, "--wrt", "x,y")
    found = in_fresh_interpreter(path.parent / "emitted" / f"{name}.py", f"{name}_grad(0.7, 1.1)")
    expected = ac.grad(getattr(live, name), wrt=("x", "y"))(0.7, 1.1)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_objects_that_never_change_need_no_class(tmp_path):
    assert "class Vector" not in emit(write(tmp_path, "model.py", SOURCE), "operators")


def test_classes_are_carried_with_what_they_use(tmp_path):
    text = emit(write(tmp_path, "model.py", SOURCE), "dataclasses_of_the_file")
    assert "import dataclasses\n" in text and "@dataclasses.dataclass\nclass Settings:" in text
    assert "GRAVITY = 9.81" in text and "class Spring" not in text


def test_a_class_that_uses_what_is_not_known_cannot_be_carried(tmp_path, capsys):
    source = "import no_such_module\nclass C:\n    def __init__(self, x):\n        self.x = x\n\n    def show(self):\n"
    source += (
        "        no_such_module.show(self)\n\n\ndef f(x: float):\n    c = C(x)\n    c.x = c.x * x\n    return c.x\n"
    )
    assert main(["emit", f"{write(tmp_path, 'm.py', source)}:f"]) == 1
    text = capsys.readouterr().err
    assert "error[AC018]" in text and "uses `no_such_module" in text


REFUSED = [
    ("class C(Unknown):\n    pass", "`C` inherits from `Unknown`, which is not read"),
    ("import thread_pool\nclass C(thread_pool.Base):\n    pass", "`C` uses `thread_pool`"),
    ("class C(metaclass=type):\n    pass", "is a class with a metaclass or keywords"),
    ("@register\nclass C:\n    pass", "`C` is decorated with `register`, which is not run"),
    ("def register(c):\n    return c\n@register\nclass C:\n    pass", "is decorated with `register`, which is not run"),
    ("class C:\n    def __init_subclass__(cls):\n        boom()", "has a `__init_subclass__` of its own"),
    ("class C:\n    def __class_getitem__(cls, k):\n        boom()", "has a `__class_getitem__` of its own"),
    ("class C:\n    __qualname__ = 3", "binds `__qualname__`, which is not run"),
    ("class C:\n    for k in (1, 2): pass", "is a class with a statement at line 2 that is not run"),
    ("class C:\n    K = open('k').read()", "has `K`, which is a call of `open('k').read`, which is not run"),
    ("import numpy as np\nclass C:\n    K = np.zeros(3)", "has `K`, which is a value of type ndarray"),
    (
        "import functools\nclass C:\n    @functools.cached_property\n    def k(self):\n        return 1",
        "has a method `k`",
    ),
    ("from dataclasses import dataclass, InitVar\n@dataclass\nclass C:\n    k: InitVar[int] = 1", "has an `InitVar`"),
    ("from dataclasses import dataclass\n@dataclass\nclass C:\n    a: int = 1\n    b: int", "raises TypeError"),
    ("from typing import NamedTuple\nclass C(NamedTuple):\n    a: int = 1\n    b: int", "raises TypeError"),
]


@pytest.mark.parametrize(("statements", "reason"), REFUSED)
def test_classes_that_are_not_read(statements, reason, tmp_path, capsys):
    path = write(tmp_path, "m.py", f"{statements}\ndef f(x):\n    return C().k * x\n")
    assert main(["emit", f"{path}:f"]) == 1
    text = capsys.readouterr().err
    assert "error[AC01" in text and reason in text


def test_nothing_of_a_class_is_run(tmp_path):
    source = (
        "def boom():\n    raise SystemExit('run')\n\n\nclass C:\n    def __init__(self, x):\n        self.x = x\n\n"
    )
    source += (
        "    def __set_name__(self, owner, name):\n        boom()\n\n    def __eq__(self, other):\n        boom()\n\n\n"
    )
    source += "class D(C):\n    def __hash__(self):\n        boom()\n\n\ndef f(x):\n    return D(x).x * x\n"
    assert "def f_grad(x):" in emit(write(tmp_path, "m.py", source), "f")
