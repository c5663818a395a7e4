"""Arrays made and stored into inside a block and read after it: their shadows were bound too late."""

import numpy as np
import pytest

import adjoint_compiler as ac


def with_block(x):
    with np.errstate(all="ignore"):
        a = x.copy()
        a[0] = a[1] * 2
    return (a * a).sum()


def view_out_of_with(x):
    with np.errstate(all="ignore"):
        a = x.copy()
        a[0] = a[1] * 2
        b = a[1:]
    return (b * b).sum()


def loop(x):
    for k in range(2):
        a = x * (k + 1.0)
        a[0] = a[1] * 2
    return (a * a).sum()


def loop_with_alias(x):
    for _ in range(2):
        a = x.copy()
        a[0] = a[1] * 2
        b = a[1:]
    return (b * b).sum()


def shapes_differ(x):
    s = 0.0
    for k in range(3):
        a = x[k:] * (k + 1.0)
        a[0] = a[0] * 2
        s = s + a.sum()
    return (a * a).sum() + s


def branch(x):
    if x[0] > 0:
        a = x.copy()
        a[0] = a[1] * 2
    return (a * a).sum()


@pytest.mark.parametrize("f", [with_block, view_out_of_with, loop, loop_with_alias, shapes_differ, branch])
def test_gradient(f):
    ac.testing.check_grads(f, (np.array([1.0, 2.0, 3.0]),), order=1)
