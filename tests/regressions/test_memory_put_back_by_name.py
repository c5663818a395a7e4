"""Stores by names of which a reverse sweep asks nothing else: what they overwrote is put back into the memory itself.

An array of the same shape was made in its place where the name was of one iteration, so that what others read of that
memory afterwards was what the end of the program had left there.
"""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac

X, Y = np.array([1.1, 0.8, 0.5]), np.array([0.7, -0.4, 1.3])


def entries_of_a_dict(x, y):
    d = {"u": y * 1.0}
    for k in list(d):
        a = d[k]
        a[1:] = a[1:] * x[:-1] + a[:-1] * x[1:]
    d["w"] = d["u"]
    for i, k in enumerate(list(d)):
        b = d[k]
        b[0] += y[i]
    return d["u"].sum() * d["w"].sum()


def under_a_condition(x, y):
    d = {"u": y * 1.0, "v": y * y}
    for k in list(d):
        a = d[k]
        a[1:] = a[1:] * x[:-1] + a[:-1] * x[1:]
    for i, k in enumerate(list(d)):
        if i < 1 or y[i] > 5.0:
            b = d[k]
            b[:2] = y[i : i + 2]
    return d["u"].sum() * d["v"].sum()


def entries_that_are_the_same_array(x):
    d = {"u": x * 1.0}
    for k in list(d):
        a = d[k]
        a[1:] *= a[:-1]
    d["w"] = d["u"]
    for i, k in enumerate(list(d)):
        a = d[k]
        a[0] += x[i]
    return d["u"].sum() * d["w"].sum()


@pytest.mark.parametrize("f", [entries_of_a_dict, under_a_condition])
def test_gradients(f):
    ac.testing.check_grads(lambda x: f(x, Y), (X,), order=2)
    ac.testing.check_grads(f, (X, Y), order=1)


def test_second_derivatives():
    ac.testing.check_grads(entries_that_are_the_same_array, (X,), order=2)


def arrays_of_a_list(x, y):
    arrays = [y * 1.0, y * y]
    for k in range(2):
        a = arrays[k]
        a[1:] = a[1:] * x[:-1] + a[:-1] * x[1:]
    for k in range(3):
        b = arrays[k % 2]
        b[0] += y[k]
    return arrays[0].sum() * arrays[1].sum()


def test_compiled_code():
    pytest.importorskip("numba")
    np.testing.assert_allclose(
        ac.grad(arrays_of_a_list, backend="numba")(X, Y), ac.grad(arrays_of_a_list)(X, Y), rtol=1e-14
    )
    ac.testing.check_grads(lambda x: arrays_of_a_list(x, Y), (X,), order=2)
