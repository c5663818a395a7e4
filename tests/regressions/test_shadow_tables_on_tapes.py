"""A pullback of a gradient copies the table of shadows with the arrays on its tape: the copied table knows the copies."""

import numpy as np
import pytest

import adjoint_compiler as ac


def rebound(x, y):
    z = x.copy()
    w = z
    for _ in range(2):
        w *= y
        w = w * y
    return (z * w).sum()


def swapped(x, y):
    u = x.copy()
    w = np.zeros_like(x)
    for _ in range(3):
        w[1:-1] = u[:-2] * u[2:] + y[1:-1] * w[1:-1]
        u, w = w, u
    return (u * u + w).sum()


def swapped_with_new(x, y):
    z = x.copy()
    w = z
    for _ in range(3):
        w[1:] += -w[:-1] * y[1:]
        w, z = z, w * y
    return (z * w).sum()


@pytest.mark.parametrize("f", [rebound, swapped, swapped_with_new])
@pytest.mark.parametrize("wrt", [0, 1])
@pytest.mark.parametrize("optimize", [None, 0])
def test_pullback_of_a_gradient(f, wrt, optimize):
    rng = np.random.default_rng(3)
    args = tuple(rng.uniform(0.5, 1.5, 4) for _ in range(2))
    seed = rng.normal(size=4)
    gradient = ac.grad(f, wrt=wrt, optimize=optimize)
    _, pullback = ac.vjp(gradient, *args, optimize=optimize)
    for found in (pullback(seed), pullback(seed)):
        for k in range(2):
            for i in range(4):
                h = np.zeros(4)
                h[i] = 1e-6
                above, below = ([a + s * h if j == k else a for j, a in enumerate(args)] for s in (1, -1))
                expected = (gradient(*above) - gradient(*below)) @ seed / 2e-6
                np.testing.assert_allclose(found[k][i], expected, rtol=1e-6, atol=1e-6)
