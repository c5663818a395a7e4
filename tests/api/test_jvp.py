"""jvp: arguments, tangents, results, and what is refused."""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([0.7, 1.2, 1.9])
Pair = namedtuple("Pair", "a b")


@dataclass
class Layer:
    w: Any
    n: int


def test_values_and_tangents():
    assert ac.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0)) == (6.0, 23.0)
    assert ac.jvp(lambda x, y: x * y, (2.0, 3.0), (None, 10.0)) == (6.0, 20.0)
    assert ac.jvp(lambda x, n: x**n, (2.0, 3), (1.0, None)) == (8.0, 12.0)
    assert ac.jvp(lambda x, *, k: k * x, (2.0,), (1.0,), kwargs={"k": 3.0}) == (6.0, 3.0)
    assert ac.jvp(lambda x: x * x, (3,), (1.0,)) == (9.0, 6.0)
    y, y_dot = ac.jvp(lambda x: (x, 3, {"s": math.sin(0.0) + 1.0}), (2.0,), (1.0,))
    assert y_dot == (1.0, None, {"s": 0.0})


def test_structures():
    y, y_dot = ac.jvp(lambda p: Pair(p.a * p.b, p.b), (Pair(2.0, X),), (Pair(1.0, None),))
    assert isinstance(y_dot, Pair)
    np.testing.assert_array_equal(y_dot.a, X)
    np.testing.assert_array_equal(y_dot.b, np.zeros(3))
    _, layer = ac.jvp(lambda m: Layer(m.w * m.n, m.n), (Layer(X, 2),), (Layer(np.ones(3), None),))
    assert isinstance(layer, Layer) and layer.n is None and layer.w.tolist() == [2.0] * 3


def test_types_and_memory():
    x = X.astype(np.float32)
    dot = np.ones(3)
    _, y_dot = ac.jvp(lambda x: x, (x,), (dot,))
    assert y_dot.dtype == np.float32 and not np.shares_memory(y_dot, dot)
    y_dot[0] = 5.0
    assert type(ac.jvp(lambda x: np.sum(x), (X,), (dot,))[1]) is np.float64
    assert type(ac.jvp(lambda x: float(np.sum(x)), (X,), (dot,))[1]) is float
    assert ac.jvp(lambda z: z.real * 2, (1 + 2j,), (3 + 1j,)) == (2.0, 6.0)
    assert ac.jvp(lambda x: int(x), (2.5,), (1.0,)) == (2, None)


def test_stored_arguments():
    def scale(a, b):
        a *= b
        b[:] = a + 1

    a, b = X.copy(), X + 1
    (a2, b2), (a_dot, b_dot) = ac.jvp(scale, (a, b), (np.ones(3), None))
    np.testing.assert_array_equal(a, X)
    np.testing.assert_array_equal(a_dot, X + 1)
    np.testing.assert_array_equal(b_dot, X + 1)
    with pytest.raises(ac.DifferentiationError, match="shares memory"):
        ac.jvp(scale, (a, a), (np.ones(3), None))


@pytest.mark.parametrize(
    ("primals", "tangents", "message"),
    [
        ((X,), (np.ones(2),), "must have shape"),
        ((X,), ("a",), "must be a number or an array"),
        ((X,), (1j * X,), "must be real"),
        ((X,), (X, X), "2 tangents"),
        (X, X, "primals must be a tuple"),
        (((1.0, 2.0),), ((1.0,),), "a sequence of 2"),
        (({"a": 1.0},), ({"b": 1.0},), "the keys"),
        (({"a": 1.0, "n": 2},), ({"a": 1.0, "n": 1.0},), "must be None"),
    ],
)
def test_tangents_that_do_not_match(primals, tangents, message):
    with pytest.raises(TypeError, match=message):
        ac.jvp(lambda x: x, primals, tangents)


def test_integers_are_refused():
    with pytest.raises(ac.DifferentiationError, match="integers and bools"):
        ac.jvp(lambda x: x * 2.0, (np.arange(3),), (np.ones(3),))
    with pytest.raises(ac.DifferentiationError, match="pass a float|index"):
        ac.jvp(lambda n: X[n], (1,), (1.0,))


def test_only_custom_vjp_is_refused():
    @ac.custom_vjp
    def cube(x):
        return x**3

    cube.defvjp(lambda x: (x**3, x), lambda x, g: (3 * x * x * g,))
    with pytest.raises(ac.DifferentiationError, match="reverse mode only"):
        ac.jvp(lambda x: cube(x) + 1, (2.0,), (1.0,))
    assert ac.jvp(lambda x, y: cube(x) * y, (2.0, 3.0), (None, 1.0)) == (24.0, 8.0)


def test_at_kinks():
    assert ac.jvp(lambda x: abs(x), (0.0,), (1.0,))[1] == 0.0
    assert ac.jvp(lambda x: np.maximum(x, 0.0), (0.0,), (1.0,))[1] == 0.5
    assert ac.jvp(lambda x: math.sqrt(x), (0.0,), (0.0,))[1] == 0.0
    assert ac.jvp(lambda x: math.sqrt(x), (0.0,), (1.0,))[1] == math.inf
    with np.errstate(all="raise"):
        assert ac.jvp(lambda x: np.where(x > 0, np.sqrt(x), 0.0).sum(), (np.zeros(2),), (np.ones(2),))[1] == 0.0
