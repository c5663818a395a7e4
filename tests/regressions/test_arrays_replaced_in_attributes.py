"""``o.v = o.v + x`` puts another array in the place of the old one: ``o.v`` read again in the reverse sweep is not the same."""

import numpy as np
import pytest

import adjoint_compiler as ac


class Holder:
    def __init__(self, v):
        self.v = v


def replaced(h, x):
    h.v = h.v * x
    return h


def kept_and_stored_into(x, n):
    o, kept = Holder(np.zeros(2)), []
    for _ in range(n):
        o.v = o.v + x
        kept.append(o.v)
        o.v[0] = o.v[1] * x
    return (kept[0] * kept[1]).sum() + o.v.sum()


def view_of_the_old_array(x, n):
    o = Holder(np.ones(3) * x)
    tail = o.v[1:]
    for k in range(n):
        o.v = o.v * x
        tail[0] = tail[1] * o.v[0]
        if k == 1:
            tail = o.v[1:]
    o.v[2] = tail.sum()
    return (o.v * o.v).sum() + tail[0]


def replaced_by_a_helper_in_a_branch(x, n):
    o = Holder(np.ones(2) * x)
    other = o
    for k in range(n):
        old = o.v
        if k % 2:
            replaced(other, x)
        o.v[0] = old[1] * x + old[0]
    return (old * o.v).sum()


@pytest.mark.parametrize("f", [kept_and_stored_into, view_of_the_old_array, replaced_by_a_helper_in_a_branch])
def test_attribute_that_is_another_array_later(f):
    h, n = 1e-6, 4
    expected = (f(0.7 + h, n) - f(0.7 - h, n)) / (2 * h)
    assert ac.grad(f)(0.7, n) == pytest.approx(expected, rel=1e-7)
    assert ac.grad(f, optimize=0)(0.7, n) == pytest.approx(expected, rel=1e-7)
    _, pullback = ac.vjp(f, 0.7, n)
    assert pullback(1.0)[0] == pullback(1.0)[0] == pytest.approx(expected, rel=1e-7)
