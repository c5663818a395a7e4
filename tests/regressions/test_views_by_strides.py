"""Views made by stride tricks show the memory of arrays that are stored into, some of it many times."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided, sliding_window_view

import adjoint_compiler as ac

from . import check, vector

W = np.arange(18.0).reshape(6, 3)


def windows_of_a_buffer(x):
    a = np.zeros(8)
    v = sliding_window_view(a, 3)
    a[:] = x**2
    s = 0.0
    for i in range(6):
        s = s + v[i].prod()
        a[i] = a[i] * 2
    return s + (v * v * W).sum()


def strided_buffer(x):
    a = x.copy()
    v = as_strided(a, (6, 3), (8, 8))
    a[2] = a[1] * a[0]
    w = as_strided(a, (4,), (16,))
    w[1] = w[0] * w[2]
    return (v * v * W).sum() + (a**2).sum() + w.sum()


def strided_value(x):
    v = as_strided(x, (6, 3), (x.strides[0], x.strides[0]))
    return (v**2 * W).sum()


def diagonal_by_strides(x):
    a = np.outer(x, x)
    d = as_strided(a, (8,), (a.strides[0] + a.strides[1],))
    d += x
    d[2:5] *= 2
    return (a**3).sum()


def window_that_is_stored_into(x):
    a = x.copy()
    v = sliding_window_view(a, 3, writeable=True)
    v[0, 0] = v[1, 1] ** 2
    return (a**2).sum() + (v * W).sum()


@pytest.mark.parametrize(
    "f",
    [windows_of_a_buffer, strided_buffer, strided_value, diagonal_by_strides, window_that_is_stored_into],
)
def test_views(f):
    check(f, vector(8))


def test_values_with_gaps():
    x, y = vector(16)[::2], np.ascontiguousarray(vector(16)[::2])
    for z in (x, y[::-1], x[::-1]):
        np.testing.assert_allclose(ac.grad(strided_value)(z), 2 * z * np.add.reduce(
            [np.pad(W[:, k], (k, 2 - k)) for k in range(3)]))  # fmt: skip


def test_places_stored_twice_are_refused():
    def f(x):
        a = x.copy()
        v = sliding_window_view(a, 3, writeable=True)
        v[0:2] = 1.0
        return (a**2).sum()

    with pytest.raises(ValueError, match="more than once"):
        ac.grad(f)(vector(8))


def test_memory_of_others_is_refused():
    def f(x):
        return as_strided(x[:2], (3,), (8,)).sum()

    with pytest.raises(ValueError, match="memory that its argument does not"):
        ac.grad(f)(vector(8))
