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
