"""Taylor coefficients against Cauchy's integral, closed forms and nested tangents."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

import adjoint_compiler as ac
from adjoint_compiler.pushforward import forward_of
from adjoint_compiler.rules import TABLE
from adjoint_compiler.rules.series import recurrence

ORDER = 6


def cauchy(f, x, v, order=ORDER, radius=0.1):
    """The coefficients of an analytic program: the discrete Fourier transform of its values on a circle."""
    turns = np.exp(2j * np.pi * np.arange(32) / 32)
    values = np.array([f(x + radius * w * v) for w in turns])
    found = np.fft.fft(values, axis=0)[: order + 1] / 32
    return np.real(found / np.reshape(radius ** np.arange(order + 1), (-1, *(1,) * (found.ndim - 1))))


def agrees(f, x, v, order=ORDER, of=None):
    found = ac.taylor(f, x, v, order)
    np.testing.assert_allclose(found, cauchy(of or f, x, v, order), rtol=1e-7, atol=1e-8)
    value, slope = ac.jvp(f, (x,), (v,))
    np.testing.assert_array_equal(found[0], value)
    np.testing.assert_allclose(found[1], slope, rtol=1e-12, atol=1e-14)
    return found


# -- operations --------------------------------------------------------------------------------------------------

ANALYTIC = {"cbrt": lambda x: x ** (1 / 3), "erf": special.erf, "erfc": special.erfc, "float_power": np.power}
OF_ONE = [
    k for k in TABLE.by_key
    if k.startswith(("numpy.", "math.")) and recurrence(k) and len(TABLE.by_key[k].params) == 1
]  # fmt: skip
POINTS = {"arccosh": 1.8, "acosh": 1.8}
ALIASES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}


@pytest.mark.parametrize("key", OF_ONE)
def test_operation_of_one_operand(key):
    function, name = TABLE.by_key[key].function, key.split(".")[1]

    def f(x):
        return function(x * x + 0.1) * x

    analytic = ANALYTIC.get(name) or getattr(np, ALIASES.get(name, name))
    x = POINTS.get(name, 0.6)
    for point in (x,) if key.startswith("math.") else (x, np.array([x, x - 0.05])):
        agrees(f, point, 0.5 * np.ones_like(point)[()], of=lambda x: analytic(x * x + 0.1) * x)


def powers(x):
    return x**3 + x**-2 + x**2.5 + 2.0**x + x**x


def quotients(x):
    return (1.0 + x) / (2.0 + x * x) - x / 3.0 + np.divide(1.0, x)


def angles(x):
    return np.hypot(x, 2.0) * np.arctan2(x, 1.0 + x * x) + np.arctan2(3.0, x)


def angles_by_hand(x):
    return np.sqrt(x * x + 4.0) * np.arctan(x / (1.0 + x * x)) + np.pi / 2 - np.arctan(x / 3.0)


def test_operations_of_two_operands():
    for x in (0.7, np.array([0.7, 1.2])):
        v = 0.3 * np.ones_like(x)[()]
        agrees(powers, x, v)
        agrees(quotients, x, v)
        agrees(angles, x, v, of=angles_by_hand)


def test_whole_powers_and_products_at_zero():
    found = ac.taylor(lambda x: x**3 + x**2 * x, 0.0, 1.0, 4)
    np.testing.assert_array_equal(found, [0, 0, 0, 2, 0])
    np.testing.assert_array_equal(ac.taylor(lambda x: math.sqrt(x) * 0.0 + x, 0.0, 0.0, 3), [0, 0, 0, 0])


BILINEAR = [f"numpy.{n}" for n in ("dot", "inner", "kron", "matmul", "outer", "tensordot", "vdot")]


@pytest.mark.parametrize("key", ["operator.matmul", *BILINEAR])
def test_products_of_matrices(key):
    function = np.matmul if key.startswith("operator") else TABLE.by_key[key].function

    def f(x):
        return function(
            x[:3] * x[3:], np.sin(x[:3]) @ np.ones((3, 3)) if key != "numpy.tensordot" else np.sin(x[:3, None, None])
        )

    def of_matrices(x):
        return function(np.outer(x[:3], x[3:]), np.outer(np.sin(x[:3]), x[:3]))

    x, v = np.linspace(0.2, 1.1, 6), np.array([0.1, -0.3, 0.2, 0.4, 0.1, -0.2])
    if key != "numpy.tensordot":
        agrees(f, x, v) if key != "numpy.vdot" else agrees(
            f, x, v, of=lambda x: np.dot(x[:3] * x[3:], np.sin(x[:3]) @ np.ones((3, 3)))
        )
    if key not in ("numpy.vdot", "numpy.kron"):
        agrees(of_matrices, x, v)


# -- programs ----------------------------------------------------------------------------------------------------


def stored_in_a_loop(x):
    v = x * 1.0
    for i in range(1, len(v)):
        v[i] = np.tanh(v[i - 1]) * v[i] + 0.5 * v[i - 1] ** 2
        v[i - 1] *= v[i]
    return v


def through_views(x):
    A = np.outer(x, x[:2])
    row, column = A[1], A[:, 0]
    row += np.exp(column[0])
    column[...] = column * row[1]
    A.T[1] = A.T[0] / (1.0 + A.T[1] * A.T[1])
    return A


def swapped(x):
    u, v = x * 1.0, np.zeros_like(x)
    for _ in range(3):
        v[1:-1] = u[:-2] * u[2:] + np.sin(u[1:-1])
        u, v = v, u
    return u


def double(part):
    part[...] = part * part


def by_a_helper(x):
    A = x * 1.0
    double(A[1:])
    double(A[:2])
    return np.cumsum(A)[::-1] * np.sum(A) - np.mean(A.reshape(2, 2), axis=1)[0]


def runge_kutta(x):
    y, h = x * 1.0, 0.1
    for _ in range(4):
        k = np.array([y[1], -np.sin(y[0]), y[3], y[0] * y[2]])
        z = y + 0.5 * h * k
        y = y + h * np.array([z[1], -np.sin(z[0]), z[3], z[0] * z[2]])
    return y


@pytest.mark.parametrize(
    "f", [stored_in_a_loop, through_views, swapped, by_a_helper, runge_kutta], ids=lambda f: f.__name__
)
def test_programs(f):
    x, v = np.array([0.4, -0.3, 0.8, 0.5]), np.array([0.2, 0.5, -0.4, 0.3])
    agrees(f, x, v)


def scalar_loop(x, n):
    s, k = 0.3, 0
    while k < n:
        if s > x:
            s = math.sin(s * x) - s / (1.0 + x * x)
        else:
            s += x**2 * math.exp(-s)
        k += 1
    return s


def products_of_several(x):
    return np.einsum("i,j,ij->i", x, x, np.outer(x, x)) + np.einsum("i,i->i", x, np.sin(x)) * np.einsum("i->", x**2)


def other_products(x):
    return np.convolve(x, np.exp(x), "same") + np.correlate(x, x, "full")[1:5] + np.cross(x[:3], x[1:], axis=0)[0]


def test_products_of_several_operands():
    """An operation that is linear in each of its operands is not linear in all of them together."""
    x, v = np.array([0.4, -0.3, 0.8, 0.5]), np.array([0.2, 0.5, -0.4, 0.3])
    agrees(products_of_several, x, v)
    agrees(other_products, x, v, of=lambda x: other_products_of_complex_numbers(x))


def other_products_of_complex_numbers(x):
    """The same without the conjugates of ``np.correlate``."""
    whole = np.convolve(x, x[::-1])
    return np.convolve(x, np.exp(x), "same") + whole[1:5] + np.cross(x[:3], x[1:], axis=0)[0]


def test_scalar_program_against_nested_tangents():
    for x in (0.2, 0.9):
        first = lambda z: ac.jvp(scalar_loop, (z, 4), (1.0, None))[1]  # noqa: E731
        found = ac.taylor(scalar_loop, x, 1.0, 3, 4)
        assert found[1] == pytest.approx(first(x), rel=1e-13)
        gradient = ac.grad(scalar_loop)
        assert found[2] == pytest.approx(ac.jvp(gradient, (x, 4), (1.0, None))[1] / 2, rel=1e-12)
        assert found[3] == pytest.approx(ac.jvp(ac.grad(gradient), (x, 4), (1.0, None))[1] / 6, rel=1e-11)


def test_pieces():
    def f(x):
        return np.abs(x) * np.maximum(x, 0.5) + np.where(x > 0, x**3, 0.0) + np.max(x) * np.clip(x, -1.0, 1.0)

    x = np.array([0.2, -0.7, 1.3])
    found = ac.taylor(f, x, np.ones(3), 3)
    wanted = [  # by hand, piece by piece
        np.abs(x) * np.maximum(x, 0.5) + np.where(x > 0, x**3, 0.0) + 1.3 * np.clip(x, -1, 1),
        [0.5 + 3 * 0.04 + 0.2 + 1.3, -0.5 + 1.3 - 0.7, 2.6 + 3 * 1.69 + 1.0],
        [3 * 0.2 + 1, 1, 1 + 3 * 1.3],
        [1, 0, 1],
    ]
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-14)


def test_a_gradient():
    gradient = ac.grad(lambda x: np.sum(np.sin(x) * x[::-1] ** 2))
    x, v = np.array([0.4, -0.3, 0.8]), np.array([0.2, 0.5, -0.4])
    found = ac.taylor(gradient, x, v, 2)
    np.testing.assert_allclose(found[1], ac.hvp(lambda x: np.sum(np.sin(x) * x[::-1] ** 2))(x, v), rtol=1e-12)


# -- curves, structures, orders ----------------------------------------------------------------------------------


def test_curves_compose():
    inner = ac.taylor(np_sine, np.array([0.3, 0.7]), np.array([1.0, 2.0]), 4)
    outer = ac.taylor(stored_in_a_loop, inner[0], inner[1:], 4)
    np.testing.assert_allclose(outer, ac.taylor(composed, np.array([0.3, 0.7]), np.array([1.0, 2.0]), 4), rtol=1e-12)


def np_sine(x):
    return np.sin(x) * x


def composed(x):
    return stored_in_a_loop(np_sine(x))


def test_structures_and_orders():
    def f(p, n):
        return {"a": p["x"] ** n, "b": (p["y"] * p["x"], n), "c": 1.0}

    found = ac.taylor(f, {"x": 2.0, "y": np.ones(2)}, {"x": 1.0, "y": np.zeros(2)}, 2, 3)
    np.testing.assert_array_equal(found["a"], [8, 12, 6])
    np.testing.assert_array_equal(found["b"][0], [[2, 2], [1, 1], [0, 0]])
    np.testing.assert_array_equal(found["c"], [1, 0, 0])
    assert found["b"][1] is None
    np.testing.assert_array_equal(ac.taylor(lambda x: x * x, 3, 1, 0), [9])
    x = np.ones(3)
    x_before = x.copy()
    ac.taylor(in_place, x, x, 2)
    np.testing.assert_array_equal(x, x_before)
    assert ac.taylor(np_sine, np.ones(2, np.float32), np.ones(2), 2).dtype == np.float32


def in_place(x):
    x *= x
    return np.sum(x)


def test_generated_code():
    text = forward_of(stored_in_a_loop, None, None).compiled((np.ones(3),), (0,), None, None, True, "series").texts[0]
    assert "tangent_series(" in text
    assert "v_coef[:, i] = " in text


# -- refusals ----------------------------------------------------------------------------------------------------


@ac.custom_jvp
def cube(x):
    return x**3


@cube.defjvp
def cube_jvp(primals, tangents):
    return primals[0] ** 3, 3 * primals[0] ** 2 * tangents[0]


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: np.linalg.inv(np.outer(x, x) + np.eye(2)), "no recurrence for `numpy.linalg.inv`"),
        (lambda x: np.sinc(x), "no recurrence for `numpy.sinc`"),
        (lambda x: np.prod(x), "no recurrence for `numpy.prod`"),
        (lambda x: cube(x[0]), "a rule of its own"),
    ],
)
def test_refused(f, message):
    with pytest.raises(ac.DifferentiationError, match=message):
        ac.taylor(f, np.ones(2), np.ones(2), 2)


def recursive(x, n):
    return x if n == 0 else x * recursive(x, n - 1)


def test_recursion_is_refused():
    with pytest.raises(ac.DifferentiationError, match="Taylor mode of `Call`"):
        ac.taylor(recursive, 2.0, 1.0, 2, 3)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="order"):
        ac.taylor(np_sine, np.ones(2), np.ones(2), -1)
    with pytest.raises(TypeError, match="directions"):
        ac.taylor(np_sine, np.ones(2), np.ones(3), 2)
