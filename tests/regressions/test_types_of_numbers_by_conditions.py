"""A type of numbers that a branch chooses (`t = np.float64`) is a value like any other, also where the compiler reads it again."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.array([0.7, 1.3, -0.4])


def type_or_that_of_an_array(x, n):
    if n > 3:
        t = np.float64
    else:
        t = x.dtype
    y = x.astype(t)
    y[0] = y[1] * y[2]
    return y * y


def changed_in_a_branch(x, n):
    t = float
    if n > 3:
        t = np.float32
    y = np.zeros(3, t)
    y[:] = x * x
    return y * x


def in_a_loop(x, n):
    for i in range(3):
        t = float
        if i == n:
            t = np.float64
        y = x.astype(t)
        x = y * x
    return x


def one_of_three_and_a_return(x, n):
    if n > 3:
        t = np.float64
    elif n > 2:
        t = x.dtype
    else:
        return x * x
    return x.astype(t) ** 3


@pytest.mark.parametrize("n", (1, 3, 4))
@pytest.mark.parametrize("f", (type_or_that_of_an_array, changed_in_a_branch, in_a_loop, one_of_three_and_a_return))
def test_derivatives(f, n):
    check_grads(f, (X, n), order=2, atol=1e-3)


def test_what_is_called_is_known_while_compiling():
    def f(x, n):
        if n > 3:
            t = float
        else:
            t = np.float64
        return t(x[0]) * x[1]

    with pytest.raises(ac.DifferentiationError) as found:
        ac.grad(f)(X, 3)
    assert found.value.diagnostics[0].code == "AC019"
