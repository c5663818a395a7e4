"""Sums along axes whose adjoint is added to one that is there already, without being spread first."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check

A = np.array([[0.5, -0.2, 0.1, 0.9], [0.3, 0.8, -0.4, 0.2], [-0.1, 0.2, 0.6, 0.7]])


def over_all_and_over_axes(a):
    return a.sum() * a.mean() + (a * a).sum(axis=0) @ a[0] + (a.sum(axis=1, keepdims=True).T @ a[:, 1]).sum()


def of_a_column(a):
    c = a[:, :1]
    y = c + np.zeros((1, 4))
    return (c * y).sum() + y.sum() * c.sum() + c.sum(axis=0)[0] * c.mean()


def of_one_axis_of_length_one(a):
    w = np.ones(1) * a.sum()
    return (w * a[0]).sum() + w.sum() * a.sum() + w[0]


def stored_into_in_a_loop(a):
    x = a.copy()
    s = 0.0
    for k in range(3):
        s += x.sum() * x.mean(axis=0)[k] + x[k].sum() * x[:, k].sum()
        x[k] *= 2
        x = x * 1.1
    return s + x.sum()


def through_a_view(a):
    t = a.T
    b = a * 1.0
    row = b[1]
    s = row.sum() * b.sum() + t.sum(axis=0) @ b[:, 0]
    row[:2] = b[0, :2] * s
    return s + b.sum() * (b * t.T).sum()


def with_a_mask(a):
    return (a * a).sum() + np.sum(a, where=a > 0) * a.mean() + np.sum(a, axis=1, where=a > 0) @ a[:, 0]


def on_one_path(a):
    y = a * 2 if a[0, 0] > -9 else a
    s = y.sum()
    return s * s + (y * a).sum() + y.sum(axis=0) @ y[1]


PROGRAMS = (over_all_and_over_axes, of_a_column, of_one_axis_of_length_one, stored_into_in_a_loop, through_a_view,
            with_a_mask, on_one_path)  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients(f):
    check(f, A)
    ac.testing.check_grads(f, (A,), order=2)


def test_nothing_is_spread_where_it_is_added():
    def f(a):
        b = a.copy()
        b[0] *= 2.0
        return b.sum()

    source = ac.grad(f).specialize(A).source
    assert "spread(" not in source and "np.ones_like(b)" in source
