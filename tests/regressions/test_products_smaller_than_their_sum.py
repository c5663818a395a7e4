"""`(x * z + B).sum()` with columns `x`, `z` and a matrix `B`: the product's adjoint repeats along an axis it has not."""

import numpy as np
import pytest

import adjoint_compiler as ac


def total(x, z, B):
    return (x * z + B).sum()


def average(x, z, B):
    return ((x * z - B).mean(axis=0) * B[0]).sum()


def sum_of_larger(x, z, B):
    t = B.sum(axis=1, keepdims=True)
    return (t * (x + B)).sum() + (t * z).mean()


def chained(x, z, B):
    a = x * z
    b = a + B
    c = -(b - 1.0)
    return c.sum() + ((x * z) * (x + z) + B).mean()


SHAPES = [((3, 1), (3, 1)), ((1, 4), (1, 4)), ((3, 1), (1, 1)), ((4,), (4,)), ((3, 4), (3, 1)), ((3, 1), (1, 4))]


@pytest.mark.parametrize("f", [total, average, sum_of_larger, chained])
@pytest.mark.parametrize("optimize", [None, 0])
@pytest.mark.parametrize(("x_shape", "z_shape"), SHAPES)
def test_gradient(f, optimize, x_shape, z_shape):
    rng = np.random.default_rng(5)
    args = [rng.uniform(0.5, 1.5, shape) for shape in (x_shape, z_shape, (3, 4))]
    found = ac.grad(f, wrt=(0, 1, 2), optimize=optimize)(*args)
    for k, a in enumerate(args):
        expected = np.empty_like(a)
        for i in np.ndindex(a.shape):
            h = np.zeros_like(a)
            h[i] = 1e-6
            above, below = (f(*[b + s * h if j == k else b for j, b in enumerate(args)]) for s in (1, -1))
            expected[i] = (above - below) / 2e-6
        np.testing.assert_allclose(found[k], expected, rtol=1e-6, atol=1e-6)
