"""Derivatives that a program keeps: in lists, dicts and attributes, and functions of them that mean other things by one name."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads


def cube(z):
    return z**3


def appended(x):
    fs = []
    for k in (2, 3):
        fs.append(ac.grad(lambda z, k=k: z**k * x))
    x = x * 2
    return fs[0](1.0) * fs[1](x)  # x is read where they are called: 6 * (2 * x)**4


def written_out(x):
    fs = [ac.grad(lambda z: z**2 * x), ac.grad(cube)]
    named = {"a": ac.hessian(cube)}
    return fs[0](x) * fs[1](x) * named["a"](x)


def in_a_comprehension(x):
    fs = [ac.grad(lambda z, k=k: z**k * x) for k in (2, 3, 4)]
    return sum(f(x) for f in fs)


def of_functions_of_a_helper(x):
    fs = []

    def keep(f):
        fs.append(ac.grad(lambda z: f(z) ** 2))

    keep(np.sin)
    keep(np.cos)
    keep(np.exp)
    s = 0.0
    for k in range(3):
        s = s * x + fs[k](x)
    return s


def under_keys(x):
    fs = {}
    for k in range(3):
        fs[k] = ac.grad(lambda z, k=k, c=x * k: z**2 * c)
    x = x + 1
    return fs[1](x) + fs[2](x)


class Descent:
    def __init__(self, f):
        self.slope = ac.grad(f)

    def step(self, x):
        return x - 0.1 * self.slope(x)


def in_an_attribute(x):
    one, other = Descent(lambda z: z**2 * x), Descent(lambda z: z**3 * x)
    y = x
    for _ in range(3):
        y = other.step(one.step(y))
    x = x * 3
    return one.slope(y) * x


def chosen(x):
    g = ac.grad(lambda z: z**2 * x) if x > 0 else ac.grad(cube)
    for f in (g, ac.hessian(lambda z: z**4)):
        x = x * f(x)
    return x


def pullbacks_of_one_form(x):
    y, first = ac.vjp(lambda x: x**2, x)
    z, second = ac.vjp(lambda x: x**3, 2 * x)
    return ac.jvp(lambda x: first(x)[0] * second(x)[0] * y, (x,), (z,))[1]


def scaled(c):
    s = c * 2

    def g(x):
        return x * s

    return g


def squared(c):
    s = c * c

    def g(x):
        return x * x * s

    return g


def one_name_for_several(x):
    g, h = scaled(x), squared(x * 3)

    def product(s):
        return g(s) * h(s) * s

    return ac.grad(product)(x)


ALL = (appended, written_out, in_a_comprehension, of_functions_of_a_helper, under_keys, in_an_attribute, chosen,
       pullbacks_of_one_form, one_name_for_several)  # fmt: skip


@pytest.mark.parametrize("f", ALL)
def test_derivatives(f):
    check_grads(f, (0.7,), order=2)


def test_values_are_known_in_closed_form():
    assert np.isclose(ac.grad(appended)(1.5), 384 * 1.5**3)
    assert np.isclose(ac.grad(one_name_for_several)(0.5), 2 * 9 * 4 * 6 * 0.5**5)


def kept_by(fs, f, c):
    fs.append(ac.grad(lambda z: f(z) * c))


def made_by_a_helper(x):
    fs = []
    kept_by(fs, np.sin, x)
    kept_by(fs, np.cos, x * x)
    return fs[0](x) * fs[1](x)


def objects_in_a_loop(x):
    objects = []
    for k in range(3):
        objects.append(Descent(lambda z, k=k: z**2 * k * x))
    return objects[0].slope(x)


@pytest.mark.parametrize(
    "f, message", [(made_by_a_helper, "make its derivative where"), (objects_in_a_loop, "made in a loop")]
)
def test_what_could_be_another_one_is_refused(f, message):
    with pytest.raises(ac.DifferentiationError, match=message):
        ac.grad(f)(0.7)


def test_a_name_that_is_given_to_another_variable_is_taken_by_none():
    def f(x):
        k = 2.0 * x

        def a(t):
            return t * k

        def made():
            k = 3.0 * x

            def b(t):
                k_2 = t * 10.0
                return k_2 * k

            return b

        b = made()

        def both(t):
            return a(t) + b(t)

        return ac.grad(both)(x) * x

    assert ac.grad(f)(1.5) == pytest.approx(64.0 * 1.5)
