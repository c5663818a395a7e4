"""Every rewrite can be left out, and no number changes but by rounding; the value never."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.levels import LEVELS, left_out
from adjoint_compiler.pipeline import PASSES

W = np.array([[0.5, -0.2, 0.1], [0.3, 0.8, -0.4], [-0.1, 0.2, 0.6]])
X = np.array([0.3, 0.7, 1.1])


def recurrent(W, x):
    h = x * 1.0
    for _ in range(3):
        h = np.tanh(W @ h) + x
    return (W @ h).sum() + (h * h).sum()


def in_place(W, x):
    a = W.copy()
    for k in range(1, 3):
        a[k] -= a[k - 1] * x[k] / (1.0 + x[0])
        if k > 1:
            a[k - 1, 1:] *= x[1:]
    return (a @ x).max() + a[1:].sum()


def normalised(W, x):
    z = W @ x - np.max(W @ x)
    p = np.exp(z) / np.exp(z).sum()
    return -np.log(p[0]) + (W * W).sum() * 0.1


PROGRAMS = (recurrent, in_place, normalised)
OF_THE_PRIMAL = ("share_primal", "repeat_selected_trips")
EXPECTED = {f: ac.value_and_grad(f, wrt=(0, 1))(W, X) for f in PROGRAMS}


def test_names_are_those_of_passes():
    names = [name for name, _, _ in PASSES]
    assert set(LEVELS) <= set(names)
    assert all(
        names.index("choose_outcome") < names.index(n) < names.index("emit") for n in LEVELS if n not in OF_THE_PRIMAL
    )


@pytest.mark.parametrize("optimize", [0, 1, 2, *(f"-{name}" for name in LEVELS), ("-merge_updates", "-hold_views")])
def test_numbers_are_the_same(optimize):
    for f in PROGRAMS:
        value, gradients = ac.value_and_grad(f, wrt=(0, 1), optimize=optimize)(W, X)
        assert value == EXPECTED[f][0]
        for g, expected in zip(gradients, EXPECTED[f][1]):
            np.testing.assert_allclose(g, expected, rtol=1e-12, atol=1e-14)
        y, pullback = ac.vjp(f, W, X, optimize=optimize)
        assert y == value
        np.testing.assert_allclose(pullback(1.0)[0], EXPECTED[f][1][0], rtol=1e-12, atol=1e-14)


def test_leaving_a_rewrite_out_shows():
    def source(optimize):
        return ac.grad(recurrent, optimize=optimize).specialize(W, X).source

    assert "outer_sum" in source(None) and "outer_sum" not in source("-batch_outer_products")
    assert len(source(0)) > len(source(1)) > 0


@pytest.mark.parametrize("optimize", [3, -1, True, "hold_views", "-nothing", ["-hold_views"], ("-hold_views", 1), 1.0])
def test_what_is_no_level_is_refused(optimize):
    with pytest.raises(ValueError, match="optimize is|no rewrite"):
        ac.grad(recurrent, optimize=optimize)


def test_levels_leave_less_and_less_out():
    assert left_out(0) > left_out(1) > left_out(2) == frozenset()
