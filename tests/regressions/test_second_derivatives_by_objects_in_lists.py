"""Second derivatives by objects in lists, tuples and dicts ended in a TypeError: sums of adjoints were taken for sums of numbers."""

from dataclasses import dataclass

import numpy as np
import pytest

import adjoint_compiler as ac


@dataclass
class Part:
    a: float
    b: np.ndarray


def of_each(parts):
    return sum(p.a**2 * p.b.sum() for p in parts)


def of_two(parts):
    return parts[0].a ** 2 * parts[1].b.prod()


def of_names(parts):
    return parts["p"].a ** 3 * parts["q"].b.prod()


def test_products_with_a_hessian():
    parts, v = [Part(0.3, np.ones(2)), Part(0.7, np.ones(2))], [Part(1.0, np.ones(2)), Part(0.5, np.ones(2))]
    first, second = ac.hvp(of_each)(parts, v)
    assert (first.a, second.a) == pytest.approx((5.2, 4.8))
    np.testing.assert_allclose(second.b, [0.7, 0.7])
    first, second = ac.hvp(of_two)(tuple(parts), tuple(v))
    assert first.a == pytest.approx(3.2)
    np.testing.assert_allclose(second.b, [0.69, 0.69])
    named = ac.hvp(of_names)({"p": parts[0], "q": parts[1]}, {"p": v[0], "q": v[1]})
    assert named["p"].a == pytest.approx(6 * 0.3 + 3 * 0.09 * 2)


def test_gradient_of_a_gradient():
    def along(parts):
        return sum(q.a * 1.3 for q in ac.grad(of_each)(parts))

    g = ac.grad(along)([Part(0.3, np.ones(2)), Part(0.7, np.array([0.5, 2.0]))])
    assert [p.a for p in g] == pytest.approx([2 * 2 * 1.3, 2 * 2.5 * 1.3])
