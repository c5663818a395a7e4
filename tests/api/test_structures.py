"""Gradients have the argument's own structure and types, and memory of their own."""

from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np
import pytest

import adjoint_compiler as ac

Layer = namedtuple("Layer", "w b")


@dataclass
class Model:
    w: np.ndarray
    b: float
    name: str = "model"
    steps: int = 3
    layers: list = field(default_factory=list)


@dataclass(frozen=True)
class Frozen:
    a: float
    b: np.ndarray

    def __post_init__(self):
        if self.b is None or self.b.ndim != 1:
            raise ValueError("b must be a vector")


def total(x):
    return (x * x * 1.0).sum() if isinstance(x, np.ndarray) else x * x


def square(x):
    return x * x


@pytest.mark.parametrize("x", [3.0, np.float64(3), np.float32(3), np.float16(3), np.longdouble(3)])
def test_scalars_keep_their_type(x):
    gradient = ac.grad(square)(x)
    assert type(gradient) is type(x) and gradient == 6
    value, gradient = ac.value_and_grad(square)(x)
    assert type(value) is type(x) and type(gradient) is type(x)


@pytest.mark.parametrize("x", [3.0 + 1j, np.complex64(3 + 1j), np.complex128(3 + 1j), np.clongdouble(3 + 1j)])
def test_complex_scalars_keep_their_type(x):
    def f(z):
        return (z * z.conjugate()).real

    gradient = ac.grad(f)(x)
    assert type(gradient) is type(x) and gradient == 6 + 2j


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"]
)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,), (2, 0, 3)])
def test_arrays_keep_their_dtype_and_shape(dtype, shape):
    def f(x):
        return np.sum(np.real(x * np.conj(x)) * 2.5)

    x = np.full(shape, 2, dtype)
    gradient = ac.grad(f)(x)
    assert type(gradient) is np.ndarray
    assert gradient.dtype == x.dtype and gradient.shape == shape
    np.testing.assert_array_equal(gradient, np.full(shape, 10, dtype))
    y, pullback = ac.vjp(f, x)
    (bar,) = pullback(np.ones_like(y))
    assert type(bar) is np.ndarray and bar.dtype == x.dtype and bar.shape == shape


def test_a_float32_argument_among_doubles():
    def f(x, w):
        return np.sum(x * w) * w[0]

    x, w = np.ones(2, np.float32), np.ones(2)
    x_bar, w_bar = ac.grad(f, wrt=(0, 1))(x, w)
    assert x_bar.dtype == np.float32 and w_bar.dtype == np.float64


def test_layouts():
    def f(x):
        return (x * x).sum()

    base = np.arange(24.0).reshape(4, 6)
    for x in (base.T, base[::2, 1::2], base[::-1], np.asfortranarray(base), np.broadcast_to(base[0], (3, 6))):
        gradient = ac.grad(f)(x)
        np.testing.assert_array_equal(gradient, 2 * x)
        assert gradient.flags.writeable and not np.shares_memory(gradient, base)


def test_nested_containers():
    def f(p):
        w, (b, items) = p
        return np.sum(w * b["k"]) * items[0] + items[1][0]

    p = (np.array([1.0, 2.0]), ({"k": 3.0, "unused": np.ones(2), "n": 4}, [2.0, (5.0,), 7, True, None, "text"]))
    gradient = ac.grad(f)(p)
    assert type(gradient) is tuple and type(gradient[1]) is tuple
    np.testing.assert_array_equal(gradient[0], [6.0, 6.0])
    b, items = gradient[1]
    assert list(b) == ["k", "unused", "n"] and b["k"] == 6.0 and b["n"] is None
    np.testing.assert_array_equal(b["unused"], np.zeros(2))
    assert items[0] == 9.0 and items[1] == (1.0,) and items[2:] == [None] * 4


def test_named_tuples_and_dataclasses():
    def f(model, layer):
        y = np.sum(model.w * layer.w) + model.b * layer.b
        for inner in model.layers:
            y = y + inner.b * inner.b
        return y * model.steps

    model = Model(np.array([1.0, 2.0]), 3.0, layers=[Layer(np.ones(1), 5.0)])
    layer = Layer(np.array([3.0, 4.0]), 2.0)
    g_model, g_layer = ac.grad(f, wrt=(0, 1))(model, layer)
    assert type(g_model) is Model and type(g_layer) is Layer
    np.testing.assert_array_equal(g_model.w, [9.0, 12.0])
    assert (g_model.b, g_model.name, g_model.steps) == (6.0, None, None)
    assert type(g_model.layers[0]) is Layer and g_model.layers[0].b == 30.0
    np.testing.assert_array_equal(g_model.layers[0].w, [0.0])
    np.testing.assert_array_equal(g_layer.w, [3.0, 6.0])
    assert g_layer.b == 9.0


def test_named_tuples_unpack_and_index():
    def f(layer):
        w, b = layer
        return np.sum(w) * b + layer[1] * layer.b

    gradient = ac.grad(f)(Layer(np.array([1.0, 2.0]), 3.0))
    np.testing.assert_array_equal(gradient.w, [3.0, 3.0])
    assert gradient.b == 9.0


def test_a_frozen_dataclass_that_checks_itself():
    gradient = ac.grad(lambda p: p.a * p.b.sum())(Frozen(2.0, np.ones(3)))
    assert type(gradient) is Frozen and gradient.a == 3.0
    np.testing.assert_array_equal(gradient.b, [2.0, 2.0, 2.0])
    unused = ac.grad(lambda p: p.a * p.a)(Frozen(2.0, np.ones(3)))
    np.testing.assert_array_equal(unused.b, np.zeros(3))


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(ac.DifferentiationError, match="spam"):
        ac.grad(lambda p: p.spam * 2.0)(Layer(1.0, 2.0))


def test_the_same_array_twice_in_a_container():
    def f(p):
        return np.sum(p[0] * p[1] * p[1])

    x = np.array([2.0, 3.0])
    first, second = ac.grad(f)((x, x))
    np.testing.assert_array_equal(first, x**2)
    np.testing.assert_array_equal(second, 2 * x**2)
    assert not np.shares_memory(first, second)


def test_results_of_every_structure_in_vjp():
    def f(x):
        return {"sum": x.sum(), "items": [x * 2.0, (x[0], 3, None)], "text": "a"}

    x = np.array([1.0, 2.0])
    y, pullback = ac.vjp(f, x)
    assert y["items"][1] == (1.0, 3, None) and y["text"] == "a"
    bars = pullback({"sum": 1.0, "items": [np.array([10.0, 20.0]), (100.0, None, None)], "text": None})
    np.testing.assert_array_equal(bars[0], [1 + 20 + 100, 1 + 40])


# -- memory ----------------------------------------------------------------------------------------------------


def leaves(structure):
    if isinstance(structure, np.ndarray):
        return [structure]
    if isinstance(structure, dict):
        return [a for v in structure.values() for a in leaves(v)]
    if isinstance(structure, (tuple, list)):
        return [a for v in structure for a in leaves(v)]
    return []


def assert_own(gradients, others):
    found = leaves(gradients)
    for k, g in enumerate(found):
        assert g.flags.writeable
        for other in (*found[:k], *leaves(others)):
            assert not np.shares_memory(g, other)


PROGRAMS = {
    "identity": lambda x, y: x,
    "both": lambda x, y: x + y,
    "views": lambda x, y: x[::-1] + y.T,
    "unused": lambda x, y: y * 2.0,
    "reshaped": lambda x, y: x.reshape(3, 1)[:, 0] * 1.0,
    "twice": lambda x, y: (x, x, [y, x]),
    "constant": lambda x, y: x * 0.0 + 1.0,
    "broadcast": lambda x, y: np.broadcast_to(x.sum(), (3,)) + y,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_adjoints_own_their_memory(name):
    f = PROGRAMS[name]
    x, y = np.arange(3.0) + 1, np.arange(3.0) + 2
    result, pullback = ac.vjp(f, x, y)

    def ones(r):
        return (
            tuple(map(ones, r))
            if isinstance(r, tuple)
            else [ones(v) for v in r]
            if isinstance(r, list)
            else np.ones_like(r)
        )

    seed = ones(result)
    first, second = pullback(seed), pullback(seed)
    assert_own([first, second], [x, y, result, seed])
    for bars in (first, second):
        for bar in bars:
            bar[:] = np.nan
    np.testing.assert_array_equal(leaves(pullback(seed))[0], leaves(ac.vjp(f, x, y)[1](seed))[0])


@pytest.mark.parametrize("name", [n for n in PROGRAMS if n != "twice"])
def test_gradients_own_their_memory(name):
    f = PROGRAMS[name]

    def scalar(x, y):
        r = f(x, y)
        return r.sum(), (r, x, y)

    x, y = np.arange(3.0) + 1, np.arange(3.0) + 2
    (value, aux), gradients = ac.value_and_grad(scalar, wrt=(0, 1), has_aux=True)(x, y)
    assert_own(gradients, [x, y, aux])
    again = ac.grad(scalar, wrt=(0, 1), has_aux=True)(x, y)[0]
    for one, other in zip(gradients, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_caller_may_change_a_gradient():
    g = ac.grad(lambda x: 3.0)
    first = g(np.ones(2))
    first += 1.0
    np.testing.assert_array_equal(g(np.ones(2)), [0.0, 0.0])
