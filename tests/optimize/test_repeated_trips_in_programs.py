"""Chosen trips in nasty programs: memory that changes before and after, aliases, helpers, recursion, counters that are rebound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.array([0.3, -1.2, 0.7, 2.1, -0.4])


def overwritten_around(x):
    y = x * x
    y[1] = y[0] * 3.0
    best = y[0]
    for k in range(1, len(y)):
        if y[k] > best:
            best = y[k]
    y[:] = best * y
    y[3] = best
    return y.sum() * best


def alias_of_what_is_chosen(x):
    a = x * 1.0
    rows = a.reshape(5, 1)
    best, m = rows[0], -9.0
    for k in range(5):
        if a[k] > m:
            m = a[k]
            best = rows[k]
    a[3] = a[0] * m
    best[0] = best[0] * 2.0
    return (a * a).sum() + m


def counter_rebound(x):
    best = -9.0
    for k in range(4):
        k = k + 1
        if x[k] > best:
            best = x[k]
    return best * best


def counter_rebound_after(x):
    best = -9.0
    for k in range(4):
        y = x[k] * x[k]
        k = k + 1
        if y > best:
            best = y + k
    return best * best


def helper(x, k):
    t = x[k] * 2.0
    if k > 2:
        return t * t
    return t


def through_a_helper(x):
    best = -9.0
    for k in range(5):
        y = helper(x, k)
        if y > best:
            best = y
    return best * x[0]


def mutating_helper(x, k, log):
    log[k] = x[k]
    return x[k] * x[k]


def helper_that_mutates(x):
    log = np.zeros(5)
    best = -9.0
    for k in range(5):
        y = mutating_helper(x, k, log)
        if y > best:
            best = y
    return best + (log * log).sum()


def deepest(x, n):
    best = -9.0
    for k in range(n):
        if x[k] > best:
            best = x[k]
    if n > 2:
        return best * deepest(x, n - 1)
    return best


def recursive(x):
    return deepest(x, 5)


def in_a_while(x):
    y = x * 1.0
    s, n = 0.0, 0
    while n < 3:
        best = y[0]
        for k in range(len(y)):
            if y[k] * y[k] > best:
                best = y[k] * y[k]
        y = y / best
        s += best
        n += 1
    return s * y[1]


def items(x):
    rows = [x[:2], x[2:4], x[3:] * 2.0]
    best, m = rows[0], -9.0
    for r in rows:
        t = np.sum(r * r)
        if t > m:
            m = t
            best = r
    rows[1] = best * m
    return np.sum(rows[1]) + m * best[0]


def used_in_an_array(x):
    out = np.zeros(3)
    for i in range(3):
        best = -9.0
        for k in range(i, 5):
            if x[k] > best:
                best = x[k]
        out[i] = best
        x = x * 0.9
    return (out * out).sum()


def chosen_by_absolute(x):
    m = 0.0
    for v in x:
        if abs(v) > abs(m):
            m = v
    return m**3


def enumerate_zip(x):
    m, at = 0.0, -1
    for k, (a, b) in enumerate(zip(x, x[1:] * np.arange(1.0, 5.0))):
        if a * b < m:
            m = a * b
            at = k
    return m * x[at]


def flag_and_value(x):
    found, value = False, 0.0
    for k in range(5):
        if not found and x[k] > 0.5:
            found = True
            value = x[k] * x[k]
    return value if found else x[0]


def first_or_break(x):
    value = 0.0
    for k in range(5):
        if x[k] > 0.5:
            value = x[k] * x[k]
            break
    return value


REPEATED = (
    overwritten_around, alias_of_what_is_chosen, counter_rebound, counter_rebound_after, through_a_helper, recursive,
    in_a_while, items, chosen_by_absolute, enumerate_zip, flag_and_value,
)  # fmt: skip
KEPT = (helper_that_mutates, used_in_an_array, first_or_break)


@pytest.mark.parametrize("f", [*REPEATED, *KEPT], ids=lambda f: f.__name__)
def test_derivatives(f: Callable[..., Any]) -> None:
    check_grads(f, (X,), order=1)
    value, g = ac.value_and_grad(f)(X)
    assert value == f(X)
    y, pullback = ac.vjp(f, X)
    assert y == value
    np.testing.assert_allclose(pullback(1.0)[0], g, rtol=1e-13)
    np.testing.assert_allclose(ac.grad(f, optimize="-repeat_selected_trips")(X), g, rtol=1e-13)
    assert ("last" in ac.grad(f).specialize(X).source) == (f in REPEATED)
