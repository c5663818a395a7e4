"""Minus signs that are absorbed by sums, and updates of one part that are merged."""

import re

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.ir.nodes import REVERSE, Bind, Const, Name, Program, Return
from adjoint_compiler.ir.types import FLOAT, array_type
from adjoint_compiler.optimize.absorb_signs import absorb_signs

X, Y = np.array([0.4, 0.9, 1.3, 0.7, 1.1]), np.array([1.2, 0.3, 0.8, 1.5, 0.6])


def quotients(x, y):
    return (x / (x - y)).sum() - (y / x).sum()


def signs_used_twice(x, y):
    z = -(x * y)
    return (z * z).sum() + z.prod() - (x - z).sum()


def two_signs(x, y):
    return (-x * -y - (-x - y) * x).sum()


def overwritten_after_its_sign(x, y):
    u = x * y
    v = -u
    u[1:] = v[:-1] - u[1:]
    return (u * v).sum()


def sign_of_a_buffer(x, y):
    u = x * 1.0
    for k in range(4):
        u[k + 1] = -u[k] * y[k] - u[k + 1]
        y[k] = -y[k] - x[k]
    return (u * y).sum()


def in_branches(x, y):
    s = 0.0
    for k in range(5):
        t = -x[k] * y[k]
        if t < -0.5:
            s = s - t * x[k]
        else:
            s = s + t
    return s


def broadcast(x, y):
    return (x[:, None] / (y - 3.0) - (-y / (x[:, None] + 1.0))).sum()


def numbers(x, y):
    s, t = x[0], -y[0]
    for k in range(3):
        s, t = -t * s, -s / (t - 3.0)
    return s - t


def neighbours(x, y):
    for k in range(4):
        y[k + 1] += 0.5 * (x[k] + x[k + 1] + y[k] * (x[k] - x[k + 1]))
    return (y * y).sum()


def same_part_of_two_views(x, y):
    u, v = x[1:], x[:-1]
    for k in range(3):
        y[k] = u[k] * v[k] - v[k + 1] * u[k]
        x[k] = x[k] * y[k]
    return (x * y).sum()


def slices(x, y):
    u = x * y
    for _ in range(3):
        u[1:] = u[1:] * u[:-1] + u[1:] * x[:-1] - u[:-1]
    return u.sum()


def rows_and_numbers(x, y):
    A = np.outer(x, y)
    for k in range(4):
        A[k + 1] = A[k + 1] * y[k] - A[k] * A[k, 2] + A[k + 1, 0]
    return (A * A).sum()


PROGRAMS = [
    quotients, signs_used_twice, two_signs, overwritten_after_its_sign, sign_of_a_buffer, in_branches, broadcast, numbers,
    neighbours, same_part_of_two_views, slices, rows_and_numbers,
]  # fmt: skip


@pytest.mark.parametrize("dtype", [float, "float32", complex])
@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients(f, dtype):
    if f is in_branches and dtype is complex:
        pytest.skip("complex numbers have no order")

    def real(x, y):
        return np.real(f(x, y))

    found, plain = (ac.grad(real, wrt=(0, 1), optimize=k)(X.astype(dtype), Y.astype(dtype)) for k in (None, 0))
    for a, b in zip(found, plain):
        assert a.dtype == b.dtype == np.dtype(dtype)
        np.testing.assert_allclose(
            a, b, rtol=1e-4 if dtype == "float32" else 1e-11, atol=1e-5 if dtype == "float32" else 0
        )


@pytest.mark.parametrize("f", PROGRAMS)
def test_differences(f):
    ac.testing.check_grads(lambda x, y: f(x.copy(), y.copy()), (X, Y), order=1, modes=("reverse",))


@pytest.mark.parametrize("f", [quotients, broadcast, slices])
def test_second_derivatives(f):
    weights = np.cos(np.arange(5.0))

    def slope(x, y):
        return (ac.grad(f)(x, y) * weights).sum()

    found, step = ac.grad(slope)(X, Y), 1e-6
    for k in range(5):
        moved = step * (np.arange(5) == k)
        assert found[k] == pytest.approx((slope(X + moved, Y) - slope(X - moved, Y)) / (2 * step), rel=1e-5, abs=1e-6)


def reverse_sweep(f):
    return ac.grad(f, wrt=(0, 1)).specialize(X, Y).source.partition("# reverse sweep")[2]


def test_no_array_changes_sign_on_the_way_to_a_sum():
    assert not re.search(r"guarded\(\w+, -|[=+] -\w+_bar", reverse_sweep(quotients))


def test_updates_of_one_element_are_one():
    assert reverse_sweep(neighbours).count("x_bar[k + 1]") + reverse_sweep(neighbours).count("x_bar[index") == 1


def test_singular_quotients_keep_their_guards():
    def f(x, y):
        return np.where(x > 1.0, x / (x - y), 0.0).sum()

    y = np.where(X > 1.0, Y, X)  # a zero divisor wherever the quotient is not taken
    with np.errstate(all="ignore"):
        for a in ac.grad(f, wrt=(0, 1))(X, y):
            assert np.all(np.isfinite(a)) and np.all(a[X <= 1.0] == 0.0)


@pytest.mark.parametrize(("keyword", "moves"), [("axis", True), ("initial", False)])
def test_a_sign_moves_past_sums_that_begin_with_zero_only(keyword, moves):
    body = (
        REVERSE, Bind("t", "operator.neg", (Name("x"),)), Bind("s", "numpy.sum", (Name("t"),), ((keyword, Const(0)),)),
        Bind("b", "operator.add", (Name("y"), Name("s"))), Return(Name("b")),
    )  # fmt: skip
    types = {"x": array_type("float64", 1), "t": array_type("float64", 1), "s": FLOAT, "y": FLOAT, "b": FLOAT}
    program = Program("f", ("x", "y"), body)
    assert (absorb_signs(program, types, shared_classes(program, types)) is not program) == moves
