"""Calls that definitions or the frontend make of others: the value itself, forward and reverse mode against differences."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.library.numpy_series import BASES

X = np.random.default_rng(0).random((3, 4)) + 0.5
W = np.random.default_rng(1).normal(size=(3, 4))
V = np.random.default_rng(2).normal(size=(7, 8))
each = np.vectorize(lambda a: a * a if a > 1 else math.sin(a))


@np.vectorize
def larger_or_power(a, b):
    return a**b + max(a, b)


def test_the_decorated_function():
    assert larger_or_power(2.0, 3.0) == 11.0


def heaps(x):
    heap = list(x[0])
    heapq.heapify(heap)
    first = heapq.heappop(heap)
    heapq.heappush(heap, x[1, 1])
    second = heapq.heappushpop(heap, x[1, 2])
    third = heapq.heapreplace(heap, x[1, 3])
    return first * second * third + sum(k * item for k, item in enumerate(heap))


CALLS = [
    heaps,
    lambda x: (np.vectorize(math.sin)(x) * W).sum() + (each(x) * W).sum(),
    lambda x: (larger_or_power(x, x[0]) * W).sum() + larger_or_power(x[0, 0], 2.0),
    lambda x: np.apply_along_axis(lambda r: (r * r).sum(), 1, x).prod() + (np.apply_along_axis(np.cumsum, 0, x) * W).sum(),
    lambda x: (np.apply_over_axes(np.sum, x, [0, 1]) ** 2).sum(),
    lambda x: (np.piecewise(x, [x < 1, x >= 1.2], [np.sin, lambda t: t * t, 3.0]) * W).sum(),
    lambda x: (np.fromfunction(lambda i, j: i * x[0, 0] + j * x[1, 1], (3, 4)) * W).sum(),
    lambda x: (np.mgrid[0:3, 0:4][0] * x).sum() + (np.ogrid[0:3, 0:4][1] * x).sum() + (np.mgrid[0:1:4j] * x[0]).sum(),
    lambda x: (np.r_[x[0], 2.0, x[1, 1]] ** 2).sum() + np.c_[x[0], x[1]].prod() + np.r_[0:3, x[2]].sum(),
    lambda x: x[np.s_[1:, ::2]].prod() + (x[np.index_exp[0]] ** 2).sum(),
    lambda x: np.sum(x, initial=x[0, 0]) + np.prod(x, axis=0, initial=2.0).sum() + np.prod(x, where=W > 0),
    lambda x: np.max(x, axis=1, initial=1.2).sum() + x.min(initial=0.9, axis=0).sum() + np.max(x, where=W > 0, initial=0.0),
    lambda x: np.interp(x, [0.6, 0.8, 1.2], x[0, :3], left=x[1, 1], right=x[2, 2]).sum(),
    lambda x: np.interp(x * 3, [0.5, 1.0, 2.0], x[0, :3], period=2.5).sum(),
    lambda x: (np.diff(x, prepend=0.0, append=x[:, :1]) ** 2).sum(),
    lambda x: np.var(x, axis=0, correction=1).sum() + np.std(x, axis=1, mean=x.mean(axis=1, keepdims=True), keepdims=True).sum(),
    lambda x: np.prod(np.average(x, axis=0, weights=x[:, 0], returned=True)),
    lambda x: (np.linspace(x[0, 0], x[1, 1], 5, retstep=True)[0] ** 2).sum() + (np.linspace(x[0], x[1], 3, axis=1) ** 2).sum(),
    lambda x: (np.linalg.cholesky(x @ x.T + np.eye(3), upper=True) * W[:, :3]).sum(),
    lambda x: (np.pad(x, 2, mode="mean") * V).sum() + (np.pad(x, ((2, 2), (1, 3)), "maximum", stat_length=2) * V).sum(),
    lambda x: (np.pad(x, 2, mode="linear_ramp", end_values=(1.5, -2.0)) * V).sum() + (np.pad(x, 2, mode="median") * V).sum(),
    lambda x: (np.logaddexp.reduce(x, axis=1) ** 2).sum() + (np.maximum.accumulate(x, axis=1) * W).sum(),
    lambda x: (np.hypot.outer(x[0], x) ** 2).sum() + (np.add.reduceat(x, [0, 2], axis=1) ** 2).sum(),
    lambda x: np.emath.sqrt(-x).imag.sum() + np.abs(np.emath.log(x - 1)).sum() + np.real(np.emath.arccos(x * 2)).sum(),
    lambda x: np.abs(np.emath.power(-x, x)).sum() + np.imag(np.emath.arcsin(x * 2)).sum() + np.abs(np.emath.arctanh(x)).sum(),
    lambda x: sum(x[i, j] ** 2 * W[i, j] for i, j in np.ndindex(x.shape)) + sum(v * v for _, v in np.ndenumerate(x)),
    lambda x: np.histogram_bin_edges(x, 3)[1] + np.polynomial.polynomial.polyvalfromroots(x[0], x[1]).sum(),
    lambda x: (np.polynomial.chebyshev.chebfit(x[0], x[1], 2) ** 2).sum() + np.polynomial.legendre.legval2d(x[0], x[1], x).sum(),
    lambda x: (np.polynomial.hermite.hermpow(x[0], 3) ** 2).sum() + (np.polynomial.laguerre.lagfromroots(x[0]) ** 2).sum(),
    lambda x: (np.polynomial.hermite_e.hermecompanion(x[0]) ** 2).sum() + (np.polynomial.polynomial.polyvander2d(x[0], x[1], (1, 2)) ** 2).sum(),
]  # fmt: skip


def stores_by_ufuncs(x):
    a = x.copy()
    np.multiply.at(a, [0, 1, 0], x[2] * 2)
    np.subtract.at(a, [1, 1], 2.5)
    np.negative.at(a, [1, 1, 2])
    b = x[0].copy()
    np.divide.at(b, slice(0, 2), x[1, 0])
    np.power.at(b, [True, False, False, True], 1.5)
    return (a * W).sum() + (b * W[0]).sum()


@pytest.mark.parametrize("k", range(len(CALLS) + 1))
def test_calls(k):
    f = [*CALLS, stores_by_ufuncs][k]
    d = np.random.default_rng(3).normal(size=X.shape)
    with np.errstate(all="ignore"):
        value, gradient = ac.value_and_grad(f)(X)
        assert value == f(X)
        found = float((gradient * d).sum())
        slopes = [(f(X + h * d) - f(X - h * d)) / (2 * h) for h in (1e-4, 1e-5, 1e-6)]
        assert min(abs(s - found) for s in slopes) < 1e-6 * (1 + abs(found))
        if f is not stores_by_ufuncs:
            assert ac.jvp(f, (X,), (d,))[1] == pytest.approx(found, rel=1e-9, abs=1e-9)


POINTS, C2, C3 = X[0] - 1.0, W[:3, :2], W.reshape(2, 3, 2)


@pytest.mark.parametrize(("base", "module"), BASES.items())
def test_series(base, module):
    home = getattr(np.polynomial, module)
    power, from_roots, companion, fit, value_2d, value_3d, grid_2d, grid_3d, vander_2d, vander_3d = (
        getattr(home, base + name)
        for name in (
            "pow",
            "fromroots",
            "companion",
            "fit",
            "val2d",
            "val3d",
            "grid2d",
            "grid3d",
            "vander2d",
            "vander3d",
        )
    )

    def f(x):
        s = (power(x, 3) ** 2).sum() + (from_roots(x) ** 2).sum() + (companion(x) ** 2).sum()
        s = (
            s
            + (fit(x, W[0], 2) ** 2).sum()
            + (value_2d(x, W[1], C2) ** 2).sum()
            + (value_3d(x, W[1], x, C3) ** 2).sum()
        )
        s = s + (grid_2d(x, W[1], C2) ** 2).sum() + (grid_3d(x, W[1], x, C3) ** 2).sum()
        return s + (vander_2d(x, W[1], (1, 2)) ** 2).sum() + vander_3d(x, W[1], x, [1, 1, 1]).sum()

    value, gradient = ac.value_and_grad(f)(POINTS)
    assert value == f(POINTS)
    slopes = [(f(POINTS + 1e-6 * e) - f(POINTS - 1e-6 * e)) / 2e-6 for e in np.eye(4)]
    np.testing.assert_allclose(gradient, slopes, rtol=1e-5, atol=1e-6)


def test_double_integrals():
    integrate = pytest.importorskip("scipy.integrate")

    def between_numbers(a, b):
        return integrate.dblquad(lambda y, x: a * x * y**b, 0, 1, 0.5, 2)[0]

    # a / 2 times the integral of y**b
    found = ac.grad(between_numbers, wrt=(0, 1))(1.5, 2.0)
    np.testing.assert_allclose(
        found, (2.625 / 2, 0.75 * (8 * np.log(2) / 3 + 0.125 * np.log(2) / 3 - 2.625 / 3)), rtol=1e-7
    )
