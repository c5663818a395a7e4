"""`grad(grad(f))` is the second derivative; it once was the first, found behind `__wrapped__`."""

import functools

import numpy as np
import pytest

import adjoint_compiler as ac


def cube(x: float):
    return x**3


def test_second_derivative():
    found = ac.grad(ac.grad(cube))(3.0)
    assert found == pytest.approx(18.0)


def test_called_inside():
    gradient = ac.grad(cube)

    def f(x):
        return gradient(x) * x

    found = ac.grad(f)(2.0)
    assert found == pytest.approx(36.0)


def doubled(f):
    @functools.wraps(f)
    def wrapper(*args):
        return 2.0 * f(*args)

    return wrapper


@doubled
def decorated(x):
    return np.sin(x)


def test_a_decorator_of_the_program_counts():
    found = ac.grad(decorated)(0.3)
    assert found == pytest.approx(2.0 * np.cos(0.3))
