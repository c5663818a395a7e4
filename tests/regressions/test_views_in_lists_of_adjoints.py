"""Pieces of an adjoint that are views of it, as those of `np.stack`, give their adjoints to it once."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.array([0.3, 0.4])


def stacked(x):
    y = x * 2
    columns = []
    for k in range(2):
        d = np.zeros(2)
        d[k] = 1.0
        columns.append((d * y + y * d) * x)
    return np.stack(columns, axis=-1)[0, 0] * x[0]


def concatenated(x):
    y = x * 2
    parts = []
    for k in range(2):
        parts.append(y * x * x[k])
    whole = np.concatenate(parts)
    return whole[1] * x[0] + whole[3] * whole[0]


def items_of_mixed_types(x):  # the piece of the float32 array is a copy, that of the other a view
    parts = []
    for k in range(2):
        parts.append(x * x[k] * x if k else (x * x).astype(np.float32))
    whole = np.stack(parts)
    return whole[0, 0] * x[0] + whole[1, 1] * x[1] ** 2


def jacobian_inside(x):
    J = ac.jacobian(lambda y: y * y * x)(x * 2)
    out = np.zeros(2)
    for i in range(2):
        out[i] = J[i, i] * x[i]
    return out


@pytest.mark.parametrize("f", (stacked, concatenated, jacobian_inside))
def test_to_third_order(f):
    check_grads(f, (X,), order=3)


def test_mixed_types():
    f = items_of_mixed_types
    np.testing.assert_allclose(ac.jacrev(ac.grad(f))(X), ac.jacfwd(ac.grad(f))(X), rtol=1e-5)


def test_known_in_closed_form():
    np.testing.assert_allclose(ac.jacrev(ac.grad(stacked))(X), [[7.2, 0.0], [0.0, 0.0]])


def summed(x):  # the adjoint of a sum is spread: a copy, whose rows are views of it and not of the sum's adjoint
    parts = []
    for k in range(2):
        parts.append(x * x[k])
    return np.sum(parts, axis=0)[0] * parts[1][1] + np.mean(parts) * np.max(parts)


def test_rows_of_what_is_spread():
    check_grads(summed, (X,), order=3)
