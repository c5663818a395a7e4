"""Functions with stars, decorated functions and partials as what is differentiated."""

import functools
import math

import numpy as np
import pytest

import adjoint_compiler as ac


def total(x, *w, scale=2.0, **more):
    s = x * scale
    for k, a in enumerate(w):
        s = s + a * (k + 1) * x
    return s * more.get("k", 1.0) + sum(more.values())


WRT = [
    (0, (1.5, 2.0, 3.0), {}, 10.0),
    (-1, (1.5, 2.0, 3.0), {}, 3.0),
    ((0,), (1.5,), {"k": 0.5}, (1.0,)),
    ("w", (1.5, 2.0, 3.0), {}, (1.5, 3.0)),
    ("w", (1.5,), {}, ()),
    (("x", "w", "more"), (1.5, 2.0), {"k": 0.5, "z": 2.0}, (2.0, (0.75,), {"k": 7.0, "z": 1.0})),
    ("k", (1.5,), {"k": 0.5}, 4.0),
    ("scale", (1.5,), {"k": 0.5}, 0.75),
]


@pytest.mark.parametrize(("wrt", "args", "kwargs", "expected"), WRT)
def test_what_wrt_means(wrt, args, kwargs, expected):
    assert ac.grad(total, wrt=wrt)(*args, **kwargs) == expected
    assert ac.value_and_grad(total, wrt=wrt)(*args, **kwargs) == (total(*args, **kwargs), expected)


def test_pullbacks_give_one_adjoint_for_each_positional_argument():
    y, pullback = ac.vjp(total, 1.5, 2.0, 3.0, kwargs={"k": 0.5})
    assert y == total(1.5, 2.0, 3.0, k=0.5) and pullback(1.0) == (5.0, 0.75, 1.5)


@pytest.mark.parametrize("wrt", [1, -2, "z", "w[0]", ("x", 0)])
def test_what_is_no_argument_of_the_call(wrt):
    with pytest.raises(TypeError):
        ac.grad(total, wrt=wrt)(1.5)


def test_source_asks_for_arguments():
    with pytest.raises(ac.DifferentiationError) as refused:
        ac.grad(total).source  # noqa: B018
    assert refused.value.diagnostics[0].code == "AC001" and ".specialize" in refused.value.diagnostics[0].help
    assert ac.grad(total).specialize(1.5, 2.0).source.startswith("def total_grad(x, w_0, scale):")


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return 2.0 * function(*args, **kwargs)

    return wrapper


@counted
def scaled(x, y=3.0):
    return x * x * y


def test_decorated_functions_are_what_the_decorator_made():
    assert ac.grad(scaled)(2.0) == 24.0
    assert ac.grad(scaled, wrt="y")(2.0, 1.0) == ac.grad(scaled, wrt="y")(2.0, y=1.0) == 8.0
    assert ac.grad(ac.grad(scaled))(2.0, 1.0) == 4.0


@counted
def integrate(rate, y, n, *, h=0.1):
    for _ in range(n):
        y = y + h * rate(y)
    return y


def test_functions_passed_through_stars():
    step = 1e-6
    expected = (integrate(math.sin, 0.7 + step, 3) - integrate(math.sin, 0.7 - step, 3)) / (2 * step)
    assert ac.grad(integrate, wrt=1)(math.sin, 0.7, 3) == pytest.approx(expected, rel=1e-8)
    assert ac.grad(integrate, wrt="h")(lambda u: -u, 0.7, 1, h=0.2) == pytest.approx(-1.4)


def test_partials():
    f = functools.partial(lambda a, b, c: a * b * b * c, 2.0)
    assert ac.grad(f)(1.5, 2.0) == 12.0 and ac.grad(f, wrt="c")(1.5, 2.0) == 4.5
    assert ac.vjp(f, 1.5, 2.0)[1](1.0) == (12.0, 4.5)
    assert ac.grad(functools.partial(scaled, y=5.0))(2.0) == 40.0
    assert ac.grad(functools.partial(total, scale=1.0), wrt=1)(1.5, 2.0) == 1.5


class Model:
    def energy(self, *xs):
        return sum([x * x for x in xs])

    @counted
    def force(self, x, y):
        return x * y * y

    gradient = ac.grad(force)


def test_methods():
    m = Model()
    assert ac.grad(m.energy)(1.0, 2.0) == 2.0 and ac.grad(m.energy, wrt="xs")(1.0, 2.0) == (2.0, 4.0)
    assert m.gradient(2.0, 3.0) == 18.0 and ac.grad(m.force, wrt=1)(2.0, 3.0) == 24.0


def test_arrays_that_are_stored_into():
    def fill(*arrays):
        for a in arrays:
            a[0] = a[1] * a[1]

    first, second = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    y, pullback = ac.vjp(fill, first, second)
    np.testing.assert_array_equal(y[1], [16.0, 4.0])
    np.testing.assert_array_equal(pullback((np.ones(2), np.ones(2)))[0], [0.0, 5.0])
    with pytest.raises(ac.DifferentiationError, match="AC007"):
        ac.vjp(fill, first, first)


def test_forward_mode_jacobians_and_products():
    assert ac.jvp(total, (1.5, 2.0, 3.0), (1.0, None, 2.0), kwargs={"k": 0.5})[1] == 8.0
    assert ac.jvp(scaled, (2.0,), (1.0,))[1] == 24.0
    assert ac.jacfwd(total, wrt=1)(1.5, 2.0) == ac.jacrev(total, wrt=1)(1.5, 2.0) == 1.5
    assert ac.jacobian(total, wrt=(0, "k"))(1.5, 2.0, k=0.5) == (2.0, 7.0)
    assert ac.hvp(scaled)(2.0, 1.0, 3.0) == 12.0
    assert ac.hessian(scaled)(2.0, 3.0) == 12.0
    with pytest.raises(TypeError, match="one by one"):
        ac.jacobian(total, wrt="w")(1.5, 2.0)
