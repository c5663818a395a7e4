"""Tangents of scaled matrices, outer products and quotients: what is written, and what it computes."""

import re

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.pushforward import forward_of
from adjoint_compiler.testing import check_grads

RNG = np.random.default_rng(0)
A, B, X, Y = (
    RNG.uniform(0.5, 1.5, (3, 4)),
    RNG.uniform(0.5, 1.5, (3, 4)),
    RNG.uniform(0.5, 1.5, 4),
    RNG.uniform(0.5, 1.5, 3),
)


def scaled(c, a, x):
    return c * a @ x


def scaled_from_the_left(c, a, y):
    return y @ (a * c)


def scaled_sum(c, a, b, x):
    return (c * a - b) @ x


def stored_into_between(c, a, x):
    a = a.copy()
    t = c * a
    a[0] = 2.0
    return t @ x + a @ x


def in_a_loop(c, a, x):
    for _ in range(2):
        x = np.tanh((c * a) @ x @ a)
    return x


def used_elsewhere(c, a, x):
    t = c * a
    return t @ x + t.sum()


def scaled_matrices(c, a, b):
    return (c * a) @ b.T


CASES = [
    (scaled, (0.7, A, X)), (scaled_from_the_left, (0.7, A, Y)), (scaled_sum, (0.7, A, B, X)), (stored_into_between, (0.7, A, X)),
    (in_a_loop, (0.7, A, X)), (used_elsewhere, (0.7, A, X)), (scaled_matrices, (0.7, A, B)),
]  # fmt: skip


def tangent_text(f, *args):
    return forward_of(f, None, None).compiled(args, tuple(range(len(args)))).texts[0]


@pytest.mark.parametrize("f, args", CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_tangents(f, args):
    check_grads(f, args, order=2)
    tangents = tuple(np.ones_like(a) if isinstance(a, np.ndarray) else 1.0 for a in args)
    y, y_dot = ac.jvp(f, args, tangents)
    _, plain = ac.jvp(f, args, tangents, optimize="-scale_products")
    np.testing.assert_array_equal(y, f(*args))
    np.testing.assert_allclose(y_dot, plain, rtol=1e-13)


def test_numbers_are_multiplied_after_products():
    assert "return t @ x, c_dot * (a @ x) + c * (a_dot @ x) + t @ x_dot" in tangent_text(scaled, 0.7, A, X)
    assert "c_dot * (y @ a)" in tangent_text(scaled_from_the_left, 0.7, A, Y)
    text = tangent_text(scaled_sum, 0.7, A, B, X)
    assert "c_dot * (a @ x) + c * (a_dot @ x) - b_dot @ x" in text


@pytest.mark.parametrize("f, args", [(used_elsewhere, (0.7, A, X)), (scaled_matrices, (0.7, A, B))])
def test_other_products_stay(f, args):
    assert "(c_dot * a" in tangent_text(f, *args) or "= c_dot * a" in tangent_text(f, *args)


def test_what_a_store_changes_stays():
    assert not re.search(r"c_dot \* \(a @ x\)", tangent_text(stored_into_between, 0.7, A, X))


def outer_of_itself(x):
    return np.outer(x, x)


def outer_in_a_loop(x, y):
    a = np.zeros((3, 4))
    for k in range(3):
        a += np.outer(y, x) * (k + 1)
        y = y * a[:, k]
    return a


def outer_of_matrices(a, x):
    return np.outer(a, x)


def outer_of_complex_numbers(x, y):
    return np.abs(np.outer(x + 1j * x**2, y))


@pytest.mark.parametrize(
    "f, args", [(outer_of_itself, (X,)), (outer_in_a_loop, (X, Y)), (outer_of_matrices, (A, X)), (outer_of_complex_numbers, (X, Y))]
)  # fmt: skip
def test_outer_products(f, args):
    check_grads(f, args, order=2)


def test_an_outer_product_has_one_product_as_its_tangent():
    assert "outer_sum((x_dot, x), (x, x_dot))" in tangent_text(outer_of_itself, X)


def quotient(x, z):
    return x / z


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "x, z, x_dot, z_dot, expected",
    [
        (np.array([1.0, 0.0]), np.array([0.0, 2.0]), np.zeros(2), np.zeros(2), [0.0, 0.0]),
        (np.array([1.0, 3.0]), np.array([0.0, 2.0]), np.array([1.0, 1.0]), np.zeros(2), [np.inf, 0.5]),
        (np.float64(1.0), np.float64(0.0), np.float64(0.0), np.float64(0.0), 0.0),
        (1.0, 4.0, 2.0, 8.0, -0.0),
        (np.float32(1.0), np.float32(4.0), np.float32(2.0), np.float32(0.0), 0.5),
        (2.0, np.array([1.0, 2.0]), 1.0, np.array([0.0, 2.0]), [1.0, -0.5]),
    ],
)
def test_tangents_of_quotients(x, z, x_dot, z_dot, expected):
    y, y_dot = ac.jvp(quotient, (x, z), (x_dot, z_dot))
    np.testing.assert_array_equal(y_dot, expected)
    assert type(y_dot) is type(y)
