"""check_grads, against an api whose derivatives are made from differences, and made wrong on purpose."""

import dataclasses
import math
import sys
from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pytest

import adjoint_compiler
from adjoint_compiler.frontend.source import source_of
from adjoint_compiler.testing import gradcheck
from adjoint_compiler.testing.gradcheck import check_grads, flatten, numeric_vjp, pair

Point = namedtuple("Point", "x y")


@dataclasses.dataclass(frozen=True)
class Layer:
    w: np.ndarray
    size: int


def vjp(f, *args):
    """A right vjp, made from differences."""
    leaves, rebuild = flatten(args)
    primal = gradcheck.Primal(f, args, None)

    def pullback(y_bar):
        return numeric_vjp(f, rebuild(leaves), y_bar)

    return primal.y, pullback


def jvp(f, primals, tangents):
    primal = gradcheck.Primal(f, primals, None)
    u = flatten(tangents)[0]
    outputs, rebuild = flatten(primal.y)
    dots = []
    for i, y in enumerate(outputs):
        dot = np.zeros_like(y)
        for unit in (1.0, 1j) if np.iscomplexobj(y) else (1.0,):
            for k in np.ndindex(y.shape):
                w = [np.zeros_like(other) for other in outputs]
                w[i][k] = unit
                dot[k] += unit * primal.slope(u, w)[0]
        dots.append(dot)
    return primal.y, rebuild(dots, lambda _: None)


@pytest.fixture
def api(monkeypatch):
    """The api that check_grads finds."""
    fake = SimpleNamespace(vjp=vjp, jvp=jvp)
    monkeypatch.setitem(sys.modules, "adjoint_compiler.api", fake)
    monkeypatch.setattr(adjoint_compiler, "api", fake, raising=False)
    return fake


def sabotage(api, change=None, value=None, side_effect=None):
    """Let the api's pullback and value pass through functions that spoil them."""

    def wrong(f, *args):
        y, pullback = vjp(f, *args)

        def wrong_pullback(y_bar):
            if side_effect:
                side_effect(args)
            bars = pullback(y_bar)
            return change(bars) if change else bars

        return (value(y) if value else y), wrong_pullback

    api.vjp = wrong


def failure(f, args, **options):
    with pytest.raises(AssertionError) as caught:
        check_grads(f, args, order=1, **{"modes": ("reverse",), **options})
    return str(caught.value)


def product(x, y):
    return np.sum(x * y)


def square_in_place(a):
    a[1:] = a[:-1] * a[1:]


def rotate(z, p):
    return {"turned": z * np.exp(1j * p.x), "length": abs(z) * p.y, "n": 3}


def scale(layers, pair):
    return [layer.w * pair[0] + pair[1]["shift"] for layer in layers]


A3 = np.array([0.5, -1.5, 2.0])
RIGHT = {
    "float": (lambda x: x**3, (2.0,)),
    "arrays": (product, (A3, A3[::-1])),
    "many elements": (lambda x: np.sin(x) @ x.T, (np.linspace(0, 1, 24).reshape(2, 12),)),
    "integer arguments": (lambda x, n, k: x[k] ** n, (A3, 2, np.array([0, 2]))),
    "containers": (scale, ([Layer(A3, 3), Layer(2 * A3, 3)], (1.5, {"shift": np.float64(2.0), "name": "s"}))),
    "complex": (rotate, (np.array([1 + 2j, 0.5 - 1j]), Point(0.3, 2.0))),
    "mutated argument": (square_in_place, (A3,)),
    "strided argument": (square_in_place, (np.linspace(1, 2, 12).reshape(4, 3)[::2, 1],)),
    "several mutated": (lambda a, b: (a.__imul__(b), b.__iadd__(1.0), None)[2], (A3, A3 + 1)),
    "float32": (lambda x: np.exp(x).sum(), (A3.astype(np.float32),)),
    "float16": (lambda x: x * x, (np.float16(1.5),)),
    "zero-dimensional": (lambda x: x * 2, (np.array(3.0),)),
    "empty": (lambda x: x.sum(), (np.zeros((0, 3)),)),
    "close to a kink": (lambda x: np.abs(x).sum(), (np.array([1e-3, -1e-3]),)),
    "close to the edge of the domain": (lambda x: float(np.log(x)), (1e-3,)),
    "large numbers": (lambda x: x * x, (1e6,)),
    "not a number": (lambda x: x * np.array([1.0, np.nan]), (2.0,)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_pass(api, name):
    f, args = RIGHT[name]
    check_grads(f, args, order=1)


@pytest.mark.parametrize("name", [name for name in RIGHT if name not in ("empty", "not a number")])
def test_derivatives_that_are_one_percent_off_fail(api, name):
    f, args = RIGHT[name]

    def change(bars):
        leaves, rebuild = flatten(bars)
        return rebuild([leaf * (1.3 if leaf.dtype == np.float16 else 1.01) for leaf in leaves], lambda _: None)

    sabotage(api, change)
    assert "wrong derivative for args[0]" in failure(f, args)


def test_failures_name_the_place(api):
    sabotage(api, lambda bars: (bars[0], bars[1] + np.array([0.0, 0.0, 1e-3])))
    text = failure(product, (A3, A3[::-1].copy()))
    assert text.startswith("reverse mode of `product`, order 1: wrong derivative for args[1][2]:")
    assert "off by 0.00" in text and "by differences" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda bars: (bars[0], None), "the adjoint of args[1] should be something like"),
        (lambda bars: (bars[0], bars[1].astype(np.float32)), "the adjoint of args[1]"),
        (lambda bars: (bars[0], bars[1][:2]), "the adjoint of args[1]"),
        (lambda bars: (bars[0], list(bars[1])), "the adjoint of args[1]"),
        (lambda bars: bars[:1], "the adjoint of args should"),
        (lambda bars: (bars[0] * np.nan, bars[1]), "wrong derivative for args[0][0]: nan"),
        (lambda bars: (bars[0] * np.inf, bars[1]), "wrong derivative for args[0][0]"),
    ],
)
def test_wrong_shapes_types_and_numbers(api, change, message):
    sabotage(api, change)
    assert message in failure(product, (A3, A3 + 1))


def test_inert_arguments_have_no_adjoint(api):
    sabotage(api, lambda bars: (bars[0], 0.0))
    assert "args[1] should be None" in failure(lambda x, n: x**n, (1.5, 2))


def test_other_promises(api):
    sabotage(api, value=lambda y: y + 1e-3)
    assert "the value is" in failure(product, (A3, A3))
    sabotage(api, value=lambda y: [y, y])
    assert "the value is" in failure(product, (A3, A3))
    sabotage(api, side_effect=lambda args: args[0].__iadd__(1.0))
    assert "the caller's arguments are changed" in failure(product, (A3, A3 + 1))
    calls = []
    sabotage(api, lambda bars: (calls.append(1), (bars[0] * len(calls),))[1])
    assert "called again" in failure(lambda x: x * x, (2.0,))


def test_differences_outside_the_domain_excuse_nothing(api):
    api.vjp = lambda f, x: (f(x), lambda _: (float("nan"),))
    assert "by differences nan" in failure(lambda x: math.sqrt(x), (0.0,))


def test_wrong_tangents_fail(api):
    api.jvp = lambda *a: (jvp(*a)[0], jvp(*a)[1] * 1.01)
    assert failure(product, (A3, A3), modes=("forward", "reverse")).startswith("forward mode of `product`")
    check_grads(product, (A3, A3), order=1, modes=("reverse",))
    api.jvp = lambda *a: (jvp(*a)[0] + 1, jvp(*a)[1])
    assert "the value is" in failure(product, (A3, A3), modes=("forward",))


def test_modes(api):
    with pytest.raises(ValueError, match="sideways"):
        check_grads(product, (A3, A3), modes=("sideways",))


def test_nothing_to_check(api):
    with pytest.raises(ValueError, match="returns nothing and mutates no argument"):
        check_grads(lambda x: None, (1.0,))
    with pytest.raises(ValueError, match="no argument of `product` is differentiable"):
        check_grads(product, (1, 2))


def test_tolerances_can_be_set(api):
    sabotage(api, lambda bars: (bars[0] * 1.001, bars[1] * 1.001))
    failure(product, (A3, A3 + 1))
    check_grads(product, (A3, A3 + 1), order=1, rtol=1e-2)
    check_grads(product, (A3, A3 + 1), order=1, atol=1e-1)
    assert "allowed are 0" in failure(product, (A3, A3 + 1), atol=0.0, rtol=0.0, eps=1e-2)


# -- second order --------------------------------------------------------------------------------------------


def gradient(f, wrt):
    """A gradient function made from differences, precise enough to be differenced again."""

    def grad(*args):
        return tuple(numeric_vjp(f, args, 1.0)[i] for i in wrt)

    return grad


def test_second_order_checks_the_gradient_of_a_weighted_sum(api):
    texts, wrts = [], []

    def grad(f, wrt):
        texts.append(source_of(f).text if f.__name__ == "weighted" else f)
        wrts.append(wrt)
        return gradient(f, wrt)

    api.grad = grad
    loose = {"atol": 1e-3, "rtol": 1e-3}

    def cube(x, n):
        return x**n

    check_grads(cube, (1.5, 3), **loose)
    assert texts.pop() is cube and wrts.pop() == (0,)
    check_grads(lambda n, x: {"a": x[0] * x[1], "b": [n, x[2]]}, (2, (1.5, 2.0, np.array([3.0]))), **loose)
    assert texts.pop() == (
        "def weighted(a0, a1):\n    y = f(a0, a1)\n    return np.sum(w0 * y['a']) + np.sum(w1 * y['b'][1])"
    )
    assert wrts.pop() == (1,)
    check_grads(square_in_place, (A3,), **loose)
    assert texts.pop() == "def weighted(a0):\n    f(a0)\n    y = a0\n    return np.sum(w0 * y)"
    check_grads(lambda z: z * z, (1 + 2j,), **loose)
    assert texts.pop().endswith("return np.sum(np.real(np.conj(w0) * y))")


def test_wrong_second_order_fails(api):
    def cube(x):
        return x**3

    def vjp_once_right(f, x):
        slope = 3 * x * x if f is cube else 5 * x
        return f(x), lambda bar: ((bar if isinstance(bar, float) else bar[0]) * slope,)

    api.vjp = vjp_once_right
    api.grad = lambda f, wrt: lambda x: (3 * x * x,)
    check_grads(cube, (2.0,), order=1)
    with pytest.raises(AssertionError, match="order 2: wrong derivative for args"):
        check_grads(cube, (2.0,))


# -- helpers -------------------------------------------------------------------------------------------------


def test_flatten_keeps_types_and_layout():
    strided = np.arange(24.0).reshape(4, 6)[::-2, 1::2]
    structure = {
        "a": (1.5, np.float32(2), 3, None, True),
        "p": Point(np.array(1.0), [2 + 1j]),
        "l": Layer(strided, 4),
        "i": np.arange(3),
        "e": (),
    }
    leaves, rebuild = flatten(structure)
    assert [leaf.dtype.name for leaf in leaves] == ["float64", "float32", "float64", "complex128", "float64"]
    back = rebuild([leaf + 1 for leaf in leaves])
    assert back["a"] == (2.5, 3.0, 3, None, True) and type(back["a"][1]) is np.float32
    assert type(back["p"]) is Point and back["p"].x.shape == () and back["p"].y == [3 + 1j]
    assert back["l"].w.strides == strided.strides and np.array_equal(back["l"].w, strided + 1)
    assert not np.shares_memory(back["i"], structure["i"]) and back["e"] == ()
    assert rebuild(leaves, lambda _: None)["a"] == (1.5, 2.0, None, None, None)
    repeated = flatten(np.broadcast_to(np.ones(2), (3, 2)))[1]([np.arange(6.0).reshape(3, 2)])
    assert np.array_equal(repeated, np.arange(6.0).reshape(3, 2))


def test_flatten_copies():
    x = np.ones(3)
    leaves, rebuild = flatten([x])
    leaves[0][:] = 5
    rebuild(leaves)[0][:] = 7
    assert np.array_equal(x, np.ones(3))


def test_numeric_vjp():
    x_bar, n_bar = numeric_vjp(lambda x, n: {"y": n * x * x, "n": n}, (A3, 2), {"y": np.ones(3), "n": None})
    np.testing.assert_allclose(x_bar, 4 * A3, rtol=1e-9)
    assert n_bar is None
    (z_bar,) = numeric_vjp(lambda z: (z * np.conj(z)).real, (1 + 2j,), 1.0)  # df/dx + i df/dy = 2 z
    assert abs(z_bar - (2 + 4j)) < 1e-9
    (w_bar,) = numeric_vjp(lambda z: z * z, (1 + 2j,), 1 + 0j)  # holomorphic: conj(2 z)
    assert abs(w_bar - (2 - 4j)) < 1e-9
    (a_bar,) = numeric_vjp(square_in_place, (A3,), np.array([1.0, 10.0, 100.0]))
    np.testing.assert_allclose(a_bar, [1 + 10 * A3[1], 10 * A3[0] + 100 * A3[2], 100 * A3[1]], rtol=1e-9)


def test_pair():
    assert pair([np.array([1 + 2j])], [np.array([3 - 1j])]) == 1.0
    assert pair([np.array([np.inf, 2.0])], [np.array([0.0, 1.0])]) == 2.0
