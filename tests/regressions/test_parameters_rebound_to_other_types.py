"""A parameter that is rebound in a loop or a branch was taken for what it was at entry: complex adjoints lost their imaginary parts."""

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check, vector

Z = vector(3) + 1j * vector(3, 1)


def products(x, z):
    for _ in range(2):
        x = x * z
    return np.abs(x.sum() + 1.0)


def turned(x, z):
    if np.sum(x) > 0:
        x = x * 1j
    return np.abs(np.sum(x * (1 + 2j) + z))


def until_large(x, z):
    while np.abs(x) < 10.0:
        x = np.sum(x * z)
    return np.abs(x * 1j + 3.0)


def pair(x, z):
    if np.abs(z[0]) > 0:
        x = (x, x * x)
    return np.abs(x[0] * x[1] * z).sum()


@pytest.mark.parametrize("x", [1.3, vector(3, 2)], ids=["number", "array"])
@pytest.mark.parametrize("f", [products, turned, pair])
def test_against_differences(f, x):
    check(f, x, Z)


def test_number_in_a_while_loop():
    check(until_large, 1.3, Z)


def test_single_precision():
    check(products, vector(3, 2).astype(np.float32), Z)
    assert ac.grad(products)(np.float32(0.7), Z).dtype == np.float32


def test_a_number_rebound_to_an_array_that_is_stored_into_is_refused():
    def f(x, a):
        for _ in range(2):
            x = x * a
            x[0] = 0.5
        return x.sum()

    with pytest.raises(ac.DifferentiationError, match="is rebound to an array"):
        ac.grad(f)(1.3, vector(3))


def not_read_before(x, z, flag):
    if flag:
        x = z * 2.0
    return np.abs(np.sum(x * z))


@pytest.mark.parametrize("flag", [True, False])
def test_rebound_before_it_is_read(flag):
    check(not_read_before, vector(3, 2), Z, flag)


def outer_products(x, y):
    total = 0.0
    for k in range(2):
        y = np.multiply.outer(x, y)
        total = total + (k + 1.0) * np.sum(np.sin(y))
    return total


def divided_in_place(x, y):
    for _ in range(2):
        y = np.divide(x, y, out=np.zeros_like(x))
    return np.abs(np.sum(y * y))


def horner(x, z):
    y = np.zeros_like(x)
    for k in range(2):
        y = y * x + z[k]
    y[0] = x[1]
    return np.abs(np.sum(y * y))


def test_of_other_rank():
    check(outer_products, vector(3), vector(3, 1))


@pytest.mark.parametrize("f", [divided_in_place, horner])
def test_real_arrays_that_are_complex_later(f):
    check(f, *((Z, vector(3)) if f is divided_in_place else (vector(3), Z)))
