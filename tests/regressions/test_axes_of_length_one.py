"""Reductions that keep their axes, and other arrays with axes of length one: what they repeat in sums."""

import ast
import re

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check

RNG = np.random.default_rng(0)
A = RNG.uniform(0.5, 1.5, (3, 4))
V = RNG.uniform(0.5, 1.5, 3)
T = RNG.uniform(0.5, 1.5, (2, 3, 4))


def softmax(a):
    e = np.exp(a - a.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return np.sum(p * p)


def layer(a, g, b):
    m = a.mean(axis=-1, keepdims=True)
    s = a.var(axis=-1, keepdims=True)
    return np.sum(((a - m) / np.sqrt(s + 1e-3) * g + b) ** 3)


def column(a, v):
    c = v[:, None]
    d = c * a
    return np.sum(d * d + c)


def row(a, v):
    c = v[None, :3]
    return np.sum((a.T * c) ** 2)


def in_place(a):
    b = a.copy()
    b -= b.mean(axis=0, keepdims=True)
    b[1:] *= b[:1]
    return np.sum(b**3)


def carried(a):
    s = a.sum(axis=1, keepdims=True)
    for k in range(3):
        s = s * a.max(axis=1, keepdims=True) + a.sum(axis=1, keepdims=True)
    a = a / s
    return np.sum(a * s)


def part_of_length_one(a):
    b = a[:, :1]
    s = b.sum(axis=1, keepdims=True)
    return np.sum(b * s * a)


def two_kinds(t):
    s = t.sum(axis=1, keepdims=True)
    m = t.mean(axis=(0, 2), keepdims=True)
    return np.sum(t * s * m)


def branch(a, n):
    s = a.sum(axis=1, keepdims=True)
    if n > 2:
        s = a[:, :1]
    return np.sum(np.exp(-s) * a)


def certainly_none(a, v):
    s = v[:, None] + np.zeros((1, 1))
    return np.sum(a * s - a / s)


def signs(a):
    s = -a.sum(axis=1, keepdims=True)
    return np.sum(-(a / s) * s * a)


def view(a):
    s = a.sum(axis=0, keepdims=True)
    w = s[0]
    w *= 2.0
    return np.sum(a * s)


def transposed_view(a):
    s = a.sum(axis=0, keepdims=True)
    u = s.T
    u[1] = 5.0 * u[0]
    return np.sum(a * s) + np.sum(u * u)


def chosen(a):
    s = a.mean(axis=1, keepdims=True)
    return np.sum(np.where(a > s, a * s, s / a))


def of_nothing(a):
    s = a[:0].sum(axis=0, keepdims=True) + 1.0
    return np.sum(a * s)


def complex_numbers(a):
    z = a * (1 + 2j)
    s = z.sum(axis=1, keepdims=True)
    return np.sum(np.abs(z * s))


def kept_at_times(a, keep):
    s = a.sum(axis=1, keepdims=keep)
    return np.sum((s * a[:, 0]) ** 2 * a)


CASES = [
    (kept_at_times, A[:, :3].copy(), True), (kept_at_times, A[:, :3].copy(), False),
    (softmax, A), (layer, A, np.ones(4), np.zeros(4)), (column, A, V), (row, A, V), (in_place, A), (carried, A),
    (part_of_length_one, A), (two_kinds, T), (branch, A, 1), (branch, A, 3), (certainly_none, A, V), (signs, A), (view, A),
    (transposed_view, A), (chosen, A), (of_nothing, A), (complex_numbers, A),
    (softmax, A[:, :1].copy()), (carried, A[:1]), (column, A[:, :1].copy(), V), (certainly_none, A[:1], V[:1]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].__name__}{case[1].shape}")
def test_gradients(case):
    check(case[0], *case[1:])


def test_shapes_that_are_known_are_not_asked_for():
    text = ast.unparse(ast.parse(ac.grad(softmax).specialize(A).source))  # without comments
    assert not re.search(r"unbroadcast|spread", text)
    assert text.count("keepdims=True") == 4
