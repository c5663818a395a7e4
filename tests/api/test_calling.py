"""How derivatives are called: keywords, defaults, functions as arguments, methods."""

import numpy as np
import pytest

import adjoint_compiler as ac


def settings(x, /, y, z=3.0, *, scale=1.0, power=2):
    return scale * x**power * y * z


def test_keywords_and_defaults():
    g = ac.grad(settings)
    assert g(2.0, 5.0) == 60.0
    assert g(2.0, y=5.0) == 60.0
    assert g(2.0, 5.0, scale=2.0) == 120.0
    assert g(2.0, z=1.0, y=1.0, power=3) == 12.0
    assert ac.grad(settings, wrt="z")(2.0, 5.0) == 20.0
    assert ac.grad(settings, wrt=("scale", "x"))(2.0, 5.0) == (60.0, 60.0)


def test_defaults_are_those_of_the_moment():
    def f(x, scale=2.0):
        return x * scale

    g = ac.grad(f)
    assert g(1.0) == 2.0
    f.__defaults__ = (3.0,)
    assert g(1.0) == 3.0


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((1.0,), {}), ((1.0, 2.0, 3.0, 4.0), {}), ((1.0, 2.0), {"spam": 1}), ((1.0, 2.0), {"y": 1.0}),
     ((), {"x": 1.0, "y": 2.0})],
)  # fmt: skip
def test_wrong_calls_raise_what_the_function_raises(args, kwargs):
    with pytest.raises(TypeError) as expected:
        settings(*args, **kwargs)
    with pytest.raises(TypeError) as found:
        ac.grad(settings)(*args, **kwargs)
    assert str(found.value) == str(expected.value)
    with pytest.raises(TypeError) as found:
        ac.vjp(settings, *args, kwargs=kwargs)
    assert str(found.value) == str(expected.value)


def solver(f, x, steps=3):
    for _ in range(steps):
        x = x - f(x) / 2.0
    return x


def test_functions_as_arguments():
    a, b = (lambda x: x * x), (lambda x: 2.0 * x)
    g = ac.grad(solver, wrt="x")
    x = 0.5
    expected = 1.0
    for _ in range(3):
        expected *= 1.0 - x
        x = x - x * x / 2.0
    assert g(a, 0.5) == pytest.approx(expected)
    assert g(b, 0.5) == 0.0
    assert g(a, 0.5) == pytest.approx(expected)
    y, pullback = ac.vjp(solver, a, 0.5)
    assert (
        y == x
        and pullback(1.0)
        == (
            None,
            pytest.approx(expected),
        )[:2]
        or pullback(1.0)[0] is None
    )
    assert pullback(1.0)[1] == pytest.approx(expected)


def test_many_functions_as_arguments_do_not_mix():
    g = ac.grad(lambda f, x: f(x), wrt=1)
    for k in range(30):
        scale = float(k)
        assert g(lambda x, scale=scale: x * scale, 1.0) == scale


def test_library_functions_as_arguments():
    g = ac.grad(lambda f, x: f(x), wrt=1)
    assert g(np.sin, 0.5) == np.cos(0.5)
    assert g(np.exp, 0.5) == np.exp(0.5)


class Oscillator:
    rate = 3.0

    def __init__(self, k, mass):
        self.k, self.mass = k, mass

    @ac.grad
    def energy(self, x, v):
        return 0.5 * self.k * x * x + 0.5 * self.mass * v * v

    @ac.value_and_grad(wrt=("v",))
    def kinetic(self, x, v):
        return 0.5 * self.mass * v * v

    def plain(self, x):
        return self.k * x * x

    @staticmethod
    @ac.grad
    def inner_static(x, y):
        return x * x * y

    @ac.grad
    @staticmethod
    def outer_static(x, y):
        return x * x * y

    @ac.grad
    def with_array(self, x):
        return np.sum(self.mass * x * x)


def test_methods():
    o = Oscillator(2.0, 4.0)
    assert o.energy(3.0, 5.0) == 6.0
    assert o.energy(3.0, v=5.0) == 6.0
    o.k = 10.0
    assert o.energy(3.0, 5.0) == 30.0
    assert Oscillator(1, 2.0).energy(3.0, 5.0) == 3.0
    assert o.kinetic(3.0, 5.0) == (50.0, (20.0,))
    assert Oscillator.energy(o, 3.0, 5.0) == 30.0


def test_array_attributes():
    o = Oscillator(2.0, np.array([1.0, 2.0]))
    np.testing.assert_array_equal(o.with_array(np.ones(2)), [2.0, 4.0])
    o.mass = np.array([3.0, 4.0])
    np.testing.assert_array_equal(o.with_array(np.ones(2)), [6.0, 8.0])
    assert Oscillator(2.0, 5.0).with_array(1.0) == 10.0


def test_bound_methods():
    o = Oscillator(2.0, 4.0)
    g = ac.grad(o.plain)
    assert g(3.0) == 12.0
    o.k = 3.0
    assert g(3.0) == 18.0
    y, pullback = ac.vjp(o.plain, 3.0)
    assert y == 27.0 and pullback(1.0) == (18.0,)
    assert ac.grad(o.plain, wrt="x")(3.0) == 18.0
    assert ac.grad(Oscillator.plain, wrt=1)(o, 3.0) == 18.0


def test_static_methods():
    o = Oscillator(2.0, 4.0)
    for owner in (o, Oscillator):
        assert owner.inner_static(3.0, 5.0) == 30.0
        assert owner.outer_static(3.0, 5.0) == 30.0


def test_bound_derivatives_show_themselves():
    o = Oscillator(2.0, 4.0)
    assert "x_bar" in o.energy.specialize(1.0, 2.0).source
    assert o.energy.__name__ == "energy"
    assert "Oscillator.energy" in repr(o.energy)


def test_what_an_object_cannot_do_is_refused():
    class Odd:
        def __init__(self):
            self.child = self
            self.data = {1.0}

        def loss(self, x):
            return x * len(self.data)

        def unknown(self, x):
            return x * self.nothing

        def stores(self, x):
            self.last = x
            return x * x

    for method in (Odd().unknown, Odd().stores):
        with pytest.raises(ac.DifferentiationError) as caught:
            ac.grad(method)(2.0)
        assert {d.code for d in caught.value.diagnostics} <= {"AC001", "AC019"}


def test_derivatives_of_derivative_methods_share_a_cache():
    o = Oscillator(2.0, 4.0)
    assert o.energy(3.0, 5.0) == 6.0
    assert o.energy == o.energy
    assert o.energy is not Oscillator.energy


@pytest.mark.parametrize("make", [ac.grad, ac.value_and_grad, lambda f, **options: ac.vjp(f, 1.0, **options)])
def test_levels_of_optimization_that_there_are_none_of(make):
    with pytest.raises(ValueError, match="optimize is 0, 1, 2, None, .* not 7"):
        make(lambda x: x * x, optimize=7)
