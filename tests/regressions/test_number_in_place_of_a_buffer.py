"""A name of an array that is stored into, bound to a number on some path, is refused: a number has no shadow."""

import numpy as np
import pytest

import adjoint_compiler as ac


def literal(x, c):
    z = x.copy()
    z[0] = x[1] * x[2]
    if c:
        z = 0.0
    return np.sum(z * z * x)


def computed(x, c):
    z = x[1]
    if c:
        z = x.copy()
        z[0] = x[1] * x[2]
    return np.sum(z * z * x)


def looped(x, c):
    z = x.copy()
    w = z
    for _ in range(c):
        z = x.sum()
    w[0] = x[1] ** 2
    return np.sum(z * z * x)


@pytest.mark.parametrize("f", [literal, computed, looped])
@pytest.mark.parametrize("c", [0, 1])
def test_refused(f, c):
    with pytest.raises(ac.DifferentiationError, match="`z` is a number here, and elsewhere an array"):
        ac.grad(f)(np.array([0.5, 0.7, 0.9]), c)


def never_stored(x, c):
    z = x * x
    if c:
        z = 2.0 * x[0]
    return np.sum(z * z * x)


@pytest.mark.parametrize("c", [0, 1])
def test_values_may_be_either(c):
    ac.testing.check_grads(lambda x: never_stored(x, c), (np.array([0.5, 0.7, 0.9]),), order=1, modes=("reverse",))


class Held:
    def __init__(self, v):
        self.v = v


def items_of_both_kinds(p):
    held = Held(p["w"])
    held.v *= 0.7
    out = 0.0
    for _, v in p.items():
        out = out + np.sum(v * 1.1)
    return out


def test_items_of_both_kinds_are_refused_where_arrays_are_stored_into():
    with pytest.raises(ac.DifferentiationError, match="a number at times, and at times an array"):
        ac.grad(items_of_both_kinds)({"a": 0.3, "w": np.array([0.5, 0.7, 0.9])})
