"""Many directions in one sweep give what one sweep for each direction gives."""

from __future__ import annotations

import contextlib
import io
import warnings
from functools import partial

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.jacobians import Jacobian, leaves_of, unit_block
from adjoint_compiler.pushforward import forward_of
from tests.programs import all_programs

KINDS = ("scalars", "control", "mutation", "views", "indexing", "design9", "names", "contexts", "made_functions")
PROGRAMS = [p for p in all_programs() if p.kind in KINDS and p.raises is None]


def swept(jacobian, args):
    given = [args[k] for k in jacobian.positions]
    given = given[0] if jacobian.single else tuple(given)
    leaves = leaves_of(given)
    count = sum(map(np.size, leaves))
    block = partial(unit_block, leaves)
    found = jacobian._in_one_sweep(args, given, leaves, count, block)
    return found, lambda again: jacobian._sweep_by_sweep(again, given, leaves, count, block)


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda p: p.id)
def test_corpus(entry):
    jacobian = Jacobian(entry.function, wrt=entry.wrt, of=entry.of, mode="forward")
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found, one_by_one = swept(jacobian, entry.example())
            if found is None:
                pytest.skip("not written with an axis of directions")
            wanted = one_by_one(entry.example())
        except ac.DifferentiationError:
            pytest.skip("refused")
    for a, b in zip(found[1], wanted[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


X = np.array([0.3, 0.9, -0.5, 1.1, 0.2])


def elements_before_stores(x):
    a = x * 1.0
    first, last = a[0], a[-1]
    a[0] = a[1] * last
    a[-1] += first
    a[1:3] = first
    a[[3, 0]] = a[[0, 3]]
    s = a[2]
    t = s
    s += first
    a[2] = s * t
    return a * last + first * t


def carried(x):
    u, v = x.copy(), np.ones(5)
    s = 0.0
    for i in range(1, 5):
        s = s + u[i] * v[i - 1]
        v[i] = s * u[0]
        if s > 0.1:
            u, v = v, u
    return u[1] * v / (2 + s) + np.where(u > v, u, s)


def products(x):
    M = np.diag(np.ones(5)) * x + 0.1
    y = M @ x
    w = x @ M
    return (M @ M) @ y + (w @ y) * np.sum(M, axis=0) + np.mean(M * x[:, None], axis=1) - (M.T @ w)


@pytest.mark.parametrize(
    "f", [elements_before_stores, carried, products, lambda x: x[2] * 3.0, lambda x: np.sum(x) + np.zeros(3)]
)
def test_one_sweep_is_right(f):
    found, _ = swept(Jacobian(f, mode="forward"), (X,))
    wanted = ac.jacrev(f)(X)
    np.testing.assert_allclose(ac.jacfwd(f)(X), wanted, rtol=1e-11, atol=1e-13)
    if f is not products:  # the diagonal matrix is made by an operation that is not written so
        assert found is not None


def test_generated_code_has_an_axis_of_directions():
    text = forward_of(elements_before_stores, None, None).compiled((X,), (0,), directions=True).texts[0]
    assert "a_dot[:, 0]" in text


def test_hessians_and_draws_in_one_sweep():
    f = lambda x: np.sum(np.sin(x) * x[::-1] ** 2)  # noqa: E731
    np.testing.assert_allclose(ac.hessian(f)(X), ac.jacrev(ac.grad(f))(X), rtol=1e-12)
    np.random.seed(0)
    drawn = ac.jacfwd(lambda x: x * np.random.normal(size=5))(X)
    np.random.seed(0)
    np.testing.assert_array_equal(np.diag(drawn), np.random.normal(size=5))
    many = np.linspace(0.0, 1.0, 700)
    np.testing.assert_allclose(ac.jacfwd(lambda x: x * x)(many), np.diag(2 * many))
