"""Loops that look for something: the trip that was chosen is run again, in place of a reverse loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.array([0.3, -1.2, 0.7, 2.1, -0.4])
P = np.array([[0.1, 0.8], [1.3, -0.2], [-0.6, 0.4]])


def nearest_centre(c, p):
    total = 0.0
    for i in range(len(p)):
        nearest = np.inf
        for j in range(len(c)):
            d = 0.0
            for a in range(2):
                d += (c[j, a] - p[i, a]) ** 2
            if d < nearest:
                nearest = d
        total += np.sqrt(nearest)
    return total


def largest_and_smallest(x):
    low, high = x[0], x[0]
    for k in range(1, len(x)):
        y = np.sin(x[k]) * x[k]
        if y < low:
            low = y
        elif y > high:
            high = y
    return high * high - low


def closest_pair(p):
    best = 1e9
    for i in range(len(p)):
        for j in range(i):
            d = (p[i, 0] - p[j, 0]) ** 2 + (p[i, 1] - p[j, 1]) ** 2
            if d < best:
                best = d
    return np.log(best)


def counted_beside(x):
    best, k = -10.0, 0
    for _ in range(4):
        y = x[k] * x[k + 1]
        k += 1
        if y > best:
            best = y
    return best * k


def counted_first(x):
    best, k = -10.0, 0
    for _ in range(4):
        k += 1
        y = x[k] * k
        if y > best:
            best = y
    return best


def counted_twice(x):
    best, k = -10.0, 0
    for _ in range(2):
        k += 1
        y = x[k] * k
        k += 1
        if y > best:
            best = y
    return best


def part_that_is_stored_into(p):
    best, largest = p[0].copy(), -1e9
    for j in range(len(p)):
        s = p[j, 0] * p[j, 1]
        if s > largest:
            best = p[j] * 2.0
            largest = s
    best[0] *= 3.0
    return best.sum() * largest


def view_that_is_stored_into(p):
    q = p * 1.0
    best, largest = q[0], -1e9
    for j in range(len(q)):
        if q[j, 0] > largest:
            best = q[j]
            largest = q[j, 0]
    best[1] = best[0] * largest
    return (q * q).sum()


def rebound_afterwards(x):
    best = 0.0
    for k in range(len(x)):
        t = x[k] * x[k]
        if t > best:
            best = t
            t = 0.0
        t = t + 1.0
    return best


def first_of_all(x):
    for k in range(len(x)):
        if k == 0 or x[k] > best:  # noqa: F821  (bound in the first trip)
            best = x[k]
    return best**3


def none_is_chosen(x):
    best = x[0] * 2.0
    for k in range(len(x)):
        if x[k] > 100.0:
            best = x[k]
    return best


def no_trips(x):
    best = x[1]
    for k in range(1, 1):
        if x[k] > best:
            best = x[k]
    return best


def with_checks(x):
    best = -1e9
    for k in range(len(x)):
        assert x[k] < 50.0, "too large"
        y = x[k] ** 3
        if y > best:
            best = y
    return best


def two_at_once(x):
    best, at, beside = -1e9, 0, 0.0
    for k in range(1, len(x)):
        if x[k] * x[k - 1] > best:
            best = x[k] * x[k - 1]
            at = k
            beside = np.exp(x[k - 1])
    return best * x[at] + beside


def otherwise(x):
    best = x[0]
    for k in range(1, len(x)):
        if x[k] <= best:
            pass
        else:
            best = x[k]
    return best * best


def deeper(x, valid):
    best = -1e9
    for k in range(len(x)):
        if valid[k]:
            y = x[k] * 2.0
            if y > best:
                best = y
    return best * best


def random_search(x):
    rng = np.random.default_rng(3)
    best, at = -1e9, 0.0
    for _ in range(5):
        s = rng.uniform(0.0, 1.0)
        if np.sin(7.0 * s) > best:
            best = np.sin(7.0 * s)
            at = s
    return at * x[0] ** 2


# what depends on the trips before the chosen one in another way, or does something else, stays as it is
def largest_two(x):
    first, second = -1e9, -1e9
    for k in range(len(x)):
        if x[k] > first:
            second = first
            first = x[k]
    return first * second


def running_sum(x):
    best, s = -1e9, 0.0
    for k in range(len(x)):
        s += x[k]
        if s > best:
            best = s
    return best * best


def summed_meanwhile(x):
    best, total = -1e9, 0.0
    for k in range(len(x)):
        if x[k] > best:
            best = x[k]
        total += best
    return total


def stored_meanwhile(x):
    best, y = -1e9, np.zeros(5)
    for k in range(len(x)):
        y[k] = x[k] ** 2
        if y[k] > best:
            best = y[k]
        y[k] = 0.0
    return best + y.sum()


def left_early(x):
    best = -1e9
    for k in range(len(x)):
        if x[k] > best:
            best = x[k] * 1.5
        if best > 0.5:
            break
    return best


def read_afterwards(x):
    best = -1e9
    y = 0.0
    for k in range(len(x)):
        y = x[k] * x[k]
        if y > best:
            best = y
    return best * y


def backwards(x):
    best = -1e9
    for k in range(4, -1, -1):
        if x[k] > best:
            best = x[k]
    return best * best


TWICE = (nearest_centre, part_that_is_stored_into, two_at_once, random_search)
VALID = np.array([True, False, True, False, True])
REPEATED: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (nearest_centre, (P[:2] + 0.05, P)), (largest_and_smallest, (X,)), (closest_pair, (P,)),
    (counted_first, (X,)), (part_that_is_stored_into, (P,)), (view_that_is_stored_into, (P,)), (rebound_afterwards, (X,)),
    (none_is_chosen, (X,)), (no_trips, (X,)), (with_checks, (X,)), (two_at_once, (X,)), (otherwise, (X,)),
    (deeper, (X, VALID)),
]  # fmt: skip
KEPT: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (counted_beside, (X,)), (counted_twice, (X,)), (random_search, (X,)), (largest_two, (X,)), (running_sum, (X,)), (summed_meanwhile, (X,)),
    (stored_meanwhile, (X,)), (left_early, (X,)), (read_afterwards, (X,)), (backwards, (X,)), (first_of_all, (X,)),
]  # fmt: skip


@pytest.mark.parametrize("f, args", [*REPEATED, *KEPT], ids=lambda f: getattr(f, "__name__", ""))
def test_derivatives(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    check_grads(f, args, order=2 if f in TWICE else 1)
    value, g = ac.value_and_grad(f)(*args)
    assert value == f(*args)
    np.testing.assert_array_equal(g, ac.grad(f, optimize="-repeat_selected_trips")(*args))


@pytest.mark.parametrize("f, args", REPEATED, ids=lambda f: getattr(f, "__name__", ""))
def test_repeated(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    code = ac.grad(f).specialize(*args).source
    assert "last" in code
    assert "last" not in ac.grad(f, optimize="-repeat_selected_trips").specialize(*args).source


@pytest.mark.parametrize("f, args", KEPT, ids=lambda f: getattr(f, "__name__", ""))
def test_kept(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    assert "last" not in ac.grad(f).specialize(*args).source


def test_nothing_is_recorded_of_the_trips() -> None:
    assert "tape" not in ac.grad(closest_pair).specialize(P).source
    assert "reversed" not in ac.grad(largest_and_smallest).specialize(X).source


def test_exceptions_are_those_of_the_program() -> None:
    with pytest.raises(AssertionError, match="too large"):
        ac.grad(with_checks)(X * 100.0)


def test_under_numba() -> None:
    pytest.importorskip("numba")
    for f, args in ((nearest_centre, (P[:2] + 0.05, P)), (closest_pair, (P,)), (two_at_once, (X,))):
        np.testing.assert_allclose(ac.grad(f, backend="numba")(*args), ac.grad(f)(*args), rtol=1e-12)
