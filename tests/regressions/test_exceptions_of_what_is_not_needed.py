"""What neither the result nor the gradient needs is not computed, and raises nothing; what decides the way taken is kept."""

import math

import numpy as np
import pytest

import adjoint_compiler as ac


def unused(x):
    math.log(x - 1.0)
    y = [x][3]  # noqa: F841
    return x * x


def asserted(x):
    assert x > 1.0, "too small"
    return x * x


def raised(x):
    if x < 1.0:
        raise ValueError("too small")
    return x * x


def caught(x):
    try:
        math.log(x - 1.0)
    except ValueError:
        x = 3.0 * x
    return x * x


def read(v):
    s = v[0] * 1.0
    for k in range(5):
        s = s * v[k]
    return s


def test_unused_statements_raise_nothing():
    with pytest.raises(ValueError):
        unused(0.5)
    assert ac.grad(unused)(0.5) == 1.0
    assert ac.value_and_grad(unused)(0.5) == (0.25, 1.0)


@pytest.mark.parametrize(("f", "error"), [(asserted, AssertionError), (raised, ValueError)])
def test_what_the_program_raises_itself_is_raised(f, error):
    for go in (lambda: ac.grad(f)(0.5), lambda: ac.vjp(f, 0.5), lambda: ac.jvp(f, (0.5,), (1.0,))):
        with pytest.raises(error, match="too small"):
            go()


def test_what_is_caught_is_run():
    assert ac.grad(caught)(0.5) == 9.0
    assert ac.grad(caught)(1.5) == 3.0


def test_what_the_result_needs_raises():
    with pytest.raises(IndexError):
        ac.grad(read)(np.ones(3))
