"""A sum that starts from zero is never the negative zero that is added to it: the forward sweep keeps it a sum."""

import numpy as np
import pytest

import adjoint_compiler as ac


def reset(x):
    a = x.copy()
    a[0] = 0.0
    a[0] += -x[0]
    return np.arctan2(a[0], -1.0) + (a * x).sum()


def filled(x):
    a = np.zeros_like(x)
    a += -0.0
    return np.arctan2(a[0], -1.0) + (a * x).sum()


@pytest.mark.parametrize("f", [reset, filled])
def test_same_value(f):
    x = np.array([0.0, 1.0])
    assert ac.value_and_grad(f)(x)[0] == f(x) > 0
    assert ac.vjp(f, x)[0] == f(x)
