"""The gradient by a float was an int where its factor was an int in one branch only, or bound to None before."""

import pytest

import adjoint_compiler as ac


def in_a_branch(x, n, flag):
    return x * ~n if flag else x


def one_of_two(x, n, flag):
    factor = n if flag else 2.5
    return x * factor


def rebound(x, n, flag):
    k = None
    if flag:
        k = n * 2
    return x * k if flag else x


@pytest.mark.parametrize("f", [in_a_branch, one_of_two, rebound])
@pytest.mark.parametrize("flag", [True, False])
def test_gradients_by_floats_are_floats(f, flag):
    assert type(ac.grad(f)(2.0, 3, flag)) is float
    assert ac.grad(f)(2.0, 3, flag) == ac.vjp(f, 2.0, 3, flag)[1](1.0)[0]
