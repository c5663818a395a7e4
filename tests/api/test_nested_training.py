"""Gradient steps inside of functions that are differentiated, on parameters in containers, and derivatives of functions that call kept ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import brentq

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

W = 0.3 * np.ones((2, 2)) + 0.5 * np.eye(2)


@dataclass
class Parameters:
    w: np.ndarray
    b: float


def by_items(p):
    def loss(q):
        return np.sum((q["w"] @ p["w"]) ** 2) * q["b"]

    g = ac.grad(loss)(p)
    return loss({k: p[k] - 0.1 * g[k] for k in p})


def nested_containers(p):
    def loss(q):
        return np.sum((q["a"]["w"] @ p["a"]["w"]) ** 2) * q["b"][0] * q["b"][1]

    g = ac.grad(loss)(p)
    return loss({"a": {"w": p["a"]["w"] - 0.1 * g["a"]["w"]}, "b": [p["b"][0] - g["b"][0], p["b"][1] - g["b"][1]]})


def lists(p):
    def loss(q):
        return np.sum((q[0] @ p[0]) ** 2) * q[1]

    g = ac.grad(loss)(p)
    return loss([a - 0.1 * b for a, b in zip(p, g)])


def tuples(p):
    def loss(q):
        return np.sum((q[0] @ p[0]) ** 2) * q[1]

    g = ac.grad(loss)(p)
    return loss((p[0] - 0.1 * g[0], p[1] - 0.1 * g[1]))


def objects(p):
    def loss(q):
        return np.sum((q.w @ p.w) ** 2) * q.b

    g = ac.grad(loss)(p)
    return loss(Parameters(p.w - 0.1 * g.w, p.b - 0.1 * g.b))


def steps_on_a_dict(p):
    def loss(q):
        return np.sum((q["w"] @ q["w"]) ** 2) * q["b"]

    for _ in range(2):
        g = ac.grad(loss)(p)
        p = {k: p[k] - 0.1 * g[k] for k in p}
    for k in g:
        p[k] = p[k] * 1.5
    return loss(p)


def steps_on_a_list(p):
    def loss(ws):
        h = np.array([0.3, 0.2])
        for w in ws:
            h = np.tanh(w @ h)
        return h.sum()

    for _ in range(2):
        g = ac.grad(loss)(p)
        p = [w - 0.1 * d for w, d in zip(p, g)]
    return loss(p)


CASES = (
    (by_items, {"w": W, "b": 0.7}), (nested_containers, {"a": {"w": W}, "b": [0.7, 0.3]}), (lists, [W, 0.7]), (tuples, (W, 0.7)),
    (objects, Parameters(W, 0.7)), (steps_on_a_dict, {"w": 0.3 * W, "b": 0.7}), (steps_on_a_list, [W, 0.5 * W, 0.3 * W.T]),
)  # fmt: skip


@pytest.mark.parametrize("f, p", CASES, ids=[f.__name__ for f, _ in CASES])
def test_gradient_steps(f, p):
    check_grads(f, (p,), order=1 if f in (nested_containers, steps_on_a_list) else 2)


class Model:
    def __init__(self, w):
        self.w, self.history = w, []

    def loss(self, z):
        return np.sum((self.w * z) ** 2)

    def step(self, z):
        g = ac.grad(lambda u: self.loss(u))(z)
        self.history.append(g)
        self.w = self.w * 0.9
        return z - 0.1 * g


def with_a_history(x):
    model, z = Model(x), 2 * x
    for _ in range(3):
        z = model.step(z)
    return z + model.history[0] * model.history[-1]


def test_an_object_that_remembers():
    check_grads(with_a_history, (np.array([0.3, 0.4]),), order=1)


def calls_a_derivative(x):  # f4 is made with another x than the one that f5 is called with
    f4 = ac.grad(lambda t: t**3 * x)
    f5 = ac.grad(lambda x: f4(x) * x)
    f6 = ac.grad(lambda x: f5(x) * x)
    return f6(x)


def with_a_default(x):
    f4 = ac.value_and_grad(lambda t, k=x: t**3 * k)
    return ac.jvp(lambda x: f4(x)[1] * f4(x, 2.0)[0], (x,), (x,))[1]


def by_a_nested_function(x):
    slope = ac.grad(lambda z: z**3 * x)

    def h(x):
        return slope(x) * x

    return ac.grad(lambda x: h(x) + slope(2 * x))(x) * ac.jvp(h, (x,), (x,))[1]


def root(x):
    slope = ac.grad(lambda z: z**3 / 3 + z - x)
    return brentq(lambda z: slope(z) - 2.0 - x, 0.0, 5.0)


@pytest.mark.parametrize("f", (calls_a_derivative, with_a_default, by_a_nested_function))
def test_functions_that_call_derivatives_of_others(f):
    check_grads(f, (0.7,), order=2)


def test_values_are_known_in_closed_form():
    assert np.isclose(ac.grad(calls_a_derivative)(2.0), 81 * 4.0)
    assert np.isclose(ac.grad(root)(0.7), 0.5 / np.sqrt(1.7))


def of_functions_in_a_list(x):
    fs = []
    fs.append(ac.grad(lambda t: t**3 * x))
    return ac.grad(lambda x: fs[0](x) * x)(x)


def of_a_product(x):
    product = ac.hvp(lambda z: z**4 * x)
    return ac.grad(lambda x: product(x, x))(x)


@pytest.mark.parametrize("f, message", [(of_functions_in_a_list, "holds functions"), (of_a_product, "make it inside")])
def test_refused(f, message):
    with pytest.raises(ac.DifferentiationError, match=message):
        ac.grad(f)(0.7)
