"""Named tuples and tuples that compiled derivatives make, in lists, too."""

from collections import namedtuple

import numpy as np
import pytest

import adjoint_compiler as ac

numba = pytest.importorskip("numba")
X = np.array([0.7, 1.3, 0.4])
Point = namedtuple("Point", "x y")


def replaced_in_a_list(v):
    points = [Point(v[i], v[i] * v[i]) for i in range(len(v))]
    s = 0.0
    for p in points:
        s = s + p.x * p.y
    q = points[1]
    points[1] = Point(q.y, s)
    points.append(q)
    for i in range(3):
        points[i] = Point(points[i].y, points[i + 1].x * v[i])
    for p in points:
        s = s + p.x * p.y * q.x
    return s


def test_gradients_are_those_of_numpy():
    expected = ac.grad(replaced_in_a_list)(X)
    np.testing.assert_allclose(ac.grad(replaced_in_a_list, backend="numba")(X), expected, rtol=1e-12)


def test_what_is_handed_out_has_its_class():
    def f(v):
        p = [Point(v[0] * v[1], v[2])]
        return p[0].x, p[0]

    expected = ac.value_and_grad(f, has_aux=True)(X)
    (value, aux), gradient = ac.value_and_grad(f, has_aux=True, backend="numba")(X)
    assert (value, aux) == expected[0] and type(aux) is Point
    np.testing.assert_array_equal(gradient, expected[1])


Spring = namedtuple("Spring", "k c m")
State = namedtuple("State", "x v")


@numba.njit
def slope(s, p, t):
    return State(s.v, (-p.k * s.x - p.c * s.v * s.v + np.sin(t)) / p.m)


@numba.njit
def moved(p, s, n):
    for i in range(n):
        a = slope(s, p, 0.1 * i)
        b = slope(State(s.x + 0.05 * a.x, s.v + 0.05 * a.v), p, 0.1 * i + 0.05)
        s = State(s.x + 0.1 * b.x, s.v + 0.1 * b.v)
    return s.x**2 + s.v


SPRING, START = Spring(2.0, 0.3, 1.1), State(0.4, -0.2)


def test_arguments_that_are_replaced_in_a_loop():
    found = ac.grad(moved, wrt=(0, 1))(SPRING, START, 5)
    expected = ac.grad(moved, wrt=(0, 1), backend="numpy")(SPRING, START, 5)
    for one, other in zip(found, expected, strict=True):
        assert type(one) is type(other)
        np.testing.assert_allclose(one, other, rtol=1e-12)
    _, pullback = ac.vjp(moved, SPRING, START, 5)
    for _ in range(2):
        for one, other in zip(pullback(1.0), expected, strict=False):
            assert type(one) is type(other)
            np.testing.assert_allclose(one, other, rtol=1e-12)


def test_second_derivatives_by_named_tuples():
    along = Spring(1.0, -0.5, 2.0)
    found = ac.hvp(moved)(SPRING, along, START, 5)
    assert type(found) is Spring
    np.testing.assert_allclose(found, ac.hvp(moved, backend="numpy")(SPRING, along, START, 5), rtol=1e-12)
    _, slope_ = ac.jvp(moved, (SPRING, START, 5), (along, None, None))
    gradient = ac.grad(moved)(SPRING, START, 5)
    np.testing.assert_allclose(slope_, np.dot(gradient, along), rtol=1e-12)


def test_classes_that_cannot_be_imported():
    Pair = namedtuple("Pair", "a b")  # of which the module of the derivative is not written to a file

    def f(p, n):
        for _ in range(n):
            p = Pair(p.b, p.a * p.b)
        return p.a, p

    (value, aux), gradient = ac.value_and_grad(f, has_aux=True, backend="numba")(Pair(1.5, 0.5), 3)
    expected = ac.value_and_grad(f, has_aux=True)(Pair(1.5, 0.5), 3)
    assert ((value, aux), gradient) == expected and type(aux) is type(gradient) is Pair


def test_other_classes_are_refused():
    class Circle:
        def __init__(self, r):
            self.r = r

    def f(v):
        circles = [Circle(v[0])]
        for i in range(2):
            circles.append(Circle(circles[i].r * v[1]))
        return circles[2].r

    with pytest.raises(ac.DifferentiationError, match="AC021.*objects of class `Circle` are not made") as refused:
        ac.grad(f, backend="numba")(X)
    assert refused.value.diagnostics[0].span.line
