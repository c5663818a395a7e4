"""The forward sweep computes sums of outer products as the program does: a matrix product would round differently."""

import numpy as np
import pytest

import adjoint_compiler as ac


def pair(a, b):
    W = np.outer(a[0], b[0]) + np.outer(a[1], b[1])
    return (W * W * W).sum()


def looped(a, b):
    W = np.outer(a[0], b[0])
    for i in range(1, len(a)):
        W += np.outer(a[i], b[i])
    return (W * W * W).sum()


@pytest.mark.parametrize("f", [pair, looped])
@pytest.mark.parametrize("seed", range(10))
def test_same_value(f, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.random((5, 3)), rng.random((5, 4))
    assert ac.value_and_grad(f, wrt=("a", "b"))(a, b)[0] == f(a, b)
    assert ac.vjp(f, a, b)[0] == f(a, b)


def test_rows_of_length_one():
    def f(a, b):
        W = np.outer(a[:1], b) + np.outer(a, b)
        return (W * W * W).sum()

    a, b = np.array([0.5, 0.7, 0.9]), np.array([0.4, 0.6, 0.8, 1.0])
    assert ac.value_and_grad(f)(a, b)[0] == f(a, b)
    ac.testing.check_grads(f, (a, b), order=1, modes=("reverse",))
