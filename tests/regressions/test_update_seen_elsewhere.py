"""`s += v` where s begins as a number and becomes an array: in place from then on, which other names may see."""

import numpy as np
import pytest

import adjoint_compiler as ac


def kept_in_a_list(v):
    s, items = 0.0, []
    for _ in range(3):
        s += v
        items.append(s)
    return items[0].sum() + items[1].sum() + items[2].sum()


def alias(v):
    s = 0.0
    for _ in range(3):
        t = s
        s += v
    return np.sum(t)


def alone(v):
    s = 0.0
    for _ in range(3):
        s += v
    return np.sum(s * s)


@pytest.mark.parametrize("f", [kept_in_a_list, alias])
def test_refused_where_it_could_be_seen(f):
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(f)(np.ones(2))
    assert {d.code for d in caught.value.diagnostics} == {"AC003"}


def test_differentiated_where_it_cannot():
    value, gradient = ac.value_and_grad(alone)(np.array([1.0, 2.0]))
    assert value == alone(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(gradient, [18.0, 36.0])
