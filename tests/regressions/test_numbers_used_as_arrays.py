"""NumPy's own numbers are indexed by new axes, and summed along the axis that they do not have."""

import numpy as np
import pytest

import adjoint_compiler as ac


def new_axis(x):
    return (x.sum()[None] * x).sum()


def two_new_axes(x):
    return (x.mean()[..., None, None] * x).sum()


def no_axis(x):
    return np.sin(x.sum()[()]) + np.cos(x.sum()[...])


def running_sum(x):
    return (np.cumsum(x[0] * x[1], axis=0) * x).sum()


def running_product(x):
    return (np.cumprod(x[0] * x[1], axis=0) * x).sum()


@pytest.mark.parametrize("f", [new_axis, two_new_axes, no_axis, running_sum, running_product])
@pytest.mark.parametrize("optimize", [None, 0])
def test_gradient(f, optimize):
    x = np.array([0.3, 0.5, 0.9])
    steps = np.eye(3) * 1e-6
    expected = np.array([f(x + h) - f(x - h) for h in steps]) / 2e-6
    np.testing.assert_allclose(ac.grad(f, optimize=optimize)(x), expected.reshape(3), rtol=1e-7)


def reduced_along_an_axis(x):
    s = x[0] * x[1]
    return np.sin(np.prod(np.prod(s, axis=-1), axis=0)) * np.sum(s, axis=0) + np.max(s, axis=-1)


def reduced_number(x, y):
    return np.mean(np.sqrt(1.0 + np.prod(np.prod(y, axis=-1), axis=-1).T ** 2)) * np.sum(y, axis=0, keepdims=True) * x


@pytest.mark.parametrize("optimize", [None, 0])
def test_reductions(optimize):
    x = np.array([0.3, 0.5, 0.9])
    steps = np.eye(3) * 1e-6
    expected = np.array([reduced_along_an_axis(x + h) - reduced_along_an_axis(x - h) for h in steps]) / 2e-6
    np.testing.assert_allclose(ac.grad(reduced_along_an_axis, optimize=optimize)(x), expected, rtol=1e-7)
    expected = (reduced_number(0.7, 0.4 + 1e-6) - reduced_number(0.7, 0.4 - 1e-6)) / 2e-6
    np.testing.assert_allclose(ac.grad(reduced_number, wrt="y", optimize=optimize)(0.7, 0.4), expected, rtol=1e-7)


def test_stores_into_an_indexed_number_are_refused():
    def stored(x):
        t = x.sum()[None]
        t[0] = t[0] * x[1]
        return (t * x).sum()

    with pytest.raises(ac.DifferentiationError, match="made by indexing a number"):
        ac.grad(stored)(np.array([0.3, 0.5]))
