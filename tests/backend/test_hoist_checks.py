"""Checks of indices are made before loops, and raise where the program does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac

pytest.importorskip("numba")
X, Y = np.array([0.5, 1.5, -2.0, 0.25]), np.array([2.0, -1.0, 0.5, 3.0])


def product(x, y):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i]
    return s


def ahead(x, y):
    s = 0.0
    for i in range(len(x)):
        j = i + 2
        s += x[i] * y[j - 2] + x[i] * y[i - 1]
    return s


def mirrored(x, y):
    s, n = 0.0, len(x) - 1
    for i in range(len(x)):
        s += x[i] * y[n - i]
    return s


def one_place(x, y):
    s = 0.0
    for k in range(2, 6):
        for i in range(len(x)):
            s += x[i] * y[k - 2] + y[2]
    return s


def two_apart(x, y):
    s = 0.0
    for i in range(0, 4, 2):
        s += x[i + 1] * y[i]
    return s


def from_the_end(x, y):
    s = 0.0
    for i in range(len(x) - 1, -1, -1):
        s += x[i] * y[i - len(x)]
    return s


CASES = (product, ahead, mirrored, one_place, two_apart, from_the_end)


@pytest.mark.parametrize("f", CASES)
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 7])
def test_as_without_compiling(f: Callable[..., Any], size: int) -> None:
    y = np.resize(Y, size)
    compiled = ac.grad(f, wrt=(0, 1), backend="numba")
    try:
        f(X, y)
    except IndexError:
        with pytest.raises(IndexError):
            compiled(X, y)
    else:
        for a, b in zip(compiled(X, y), ac.grad(f, wrt=(0, 1))(X, y), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-14)


@pytest.mark.parametrize("f", (product, mirrored, two_apart))
def test_before_the_loop(f: Callable[..., Any]) -> None:
    source = ac.grad(f, backend="numba").specialize(X, Y).source
    assert "check_span" in source
    assert "check_index" not in source


def left_early(x, y):
    s = 0.0
    for i in range(len(x)):
        if i == len(y):
            break
        s += x[i] * y[i]
    return s


def other_exceptions(x, y):
    s = 0.0
    for i in range(len(x)):
        if i >= len(y):
            raise ValueError("too short")
        s += x[i] * y[i]
    return s


def guarded(x, y):
    s = 0.0
    for i in range(len(x)):
        if i < len(y):
            s += x[i] * y[i]
    return s


def test_what_a_trip_may_not_reach() -> None:
    short = Y[:2]
    for f in (left_early, guarded):
        np.testing.assert_allclose(ac.grad(f, backend="numba")(X, short), ac.grad(f)(X, short), rtol=1e-14)
    with pytest.raises(ValueError, match="too short"):
        ac.grad(other_exceptions, backend="numba")(X, short)


def test_no_trips() -> None:
    empty = np.zeros(0)
    assert ac.grad(product, backend="numba")(empty, empty).shape == (0,)
    assert ac.grad(one_place, backend="numba")(empty, Y).shape == (0,)
