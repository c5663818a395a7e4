"""Lists and tuples that are given to functions of NumPy: each makes an array of them."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads
from tests.regressions import check

X = np.array([0.3, 0.7, 1.2])


def appended(x):
    items = []
    for i in range(len(x)):
        items.append(np.sin(x[i]))
    return np.sum(items)


def of_a_generator(x):
    items = tuple(v * v for v in x)
    return np.linalg.norm(items) + np.dot(items, x) + np.median(items)


def squared(x):
    items = [v * x[0] for v in x]
    return np.sum(np.square(items)) + np.sum(np.multiply(items, 2.0))


def with_arrays(x):
    items = [np.exp(v) for v in x]
    return np.sum(x * items) + x @ items + np.sum(items - x) + np.sum(items / x)


def changed_in_between(x):
    items = [v for v in x]
    first = np.prod(items)
    items[1] = items[0] * items[2]
    items.append(first)
    return first * np.sum(np.sqrt(items))


def in_a_loop(x):
    items, total = [], 0.0
    for v in x:
        items.append(v * v)
        if len(items) > 1:
            total += np.mean(items) * np.max(items)
    return total


def popped(x):
    items, total = list(x), 0.0
    while len(items) > 1:
        total += np.var(items)
        items.pop()
    return total


def of_arrays(x):
    rows = []
    for k in range(3):
        rows.append(x * (k + 1))
    return np.sum(np.cumsum(rows, axis=0) ** 2) + np.max(rows)


def nested(x):
    rows = [[x[0], x[1]], [x[1] * x[2], x[0]]]
    return np.linalg.det(rows) + np.sum(np.transpose(rows) * np.array([[1.0, 2.0], [3.0, 4.0]]))


def items_that_are_lists(x):
    items = [v * v for v in x]
    return np.sum(np.stack([items, x]) * np.vstack((x, items))) + np.sum(np.concatenate([items, items]) ** 2)


def helper(items, weights):
    return np.average(items, weights=weights)


def in_a_helper(x):
    return helper([v * v for v in x], [1.0, 2.0, x[0]])


def aliased(x):
    items = [v for v in x]
    other = items
    other[0] = x[1] * x[2]
    return np.sum(np.cosh(items)) * np.ptp(other)


def chosen(x):
    items = [x[0], x[1]] if x[0] > 0.5 else [x[2], x[0], x[1]]
    return np.sum(np.tanh(items)) + np.interp(0.4, [0.0, 1.0], items[:2])


PROGRAMS = [
    appended, of_a_generator, squared, with_arrays, changed_in_between, in_a_loop, popped, of_arrays, nested, items_that_are_lists,
    in_a_helper, aliased, chosen,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_reverse(f):
    check(f, X)


@pytest.mark.parametrize("f", [f for f in PROGRAMS if f is not chosen])  # stores into parts of lists are refused
def test_both_modes_twice(f):
    check_grads(f, (X,), order=2)


def given(items, x):
    return np.sum(np.exp(items)) + np.dot(items, x) + np.linalg.norm(items)


@pytest.mark.parametrize("kind", [list, tuple])
def test_arguments(kind):
    items = kind(float(v) for v in X)
    found = ac.grad(given)(items, X)
    assert type(found) is kind
    np.testing.assert_allclose(found, np.exp(X) + X + X / np.linalg.norm(X))


def test_the_array_is_written_out():
    text = ac.grad(appended).specialize(X).source
    assert "np.array(items)" in text


def test_an_adjoint_that_does_not_fit_is_an_error():
    from adjoint_compiler.runtime.structures import add_structure

    assert add_structure([1.0, 2.0], np.array([3.0, 4.0])) == [4.0, 6.0]
    with pytest.raises(ValueError):
        add_structure([1.0, 2.0], np.array([3.0]))
    with pytest.raises(TypeError):
        add_structure([1.0, 2.0], 3.0)
