"""A tuple that a loop makes around the one before, beginning with None: its type holds itself, and never settles.

The statement that binds it reads it, and was not looked at again when its type had changed: the part that was None at
first was taken for None throughout, and what the program reads through it had derivative zero.
"""

import numpy as np
import pytest

import adjoint_compiler as ac


def linked(v):
    stack = None
    for a in v:
        stack = (a, stack)
    s = 1.0
    while stack:
        a, stack = stack
        s = s * a + a
    return s


def second(x, n):
    t = None
    for k in range(n):
        t = (x * k, t)
    return t[1][0] * x


def second_of_dicts(x, n):
    t = None
    for k in range(n):
        if k % 2:
            t = {"v": x * k, "t": t}
        else:
            t = {"v": x * x, "t": t}
    return t["t"]["v"] * x


@pytest.mark.parametrize("optimize", [0, None])
def test_pairs_that_hold_pairs(optimize):
    v = np.array([0.7, 1.3, 0.4])
    assert ac.grad(linked, optimize=optimize)(v) == pytest.approx([3.34, 1.26, 1.82])
    assert ac.jvp(linked, (v,), (np.ones(3),), optimize=optimize)[1] == pytest.approx(6.42)


@pytest.mark.parametrize("f", [second, second_of_dicts])
def test_parts_of_parts(f):
    ac.testing.check_grads(f, (0.7, 4), order=1)
