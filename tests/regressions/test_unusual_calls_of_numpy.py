"""Calls with unusual arguments whose derivatives were silently wrong, raised, or changed arguments: each is right, in both modes."""

from __future__ import annotations

import cmath
import math
import warnings

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.rules.matrix import outcome, outcome_of

_rng = np.random.default_rng(0)
SPACE = {"np": np, "math": math, "cmath": cmath}


def R(*shape):
    return _rng.uniform(0.3, 2.0, shape)


def C(*shape):
    return _rng.normal(size=shape) + 1j * _rng.normal(size=shape)


HOLES = np.where(np.arange(12).reshape(3, 4) % 5 == 2, np.nan, R(3, 4))
SOME = np.array([[True, False, True, True], [True, True, False, True], [False, True, True, True]])
BASES = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "hermite": "herm",
    "hermite_e": "herme",
    "laguerre": "lag",
}
# fmt: off
CALLS = [
    # products of rows, of arrays in lists, of complex numbers
    ("math.prod(x)", {"x": R(3, 4)}), ("math.prod([x, 2.0, y])", {"x": R(3, 4), "y": R(4)}), ("math.prod([x, y])", {"x": 1 + 2j, "y": 0.5}),
    ("math.prod(x, start=y)", {"x": R(3, 4), "y": R(4)}), ("math.prod(x)", {"x": C(4)}),
    # beside a branch cut, on the side that the sign of zero says
    *((f"cmath.{f}(x)", {"x": v}) for f in ("asin", "acos", "acosh", "asinh") for v in (1.5, -1.5)),
    *((f"np.{f}(x, dtype=np.complex128)", {"x": np.array([1.5, -1.5, 0.3])}) for f in ("arcsin", "arccos", "arctanh", "arccosh")),
    # constants that are lists, complex coefficients, degree zero, points in matrices
    *((f"np.polynomial.{m}.{b}{text}", args) for m, b in BASES.items() for text, args in (
        ("val(x, [1, 2, 3.0])", {"x": R(4)}), ("mul([1, 2], x)", {"x": R(3)}), ("fromroots(x)", {"x": C(3)}), ("roots(x)", {"x": C(4)}),
        ("roots(x)", {"x": R(1).astype("f4")}), ("grid2d(x, y, c)", {"x": R(2, 2), "y": R(3), "c": R(2, 3)}))),
    ("np.polyval([1, 2, 3], x)", {"x": R(3).astype("f4")}), ("np.polyval(x, [1, 2, 3])", {"x": R(3)}),
    # dtypes: of sums in others, of means with a mask, of moduli, of numbers beside arrays
    ("np.sum(np.where(x > 1, 0.0, x), axis=0, dtype='complex64')", {"x": R(3, 4)}), ("np.sum(np.where(x > 1, 0.0, x), dtype=np.longdouble)", {"x": R(3, 4)}),
    ("np.nanmean(x, axis=0, where=m)", {"x": HOLES.astype("f4"), "m": SOME}), ("np.nanmean(x, where=m)", {"x": HOLES, "m": SOME}),
    ("np.r_[x, 0.5, 2]", {"x": R(3).astype("f4")}), ("np.r_[0, x]", {"x": R(3)}),
    # keywords that were refused
    *((f"np.{f}(x, {k})", {"x": HOLES, "m": SOME}) for f in ("nanvar", "nanstd") for k in (
        "where=m", "axis=0, correction=0.5", "mean=0.5", "axis=(0, 1), dtype='f4', where=m", "axis=1, keepdims=True, mean=np.nanmean(x, 1, keepdims=True)")),
    ("np.nanvar(x, where=m)", {"x": HOLES * (1 + 2j), "m": SOME}),
    ("np.nanmax(x, axis=0, where=m, initial=0.9)", {"x": HOLES, "m": SOME}), ("np.nanmin(x, where=m, initial=0.9)", {"x": HOLES, "m": SOME}),
    *((f"np.array(x, ndmin={n})", {"x": v}) for n in (0, 1, 2, 3) for v in (2.0, R(3), R(2, 3))), ("np.array([x, x * x], ndmin=3)", {"x": 2.0}),
    ("np.reshape(x, -1, copy=True)", {"x": R(2, 3)}),
    # what has no axes, no elements, or one
    ("np.hypot.outer(x, y)", {"x": np.float64(2.0), "y": 3.0}), ("np.convolve(x, [1, 2, 3], 'valid')", {"x": 2.0}),
    ("np.convolve(x, y)", {"x": R(3), "y": 2.0}),
    ("np.diff(x, prepend=0.0)", {"x": R(0)}), ("np.ravel(x, order='K')", {"x": R(0, 3)}), ("np.fmax.reduce(x, initial=1.0)", {"x": R(0)}),
    ("np.reshape(x, (1,) * (n - np.ndim(x)) + np.shape(x))", {"x": np.float64(2.0), "n": 3}),
    ("np.asarray(np.sum(x) / 3, dtype=np.sum(x).dtype)[()]", {"x": R(3)}),
    # grids, bases
    ("np.ix_(x, 2 * y)", {"x": R(3), "y": R(2)}), ("np.logspace(0, 1, 3, base=x)", {"x": R(4)}), ("np.logspace(x, 1, 3, base=x)", {"x": R(2, 3)}),
    ("np.std(x, axis=0, mean=np.mean(x, axis=0, keepdims=True))", {"x": np.ones((2, 3)) + np.array([0.0, 0.0, 1.0]) * R(2, 1)}),
]
STATEMENTS = [
    *((f"    z = x * 1\n    np.multiply.at(z, {i}, {v})\n    return z", {"x": R(3, 4)}) for i in ("x > 1", "[[0, 0], [1, 1]]", "(0, 1)", "([0, 0], [1, 1])")
      for v in ("2", "x[0, 0]")),
    ("    z = x * 1\n    np.sqrt.at(z, x > 1)\n    return z", {"x": R(3, 4)}),
    ("    z = x * 1\n    y = np.fmax.reduce(z, keepdims=True)\n    z[...] = 0.5\n    return y * x", {"x": R(1, 3)}),  # of one row: a copy of it
    ("    z = x * 1\n    w = np.nan_to_num(z, copy=False, nan=2.0)\n    w *= 3\n    return z * w", {"x": HOLES}),
    ("    z = x * 1\n    for k in range(3):\n        np.nan_to_num(z[k], False)\n        z *= 2\n    return z", {"x": HOLES}),
    ("    z = x * 1\n    w = z[1:]\n    z.real = 2 * z.imag\n    w.imag = w.real ** 2\n    return z * z", {"x": C(3, 4)}),
    ("    z = np.empty(4, complex)\n    for k in range(3):\n        z.real = x * k\n        z.imag = y\n        x = abs(z)\n    return x",
     {"x": R(4), "y": R(4)}),
    ("    z = x * 1\n    z.real = z ** 2\n    return z", {"x": R(3)}),
    ("    z = x * 1\n    w = np.reshape(z, -1, copy=True)\n    w *= 2\n    return z.ravel() * w", {"x": R(2, 3)}),
]
# fmt: on


@pytest.mark.parametrize(("text", "args"), CALLS, ids=[f"{k}-{c[0]}" for k, c in enumerate(CALLS)])
def test_call(text, args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert outcome(text, args, SPACE) in ("right", "no slope")


@pytest.mark.parametrize(("text", "args"), STATEMENTS, ids=range(len(STATEMENTS)))
def test_statements(text, args):
    assert outcome_of(f"def f({', '.join(args)}):\n{text}\n", args, SPACE) == "right"


@pytest.mark.parametrize("module", BASES)
def test_second_derivatives_of_series_with_complex_coefficients(module):
    value = getattr(getattr(np.polynomial, module), f"{BASES[module]}val")

    def f(z, c):
        return np.sum(np.real(value(z, c) * (1 - 2j)))

    z, c, dz, dc = C(3), C(4), C(3), C(4)
    gradient = ac.grad(f, wrt=(0, 1))
    _, found = ac.jvp(gradient, (z, c), (dz, dc))
    for k in range(2):
        h = 1e-6
        wanted = (gradient(z + h * dz, c + h * dc)[k] - gradient(z - h * dz, c - h * dc)[k]) / (2 * h)
        np.testing.assert_allclose(found[k], wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("f", [math.gamma, math.lgamma])
def test_arrays_without_axes_stay_as_they_are(f):
    x = np.array(1.3)
    assert ac.grad(lambda v: f(v))(x) == pytest.approx((f(1.3 + 1e-6) - f(1.3 - 1e-6)) / 2e-6)
    assert x == 1.3


def test_the_standard_deviation_of_equal_numbers_has_derivative_zero():
    assert not np.any(ac.grad(lambda x: np.std(x, mean=np.mean(x)))(np.ones((2, 3))))
    assert not np.any(ac.grad(lambda x: np.nanstd(x, mean=1.0))(np.ones(3)))


def test_a_modulus_in_another_precision_is_refused_by_name():
    with pytest.raises(ac.DifferentiationError, match="keyword `dtype` of `numpy.absolute`"):
        ac.vjp(lambda z: np.absolute(z, dtype=np.longdouble), C(2))
