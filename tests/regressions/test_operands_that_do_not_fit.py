"""A product that only the value needs is not computed for the gradient; that its operands do not fit was not noticed."""

import numpy as np
import pytest

import adjoint_compiler as ac


def product(x):
    return np.sum(x @ np.ones(5))


def inner(x, y):
    return np.dot(x, y)


def total(x, y):
    return np.sum(np.sin(x) * y)


@pytest.mark.parametrize("f, sizes", [(product, (3,)), (inner, (3, 5)), (total, (3, 5))])
def test_is_an_error_as_in_the_primal(f, sizes):
    args = tuple(map(np.ones, sizes))
    for run in (f, ac.grad(f), ac.value_and_grad(f), lambda *a: ac.vjp(f, *a)):
        with pytest.raises(ValueError):
            run(*args)
