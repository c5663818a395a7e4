"""Functions that are made anew each time: what was compiled for one serves the next, with what that reads from outside."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.optimize import brentq

import adjoint_compiler as ac
from adjoint_compiler import made_again, specialization

SCALE = 2.0


@pytest.fixture
def compilations(monkeypatch):
    """How many programs were compiled so far."""
    count = []
    original = specialization._compiled

    def counted(*args):
        count.append(args[0].name)
        return original(*args)

    monkeypatch.setattr(specialization, "_compiled", counted)
    return count


def loss(w, target):
    return np.sum((w - target) ** 2)


def test_a_lambda_in_a_loop_is_compiled_once(compilations):
    w = expected = np.ones(3)
    for k in range(6):
        batch, rate = np.full(3, float(k)), 0.1 / (1 + k)
        w = w - ac.grad(lambda w: rate * loss(w, batch))(w)  # noqa: B023
        expected = expected - rate * 2 * (expected - batch)
        np.testing.assert_array_equal(w, expected)
    assert compilations == ["<lambda>"]


def test_gradients_of_one_function_made_again(compilations):
    for _ in range(3):
        assert ac.grad(square)(1.5) == 3.0
        assert ac.grad(ac.grad(square))(1.5) == 2.0
    assert len(compilations) == len(set(compilations)) + 1  # the gradient, and the gradient of it


def square(x):
    return x * x


MODES = {
    "grad": lambda f, x: ac.grad(f)(x),
    "value_and_grad": lambda f, x: ac.value_and_grad(f)(x)[1],
    "vjp": lambda f, x: ac.vjp(f, x)[1](1.0)[0],
    "jvp": lambda f, x: np.array([ac.jvp(f, (x,), (e,))[1] for e in np.eye(len(x))]),
    "jacobian": lambda f, x: ac.jacobian(f)(x),
    "second": lambda f, x: ac.grad(lambda x: ac.grad(f)(x) @ x)(x),
    "hessian": lambda f, x: ac.hessian(f)(x),
}


def of_a_number(c):
    return lambda x: np.sum(c * np.sin(x * c))


def of_containers(c):
    table, pair = {"a": c, "b": [c, 2.0]}, (c, np.array([c, 1.0, 2.0]))
    return lambda x: np.sum(pair[1] * x**2 * table["a"]) * table["b"][0] + pair[0]


def of_a_function(c):
    f = np.sin if c < 1 else np.cos
    return lambda x: np.sum(f(x) * c)


def of_a_nested_function(c):
    def inner(x):
        return c * x**2

    return lambda x: np.sum(inner(x))


def of_what_is_bound_later(c):
    def f(x):
        return np.sum(later * x**2)

    later = c
    return f


def of_a_type_that_changes(c):
    if c > 1:
        c = np.array([c, c, 1.0])
    return lambda x: np.sum(c * x * x)


def of_a_gradient(c):
    def inner(y):
        return np.sum(y**3 * c)

    return lambda x: np.sum(ac.grad(inner)(x) * x)


def of_memory(c):
    held = np.full(3, c)

    def f(x):
        a = held * 1.0
        a[1:] *= x[:-1]
        return np.sum(a * x)

    return f


class Model:
    def __init__(self, c):
        self.c = c
        self.activation = np.sin if c < 1 else np.tanh

    def loss(self, x):
        return np.sum(self.activation(x * self.c))


def of_an_object(c):
    model = Model(c)
    return lambda x: model.loss(x)


def of_a_bound_method(c):
    return Model(c).loss


def of_a_branch(c):
    mode = "fast" if c < 1 else "slow"
    return lambda x: np.sum(x**2) if mode == "fast" else np.sum(c * x**3)


MAKERS = [
    of_a_number, of_containers, of_a_function, of_a_nested_function, of_what_is_bound_later, of_a_type_that_changes,
    of_a_gradient, of_memory, of_an_object, of_a_bound_method, of_a_branch,
]  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("make", MAKERS, ids=lambda m: m.__name__)
def test_each_function_reads_its_own_variables(make, mode):
    x = np.array([0.3, -0.7, 1.1])
    functions = [make(c) for c in (0.5, 2.0, 0.25, 0.5)]
    fresh = []
    for f in functions:  # with nothing kept
        made_again.forget()
        fresh.append(MODES[mode](f, x))
    made_again.forget()
    for f, wanted in zip([*functions, *functions[::-1]], [*fresh, *fresh[::-1]], strict=True):
        np.testing.assert_array_equal(MODES[mode](f, x), wanted)
    assert not np.array_equal(fresh[0], fresh[1])


def stored_into(held, scale, x):
    """The array from outside is stored into; what is read of it is the same at each call."""
    for k in range(4):
        held[k] = scale * x[0, k]
        held[k] *= x[1, k]
    return np.sum(held * x)


# What a variable from outside holds, and a function that reads it.
HELD = {
    "slice": ([slice(0, 2), slice(1, 3), slice(None, None, 2)], lambda s: lambda x: np.sum(x[s] ** 2)),
    "axis": ([0, 1, (0, 1)], lambda a: lambda x: np.sum(np.sum(x**2, axis=a) ** 2)),
    "dtype": ([np.dtype("f8"), np.dtype("f4")], lambda d: lambda x: np.sum(x.astype(d) ** 2)),
    "subscripts": (["ij,ij->", "ij,ik->jk"], lambda s: lambda x: np.sum(np.einsum(s, x, x) ** 2)),
    "indices": (
        [np.array([0, 1]), np.array([2, 2]), np.array([True, False, True])],
        lambda i: lambda x: np.sum(x[i] ** 3),
    ),
    "none": ([None, 2.0], lambda v: lambda x: np.sum(x**2) if v is None else np.sum(v * x**3)),
    "int": ([2, 3, 0], lambda n: lambda x: np.sum(x**n) + sum(x[k, 0] for k in range(n))),
    "tuple": ([(4, 3), (2, 6), (12, 1)], lambda t: lambda x: np.sum(np.reshape(x, t)[0] ** 2)),
    "functions": ([(np.sin, np.cos), (np.exp, np.sin)], lambda fs: lambda x: np.sum(fs[0](x) * fs[1](x))),
    "dict": ([{"f": np.sin, "k": 1.0}, {"f": np.exp, "k": 2.0}], lambda d: lambda x: np.sum(d["f"](x) * d["k"])),
    "arrays": ([[np.ones(4)], [np.ones(4), np.arange(4.0)]], lambda ws: lambda x: sum(np.sum(x * w) for w in ws)),
    "text": (["a", "bcd"], lambda s: lambda x: np.sum(x) * len(s)),
    "default": ([1.0, 2.0], lambda c: lambda x, k=c: np.sum(x * k)),
    "partial": ([partial(np.multiply, c) for c in (1.0, 2.0)], lambda p: lambda x: np.sum(p(x) * x)),
    "solver": ([1.0, 2.0], lambda c: lambda x: brentq(lambda t: t**3 - c * x[1, 1], 0.0, 9.0)),
    "tangent": ([1.0, 2.0], lambda c: lambda x: ac.jvp(lambda y: np.sum(c * y**3), (x,), (x,))[1]),
    "gradient": ([1.0, 2.0], lambda c: lambda x: np.sum(ac.grad(lambda y: np.sum(c * y**3))(x) * x)),
    "memory": ([(np.ones(4), 1.0), (np.ones(4), 2.0)], lambda pair: lambda x: stored_into(*pair, x)),
}


def closures(what):
    values, make = HELD[what]
    return [make(v) for v in values]


@pytest.mark.parametrize("mode", ["grad", "vjp"])
@pytest.mark.parametrize("what", HELD)
def test_what_variables_from_outside_hold(what, mode):
    x = np.arange(12.0).reshape(3, 4) * 0.3 + 0.1
    functions = closures(what)
    fresh = []
    for f in functions:
        made_again.forget()
        fresh.append(MODES[mode](f, x))
    made_again.forget()
    again = [*functions, *functions[::-1], *closures(what)]
    for f, wanted in zip(again, [*fresh, *fresh[::-1], *fresh], strict=True):
        np.testing.assert_array_equal(MODES[mode](f, x), wanted)
    assert not np.array_equal(fresh[0], fresh[1])


def test_what_is_bound_to_something_else_meanwhile():
    def make(c):
        def f(x):
            return c * x * SCALE

        def change(value):
            nonlocal c
            c = value

        return f, change

    first, change = make(2.0)
    second, _ = make(3.0)
    of_first, of_second = ac.grad(first), ac.grad(second)
    assert (of_first(1.0), of_second(1.0)) == (4.0, 6.0)
    change(5.0)
    assert (of_first(1.0), of_second(1.0)) == (10.0, 6.0)
    change(np.array([1.0, 2.0]))
    with pytest.raises((TypeError, ac.DifferentiationError)):
        of_first(1.0)
    assert of_second(1.0) == 6.0


def test_nothing_is_read_before_it_is_bound():
    def make(bind):
        def f(x):
            return c * x

        if bind:
            c = 2.0
        return f

    assert ac.grad(make(True))(1.0) == 2.0
    with pytest.raises((NameError, ac.DifferentiationError)):
        ac.grad(make(False))(1.0)
