"""Objects as arguments and results: gradients are objects of the same class."""

from dataclasses import dataclass

import numpy as np
import pytest

import adjoint_compiler as ac


class Spring:
    gravity = 9.81

    def __init__(self, rate, mass, name="spring"):
        self.rate = rate
        self.mass = mass
        self.name = name

    def energy(self, x):
        return 0.5 * self.rate * x * x + self.mass * self.gravity * x

    def __call__(self, x):
        return self.energy(x)


class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v


@dataclass
class State:
    position: np.ndarray
    speed: float
    steps: int = 3


def test_gradient_with_respect_to_an_object():
    gradient = ac.grad(lambda s, x: s.energy(x))(Spring(2.0, 3.0), 0.5)
    assert type(gradient) is Spring
    assert (gradient.rate, gradient.mass, gradient.name) == (0.125, 9.81 * 0.5, None)


def test_method_and_callable_object():
    spring = Spring(2.0, 3.0)
    assert ac.grad(spring.energy)(0.5) == ac.grad(spring)(0.5) == 2.0 * 0.5 + 3.0 * 9.81


def test_attributes_and_class_constants_are_read_at_every_call(monkeypatch):
    spring = Spring(2.0, 3.0)
    df = ac.grad(spring.energy)
    assert df(0.5) == 2.0 * 0.5 + 3.0 * 9.81
    spring.rate = 4.0
    assert df(0.5) == 4.0 * 0.5 + 3.0 * 9.81
    monkeypatch.setattr(Spring, "gravity", 1.0)
    assert df(0.5) == 4.0 * 0.5 + 3.0


def test_a_method_that_is_replaced_is_compiled_again(monkeypatch):
    spring = Spring(2.0, 3.0)
    df = ac.grad(lambda x: spring.energy(x))
    assert df(0.5) == 2.0 * 0.5 + 3.0 * 9.81
    monkeypatch.setattr(Spring, "energy", lambda self, x: self.rate * x**3)
    assert df(0.5) == pytest.approx(2.0 * 3 * 0.25)


def pushed(particles, k):
    for p in particles:
        p.x += p.v * k
    particles[0].v = particles[1].x
    return sum([p.x * p.v for p in particles])


def test_objects_that_change_are_left_as_they_were():
    particles = [Particle(0.3, 0.4), Particle(0.5, 0.6)]
    gradient, k_bar = ac.grad(pushed, wrt=(0, 1))(particles, 1.3)
    assert [(p.x, p.v) for p in particles] == [(0.3, 0.4), (0.5, 0.6)]
    assert [type(p) for p in gradient] == [Particle, Particle]
    h = 1e-6
    for k, name in ((0, "x"), (0, "v"), (1, "x"), (1, "v")):
        moved = []
        for sign in (1, -1):
            copies = [Particle(p.x, p.v) for p in particles]
            setattr(copies[k], name, getattr(copies[k], name) + sign * h)
            moved.append(pushed(copies, 1.3))
        assert getattr(gradient[k], name) == pytest.approx((moved[0] - moved[1]) / (2 * h), rel=1e-6, abs=1e-8)
    values = [pushed([Particle(0.3, 0.4), Particle(0.5, 0.6)], 1.3 + s) for s in (h, -h)]
    assert k_bar == pytest.approx((values[0] - values[1]) / (2 * h), rel=1e-6)


def test_result_that_is_an_object():
    y, pullback = ac.vjp(lambda x: Particle(x, x * x), 1.5)
    assert (type(y), y.x, y.v) == (Particle, 1.5, 2.25)
    assert pullback(Particle(1.0, 2.0)) == (7.0,)
    assert pullback(Particle(1.0, 2.0)) == (7.0,)
    with pytest.raises(TypeError, match="Particle"):
        pullback(1.0)


def test_dataclass_argument_with_ints():
    def f(s):
        for _ in range(s.steps):
            s.position = s.position * s.speed
        return s.position.sum()

    x = np.array([1.0, 2.0])
    gradient = ac.grad(f)(State(x, 0.5))
    np.testing.assert_allclose(gradient.position, [0.125, 0.125])
    assert gradient.speed == pytest.approx(3 * 0.25 * 3.0)
    assert gradient.steps is None


def test_the_same_object_twice_is_refused_where_it_changes():
    def f(a, b):
        a.x = a.x * 2.0
        return b.x

    p = Particle(1.0, 2.0)
    with pytest.raises(ac.DifferentiationError, match="AC007"):
        ac.grad(f)(p, p)


class Registered:
    made = []

    def __init__(self, x):
        self.x = x
        Registered.made.append(self)


class Partly:
    def __init__(self, x):
        if x > 0.0:
            self.x = x


class Checked:
    def __init__(self, x):
        self.x = x

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


def asks_for_a_new_attribute(x):
    p = Particle(x, x)
    if not hasattr(p, "z"):
        p.z = x
    return p.z


def two_classes(x, n):
    s = 0.0
    for k in range(n):
        p = Particle(x, x) if k == 0 else Spring(x, x)
        s += p.x
    return s


@pytest.mark.parametrize(
    "f",
    [
        lambda x: Registered(x).x,
        lambda x: Partly(x).x,
        lambda x: Checked(x).x,
        asks_for_a_new_attribute,
        lambda x: Particle(x, x) == Particle(x, x),
        lambda x: Particle(x, x).missing(),
        lambda x: Particle(x, x).missing,
    ],
)
def test_what_is_not_exact_is_refused(f):
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(f)(1.0)
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.span.line and diagnostic.help


def test_a_class_without_the_attribute_raises_as_python_does():
    assert ac.grad(two_classes)(1.5, 1) == 1.0
    for go in (two_classes, ac.grad(two_classes)):
        with pytest.raises(AttributeError, match="has no attribute 'x'"):
            go(1.5, 2)
