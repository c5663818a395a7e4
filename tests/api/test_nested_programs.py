"""Twenty programs that take derivatives in loops, branches, helpers and containers, in both modes to second order."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import ALL, sampled

X = np.array([0.7, 1.1, 0.4])


def energy(q, k):
    return 0.5 * k * (q * q).sum() + (q**4).sum()


def grad_in_a_loop_over_what_changes(x):
    s = x * 1.0
    for i in range(3):
        t = s[i] * s[0]
        s = s - 0.1 * ac.grad(lambda y: (y * y * t).sum() + math.sin(t))(s)  # noqa: B023
    return s


def jvp_along_what_is_active(x):
    v = np.sin(x)
    for _ in range(2):
        _, v = ac.jvp(lambda y: y * y * x[0], (x * v[1],), (v,))  # noqa: B023
    return v


def hvp_in_a_while(x):
    v, trips = x * 1.0, 0
    while v[0] < 40.0 and trips < 4:
        v = ac.hvp(energy)(x, v, 1.5) * 0.5
        trips += 1
    return v * x[1]


def stored(a, w):
    a[1:] = a[:-1] * w[1:]
    a[0] *= a[2]
    return (a * w).sum()


def gradient_of_what_stores(x):
    out = np.zeros((2, 3))
    for i in range(2):
        w = x * (i + 1)
        out[i] = ac.grad(stored)(np.cos(x), w)
        out[i, 0] = out[i, 1] * out[i - 1, 2]
    return out


def gradient_of_a_gradient_of_a_tangent(x):
    def inner(z, y):
        return ac.jvp(lambda u: u**3 * y, (z,), (y * x[0],))[1]

    def middle(y):
        return ac.grad(inner)(y * x[1], y)

    return ac.grad(middle)(x[2]) * x


def gradient_by_a_list(x):
    def loss(parts):
        parts[0][1] = parts[1][0] * parts[0][2]
        return (parts[0] * parts[1]).sum() * parts[2]

    g = ac.grad(loss)([x * 2.0, np.sin(x), x[0]])
    return g[0] * g[2] + g[1]


def gradient_by_a_dict(x):
    def loss(p):
        p["c"] = (p["a"][0] + p["b"][1]) * p["c"]
        return p["c"] * p["a"][1]

    g = ac.grad(loss)({"a": x[:2], "b": x[1:].copy(), "c": x[0] * x[2]})
    return g["a"] * g["c"] + g["b"]


@dataclasses.dataclass
class Spring:
    length: np.ndarray
    stiffness: float


def stretch(s):
    return s.stiffness * ((s.length - 1.0) ** 2).sum() * s.length[0]


def gradient_by_an_object(x):
    g = ac.grad(stretch)(Spring(x * x, x[1]))
    return g.length * g.stiffness


@ac.custom_vjp
def smooth(x, k):
    return np.tanh(k * x)


smooth.defvjp(
    lambda x, k: (np.tanh(k * x), (x, k)),
    lambda r, g: (g * r[1] / np.cosh(r[1] * r[0]) ** 2, (g * r[0] / np.cosh(r[1] * r[0]) ** 2).sum()),
)


def custom_rules_in_nested_gradients(x):
    s = x
    for i in range(2):
        s = ac.grad(lambda y: (smooth(y, x[1]) * y).sum() * x[i])(s)  # noqa: B023
    return s


def gradient_under_a_branch(x):
    d = ac.grad(lambda y: (y**3).sum())(x) if x[0] > 0.5 else ac.grad(lambda y: (y**2).sum())(x)
    if d[1] > 1.0:
        return d * ac.grad(lambda y: (y * d * x).sum())(d)
    return d


def fill(table, x, i):
    table[i] = ac.grad(energy)(x, x[i]) * table[i - 1]
    return table[i].sum()


def gradients_in_a_helper_that_stores(x):
    table = np.ones((3, 3))
    s = 0.0
    for i in range(3):
        s += fill(table, x * (s + 1.0) * 0.3, i)
    return table[2] * s


def descent_in_place(x):
    w = np.zeros(3)
    for _ in range(4):
        w -= 0.2 * ac.grad(lambda u: ((u - x) ** 2).sum() + (u * x).prod())(w)
        w[0] = w[1] * x[2]
    return w


def power(x, n):
    return 1.0 if n == 0 else x * power(x, n - 1)


def gradient_of_what_is_recursive(x):
    return ac.grad(lambda y: power(y * x[1], 3))(x[0]) * x


def value_and_gradient_unpacked(x):
    total = 0.0
    for k in range(3):
        v, g = ac.value_and_grad(energy)(x * (total + 1.0) * 0.2, float(k))
        total = total + v * g[k]
    return total


def views_of_what_is_differentiated(x):
    a = np.outer(x, x)
    row = a[1]
    row += ac.grad(lambda y: (y * a[0]).sum() * y[2])(row)
    a[:, 0] = ac.grad(energy)(a[2], row[0])
    return a.sum(axis=0)


def breaks_and_jumps(x):
    y = x * 1.0
    for i in range(5):
        g = ac.grad(energy)(y, x[0])
        if i == 1:
            continue
        if (g * g).sum() < 0.3:
            break
        y = y - 0.05 * g
    return y


def two_variables_at_once(x):
    a, b = ac.grad(lambda u, v: (u * v * v).sum() * x[0], wrt=(0, 1))(x * 2.0, np.cos(x))
    return a * b


def tangent_of_a_gradient(x):
    return ac.jvp(ac.grad(energy), (x, x[0]), (np.sin(x), x[1]))[1]


def gradient_of_a_loop_of_gradients(x):
    def inner(y):
        s = y
        for i in range(3):
            s = s + 0.1 * ac.grad(lambda z: z**3 * x[i] * y)(s)  # noqa: B023
        return s

    return ac.grad(inner)(x[1]) * x


def whole_numbers_and_views(x):
    order = np.argsort(x)
    g = ac.grad(lambda y: (y[order] * y[::-1]).sum() * y[order[0]])(x)
    return g[order] * x


PROGRAMS = [
    grad_in_a_loop_over_what_changes, jvp_along_what_is_active, hvp_in_a_while, gradient_of_what_stores,
    gradient_of_a_gradient_of_a_tangent, gradient_by_a_list, gradient_by_a_dict, gradient_by_an_object,
    custom_rules_in_nested_gradients, gradient_under_a_branch, gradients_in_a_helper_that_stores, descent_in_place,
    gradient_of_what_is_recursive, value_and_gradient_unpacked, views_of_what_is_differentiated, breaks_and_jumps,
    two_variables_at_once, tangent_of_a_gradient, gradient_of_a_loop_of_gradients, whole_numbers_and_views,
]  # fmt: skip


SLOW = (  # whose pairs of pairs take long to compile
    gradient_of_what_is_recursive, hvp_in_a_while, gradient_by_a_list, breaks_and_jumps, gradient_by_an_object,
    gradient_of_a_gradient_of_a_tangent, descent_in_place, gradient_by_a_dict, gradient_of_what_stores,
    gradient_of_a_loop_of_gradients, value_and_gradient_unpacked, gradients_in_a_helper_that_stores,
)  # fmt: skip


@pytest.mark.parametrize("f", sampled(PROGRAMS, 5), ids=lambda f: f.__name__)
def test_against_differences(f):
    modes = ("reverse",) if f is custom_rules_in_nested_gradients else ("forward", "reverse")
    order = 1 if f in SLOW and not ALL else 2
    ac.testing.check_grads(f, (X,), order=order, modes=modes)
