"""jacobian, jacfwd, jacrev, hessian and hvp: shapes, structures, modes, types, and what is refused."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac

A = np.arange(6.0).reshape(2, 3) + 1
X = np.array([0.7, 1.2, 1.9])
Pair = namedtuple("Pair", "a b")


@dataclass
class Layer:
    w: Any
    n: int


def mixed(x):
    return np.stack([x.sum(axis=0) ** 2, x[0] * x[1]])


def by_differences(f, x, h=1e-6):
    columns = []
    for k in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[k] = h
        columns.append((f(x + d) - f(x - d)) / (2 * h))
    return np.stack(columns, -1).reshape(*np.shape(f(x)), *x.shape)


def in_place(x):
    B = x.copy()
    for i in range(1, len(x)):
        B[i] = B[i] * B[i - 1] + x[0]
    return B[1:]


@pytest.mark.parametrize("f", [mixed, in_place, lambda x: x.T @ x, lambda x: x.sum(), lambda x: np.cumsum(x) * x[0, 0]])
def test_modes_agree_with_differences(f):
    wanted = by_differences(f, A)
    for transform in (ac.jacfwd, ac.jacrev, ac.jacobian):
        found = transform(f)(A)
        assert found.shape == np.shape(f(A)) + A.shape
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-7)


def nested(p, x, n):
    return {"a": p["w"] @ x, "b": (x.sum(), n, [x * p["b"]])}


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return (a is None and b is None) or (type(a) is type(b) and np.shape(a) == np.shape(b) and np.allclose(a, b))


def test_structures_nest_output_then_input():
    p = {"w": A, "b": 2.0, "n": 3}
    forward, reverse = ac.jacfwd(nested)(p, X, 2), ac.jacrev(nested)(p, X, 2)
    assert same(forward, reverse)
    assert forward["b"][1] is None and forward["a"]["n"] is None
    assert forward["a"]["w"].shape == (2, 2, 3) and forward["b"][2][0]["b"].tolist() == X.tolist()
    both = ac.jacobian(nested, wrt=("p", "x"))(p, X, 2)
    assert isinstance(both["a"], tuple) and both["a"][1].shape == (2, 3)


def test_objects_and_named_tuples_keep_their_classes():
    found = ac.jacfwd(lambda p: Pair(p.a * 2, p.b * p.a))(Pair(2.0, X))
    assert isinstance(found, Pair) and isinstance(found.a, Pair)
    assert found.a == Pair(2.0, pytest.approx(np.zeros(3))) and found.b.b.shape == (3, 3)
    layer = ac.jacrev(lambda layer: layer.w * layer.n)(Layer(X, 3))
    assert isinstance(layer, Layer) and layer.n is None
    np.testing.assert_array_equal(layer.w, 3 * np.eye(3))


def test_types_are_those_of_arguments_and_results():
    assert type(ac.jacfwd(lambda x: x * x)(3.0)) is float and type(ac.jacrev(lambda x: x * x)(3)) is float
    assert type(ac.jacobian(lambda x: x * x)(np.float32(3.0))) is np.float32
    assert ac.jacfwd(lambda x: x * 2)(X.astype(np.float32)).dtype == np.float32
    assert ac.jacrev(lambda x: x * 2)(np.array(2.0)).shape == ()


@pytest.mark.parametrize("transform", [ac.jacfwd, ac.jacrev, ac.jacobian])
def test_edges(transform):
    assert transform(lambda x: 2 * x)(np.zeros(0)).shape == (0, 0)
    assert transform(lambda x: x[:0])(X).shape == (0, 3)
    np.testing.assert_array_equal(transform(lambda x: 3.0)(X), np.zeros(3))
    assert transform(lambda x, y: x * y, wrt=("x", "y"))(2.0, 3.0) == (3.0, 2.0)
    assert transform(lambda x: (x * x, "text"), has_aux=True)(3.0) == (6.0, "text")


@pytest.mark.parametrize("transform", [ac.jacfwd, ac.jacrev])
def test_holomorphic(transform):
    z = np.array([1.0 + 1.0j, 2.0])
    np.testing.assert_allclose(transform(lambda z: z**2 * 1j, holomorphic=True)(z), np.diag(2j * z))
    for f, x in [(lambda z: z * z, 1j), (lambda x: 1j * x, X)]:
        with pytest.raises(ac.DifferentiationError, match="holomorphic=True"):
            transform(f)(x)


@pytest.mark.parametrize("transform", [ac.jacfwd, ac.jacrev])
def test_stored_arguments_and_methods(transform):
    def shift(a):
        a[1:] = a[:-1] * 2

    np.testing.assert_array_equal(transform(shift)(X), [[1, 0, 0], [2, 0, 0], [0, 2, 0]])

    class Model:
        k = 3.0

        def f(self, x):
            return self.k * x**2

        j = transform(f)

    assert Model().j(2.0) == 12.0 and transform(Model().f)(2.0) == 12.0


def test_draws_happen_once():
    def noisy(x):
        return x * np.random.normal(size=3)

    np.random.seed(0)
    found = np.diag(ac.jacobian(noisy)(X))
    np.random.seed(0)
    np.testing.assert_array_equal(found, np.random.normal(size=3))
    np.random.seed(0)
    found = np.diag(ac.jacfwd(lambda p: noisy(p["x"]))({"x": X})["x"])
    np.random.seed(0)
    np.testing.assert_array_equal(found, np.random.normal(size=3))
    with pytest.raises(ac.DifferentiationError, match="draws random numbers"):  # each direction has a sweep of its own
        ac.jacfwd(noisy_and_recursive)(X)


def noisy_and_recursive(x, n=2):
    return x * np.random.normal(size=3) if n == 0 else x * noisy_and_recursive(x, n - 1)


# -- hessian and hvp ---------------------------------------------------------------------------------------------


def energy(x, k):
    u = x.copy()
    for i in range(1, len(x)):
        u[i] += k * u[i - 1] ** 2
    return np.sum(np.sin(u)) * x[0]


def test_hessian():
    h = ac.hessian(energy)(X, 0.3)
    wanted = by_differences(lambda x: ac.grad(energy)(x, 0.3), X)
    np.testing.assert_allclose(h, wanted, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(h, h.T, rtol=1e-12)
    blocks = ac.hessian(energy, wrt=("x", "k"))(X, 0.3)
    np.testing.assert_allclose(blocks[0][0], h, rtol=1e-12)
    np.testing.assert_allclose(blocks[0][1], blocks[1][0], rtol=1e-12)
    nested = ac.hessian(lambda p: p["a"] ** 2 * np.sum(p["b"]))({"a": 2.0, "b": X})
    assert nested["a"]["a"] == pytest.approx(2 * X.sum()) and nested["b"]["a"].tolist() == [4.0] * 3


def test_hvp():
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(ac.hvp(energy)(X, v, 0.3), ac.hessian(energy)(X, 0.3) @ v, rtol=1e-12)
    by_second = ac.hvp(lambda a, x, b: (a * x**3).sum() * b, wrt="x")
    np.testing.assert_allclose(by_second(2.0, v, X, 3.0), 36 * X * v)
    both = ac.hvp(lambda x, y: x * x * y, wrt=(0, 1))(2.0, (1.0, 10.0), 3.0)
    assert both == (46.0, 4.0)
    with pytest.raises(TypeError, match="shape"):
        ac.hvp(energy)(X, v[:2], 0.3)
