"""Named tuples and tuples that compiled derivatives make, in lists, too."""

from collections import namedtuple

import numpy as np
import pytest

import adjoint_compiler as ac

pytest.importorskip("numba")
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


def test_what_is_handed_out_is_refused():
    def f(v):
        p = [Point(v[0] * v[1], v[2])]
        return p[0].x, p[0]

    with pytest.raises(ac.DifferentiationError, match="AC021.*objects of class `Point` are not made"):
        ac.value_and_grad(f, has_aux=True, backend="numba")(X)
