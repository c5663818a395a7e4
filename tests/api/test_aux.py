"""`has_aux`: the function returns (value, aux), the derivative returns both."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import adjoint_compiler as ac

Pair = namedtuple("Pair", "first second")


@dataclass
class Record:
    state: np.ndarray
    label: str


def loss(x):
    y = x * x
    return y.sum(), {"y": y, "items": [1, "text", None, (y[0], 2.5)]}


def check_loss(value, aux, gradient):
    assert value == 5.0
    np.testing.assert_array_equal(aux["y"], [1.0, 4.0])
    assert aux["items"][:3] == [1, "text", None] and aux["items"][3] == (1.0, 2.5)
    assert list(aux) == ["y", "items"] and isinstance(aux["items"], list)
    np.testing.assert_array_equal(gradient, [2.0, 4.0])


def test_grad_gives_gradient_and_aux():
    gradient, aux = ac.grad(loss, has_aux=True)(np.array([1.0, 2.0]))
    check_loss(5.0, aux, gradient)


def test_value_and_grad_gives_value_and_aux_first():
    (value, aux), gradient = ac.value_and_grad(loss, has_aux=True)(np.array([1.0, 2.0]))
    check_loss(value, aux, gradient)


def test_wrt_tuple_with_aux():
    def f(x, y):
        return x * y, x + y

    assert ac.grad(f, wrt=(0, 1), has_aux=True)(2.0, 3.0) == ((3.0, 2.0), 5.0)
    assert ac.value_and_grad(f, wrt=(1,), has_aux=True)(2.0, 3.0) == ((6.0, 5.0), (2.0,))


def test_the_pair_may_come_from_several_returns_or_a_helper():
    def helper(x):
        return x * x, 3.0 * x

    def f(x):
        if x > 0:
            return helper(x)
        return -x, 2.0 * x

    g = ac.value_and_grad(f, has_aux=True)
    assert g(2.0) == ((4.0, 6.0), 4.0)
    assert g(-2.0) == ((2.0, -4.0), -1.0)


def test_aux_has_no_influence_on_the_gradient():
    def f(x):
        return x * x, np.sin(x) * 100.0

    gradient, aux = ac.grad(f, has_aux=True)(2.0)
    assert gradient == 4.0 and aux == np.sin(2.0) * 100.0


def test_aux_is_the_final_state():
    def f(x):
        a = x.copy()
        for _ in range(3):
            a[:] = np.sin(a)
        return a.sum(), a

    x = np.array([0.3, 0.4])
    gradient, aux = ac.grad(f, has_aux=True)(x)
    np.testing.assert_array_equal(aux, np.sin(np.sin(np.sin(x))))
    y, pullback = ac.vjp(lambda x: f(x)[0], x)
    np.testing.assert_allclose(gradient, pullback(1.0)[0], rtol=1e-14)


def test_aux_holding_a_buffer_is_the_final_state():
    def f(x):
        a = x.copy()
        for _ in range(3):
            a[:] = np.sin(a)
        return a.sum(), {"state": a, "views": [a[:1], a]}

    x = np.array([0.3, 0.4])
    (value, aux), _ = ac.value_and_grad(f, has_aux=True)(x)
    final = np.sin(np.sin(np.sin(x)))
    assert value == final.sum()
    np.testing.assert_array_equal(aux["state"], final)
    np.testing.assert_array_equal(aux["views"][0], final[:1])
    np.testing.assert_array_equal(aux["views"][1], final)


def test_aux_may_be_a_mutated_argument():
    def f(a):
        a[0] = a[1] * a[1]
        return a.sum(), a

    a = np.array([1.0, 2.0])
    gradient, aux = ac.grad(f, has_aux=True)(a)
    np.testing.assert_array_equal(aux, [4.0, 2.0])
    np.testing.assert_array_equal(gradient, [0.0, 5.0])
    np.testing.assert_array_equal(a, [1.0, 2.0])
    assert not np.shares_memory(aux, a) and not np.shares_memory(aux, gradient)


@pytest.mark.parametrize("aux", [None, 3, True, "text", 2.5, [], {}, (), [1, [2.0]]])
def test_aux_may_be_anything(aux):
    gradient, found = ac.grad(lambda x: (x * x, aux), has_aux=True)(3.0)
    assert gradient == 6.0 and found == aux and type(found) is type(aux)


def test_aux_of_arguments_passed_through():
    def f(x, p):
        return x * p.first, p

    p = Pair(2.0, Record(np.ones(2), "label"))
    gradient, aux = ac.grad(f, has_aux=True)(3.0, p)
    assert gradient == 2.0
    assert type(aux) is Pair and aux.first == 2.0 and aux.second.label == "label"


def test_an_active_container_as_aux():
    def f(x):
        items = []
        for k in range(3):
            x = x * x
            items.append(x)
        return items[0] + items[2], items

    gradient, aux = ac.grad(f, has_aux=True)(1.5)
    assert gradient == pytest.approx(2 * 1.5 + 8 * 1.5**7)
    assert aux == [1.5**2, (1.5**2) ** 2, ((1.5**2) ** 2) ** 2]


@pytest.mark.parametrize("f", [lambda x: x * x, lambda x: (x, x, x), lambda x: {"a": x, "b": x}, lambda x: None])
def test_what_is_no_pair_is_refused(f):
    with pytest.raises(ac.DifferentiationError, match="has_aux") as caught:
        ac.grad(f, has_aux=True)(2.0)
    assert [d.code for d in caught.value.diagnostics] == ["AC005"]


def test_has_aux_and_of_exclude_each_other():
    with pytest.raises(TypeError, match="of"):
        ac.grad(loss, has_aux=True, of="x")
