"""Derivatives of derivatives of programs that store: which memory arguments and tangents share, and what is popped off lists."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([1.5, 0.7, 1.1, 0.4])


def stored(u: "float64[:]", v: "float64[:]"):  # noqa: F821
    u[:] = u * u * v
    return (u * v).sum()


slope = ac.grad(stored, wrt=(0, 1))


def of_separate_memory(x):
    a, b = slope(x, 2.0 * x)
    c, d = slope(x[::2], x[1::2])
    return (a * b).sum() + (c * d).sum()


def of_the_same(x):
    a, b = slope(x, x)
    return (a * b).sum()


def of_overlapping_parts(x):
    a, b = slope(x[:3], x[1:])
    return (a * b).sum()


def test_arguments_that_are_stored_into_are_memory_of_their_own():
    ac.testing.check_grads(of_separate_memory, (X,), order=3)
    for f in (of_the_same, of_overlapping_parts):
        for derivative in (ac.grad(f), ac.grad(lambda x, f=f: (ac.grad(f)(x) * x).sum())):
            with pytest.raises(ValueError, match="shares memory"):
                derivative(X)
        with pytest.raises(ValueError, match="shares memory"):
            ac.jvp(f, (X,), (X,))


BUFFER = np.zeros(4)


def by_a_global_array(x: "float64[:]"):  # noqa: F821
    BUFFER[:] = x * x
    return (BUFFER * x).sum()


@pytest.mark.filterwarnings("ignore::adjoint_compiler.DifferentiationWarning")
def test_a_global_array_that_is_stored_into_is_no_argument():
    slope = ac.grad(by_a_global_array)
    ac.testing.check_grads(lambda x: (slope(x) * x).sum(), (X,), order=2)
    with pytest.raises(ValueError, match="shares memory"):
        ac.grad(lambda x: (slope(BUFFER) * x).sum())(X)


def test_a_tangent_of_a_tangent_is_laid_out_as_it():
    # the tangent of `mirrored(t, s, v, x)` looks for memory that tangents of t and s share
    ac.testing.check_grads(lambda x: ac.hvp(stored)(x, 3.0 * x, np.cos(x)), (X,), order=2)


def joined(grids: "list[float64[:]]"):  # noqa: F821
    both = [*grids, grids[0] * 2.0]
    both[0][1] = both[1][0] * both[2][0]
    return (both[0] * both[1]).sum()


def test_third_derivatives_of_arrays_in_lists_are_not_lost():
    # `from_shadows` passed no derivative on, and the gradient of a tangent of a gradient came out as zero
    ac.testing.check_grads(joined, ([np.array([0.5, 1.2]), np.array([0.8, 1.4])],), order=3)


def popped(x: "float64[:]"):  # noqa: F821
    stack = [x * 1.0]
    s = x[0] * 2.0
    stack.append(s * x)
    w = stack.pop()
    return s + stack.pop().sum() * len(w)


def popped_and_dropped(x: "float64[:]"):  # noqa: F821
    stack = [x * 1.0]
    s = x[0] * 2.0
    for _ in range(2):
        stack.append(s * x)
    for _ in range(2):
        stack.pop()
    return s * stack[0].sum()


@pytest.mark.parametrize("f", [popped, popped_and_dropped], ids=lambda f: f.__name__)
def test_what_is_popped_and_not_read_has_zeros_of_its_shape(f):
    ac.testing.check_grads(f, (X,), order=3)


def partly_none(x: "float64[:]"):  # noqa: F821
    totals = {"sum": 0.0}
    for value in x:
        totals["sum"] += value
    totals["ratio"] = totals["sum"] / x[1]
    return [amount * len(name) for name, amount in totals.items()]


def test_an_entry_that_is_made_later_has_no_adjoint_before():
    ac.testing.check_grads(partly_none, (X,), order=3)
