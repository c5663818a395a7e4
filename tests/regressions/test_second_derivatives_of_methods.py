"""Derivatives of derivatives of bound methods and partials: the object, and what is in the partial, were asked for as arguments."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([0.3, -0.7, 1.1])


class Model:
    def __init__(self, c):
        self.c = c

    def loss(self, x, power=2):
        return np.sum(np.sin(x * self.c) ** power)


def weighted(c, x, power=2):
    return np.sum(np.sin(x * c) ** power)


METHODS = [Model(0.5).loss, functools.partial(weighted, 0.5), functools.partial(weighted, 0.5, power=2)]


@pytest.mark.parametrize("f", METHODS, ids=("bound", "partial", "keyword"))
def test_second_derivatives(f):
    plain = ac.hessian(lambda x: weighted(0.5, x))(X)
    np.testing.assert_allclose(ac.hessian(f)(X), plain, rtol=1e-14)
    np.testing.assert_allclose(ac.jacobian(ac.grad(f))(X), plain, rtol=1e-14)
    np.testing.assert_allclose(ac.hvp(f)(X, X), plain @ X, rtol=1e-14)
    np.testing.assert_allclose(ac.jvp(ac.grad(f), (X,), (X,))[1], plain @ X, rtol=1e-14)
    np.testing.assert_allclose(ac.vjp(ac.grad(f), X)[1](X)[0], plain @ X, rtol=1e-14)


@pytest.mark.parametrize("f", METHODS, ids=("bound", "partial", "keyword"))
def test_called_inside_of_what_is_differentiated(f):
    plain = ac.hessian(lambda x: weighted(0.5, x))(X) @ X + ac.grad(lambda x: weighted(0.5, x))(X)
    np.testing.assert_allclose(ac.grad(lambda x: ac.grad(f)(x) @ x)(X), plain, rtol=1e-13)
    ac.testing.check_grads(lambda x: ac.grad(f)(x) @ x, (X,), order=2)
