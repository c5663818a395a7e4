"""Gradients that are differentiated by a rule of theirs: what they were given and what they gave is changed afterwards."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

X = np.array([0.7, 0.9, 1.2])


def by_recursion(v):
    if len(v) == 1:
        return v[0] ** 3
    return v[0] ** 2 * by_recursion(v[1:]) + v[0]


def power(x, n):
    if n == 0:
        return x * 0 + 1.0
    half = power(x, n // 2)
    return half * half * x if n % 2 else half * half


def recursion_in_a_loop(x):
    s = 0.0
    for k in range(len(x)):
        s = s + power(x[k], 3) * x[0]
    return s


def by_lists(x):
    items = [x[0] * x[1], x[2]]
    items.append(items[0] * items[1])
    items[0] = items[2] * x[2]
    nested = [[items[0], items[1]], [items[2]]]
    nested[0].append(nested[1][0] ** 2)
    return sum(nested[0]) + sum(a * a for a in items)


def changed_afterwards(f):
    def outer(x):
        u = x * 1.5
        g = ac.grad(f)(u)
        u *= 3.0
        u[0] = 0.3
        v = g * 1.0
        g *= 2.0
        return (g * u).sum() + (v * v).sum()

    return outer


def descent(f):
    def outer(x):
        u, s = x.copy(), 0.0
        for k in range(3):
            u -= 0.1 * ac.grad(f)(u)
            s = s + u[k] * u[0]
        return s

    return outer


def views_of_what_moves(f):
    def outer(x):
        u, seen = x.copy(), []
        for _ in range(2):
            seen.append(u[:])
            u[:] = u - 0.05 * ac.grad(f)(u)
        return (seen[0] * seen[1]).sum() + (u * u).sum()

    return outer


@pytest.mark.parametrize(
    "f", sampled([descent(by_lists), changed_afterwards(by_recursion), views_of_what_moves(recursion_in_a_loop)], 3)
)
def test_gradient(f) -> None:
    ac.testing.check_grads(f, (X,), order=1, modes=("reverse",))
