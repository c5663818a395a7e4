"""Many directions in one sweep give what one sweep for each direction gives."""

from __future__ import annotations

import contextlib
import io
import platform
import subprocess
import sys
import warnings
from functools import partial

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.jacobians import Jacobian
from adjoint_compiler.leaves import leaves_of, unit_block
from adjoint_compiler.pushforward import forward_of
from adjoint_compiler.rows import rows_at_once
from tests.programs import all_programs
from tests.sampling import sampled

KINDS = sorted({p.kind for p in all_programs()})
PROGRAMS = [p for p in all_programs() if p.raises is None]


def swept(jacobian, args):
    given = [args[k] for k in jacobian.positions]
    given = given[0] if jacobian.single else tuple(given)
    leaves = leaves_of(given)
    count = sum(map(np.size, leaves))
    block = partial(unit_block, leaves)
    found = jacobian._in_one_sweep(args, given, leaves, count, block)
    return found, lambda again: jacobian._sweep_by_sweep(again, given, leaves, count, block)


@pytest.mark.parametrize("entry", sampled(PROGRAMS, 12), ids=lambda p: p.id)
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


def rows_of(x):
    W = x[:20].reshape(4, 5)
    h = np.tanh(W @ x[20:25])
    out = np.zeros(12)
    out[:4] = h / x[0]
    for k in range(4, 8):
        out[k] = out[k - 1] * x[k] + np.max(h)
    out[8:] = np.cumsum(h * h)
    return out


def test_rows_by_one_sweep_of_reverse_mode():
    x = np.linspace(0.3, 1.1, 25)
    y, pullback = ac.vjp(rows_of, x)
    found = rows_at_once(pullback, y, [0], [x])
    assert found is not None
    wanted = np.stack([pullback(row)[0] for row in np.eye(12)])
    np.testing.assert_allclose(found[0], wanted, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ac.jacrev(rows_of)(x), wanted, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(np.stack([pullback(row)[0] for row in np.eye(12)]), wanted)  # the tape is as it was


@pytest.mark.parametrize("entry", sampled(PROGRAMS, 12, start=3), ids=lambda p: p.id)
def test_rows_of_the_corpus(entry, monkeypatch):
    monkeypatch.setattr("adjoint_compiler.rows.FEWEST", 1)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = entry.example()
        try:
            y, pullback = ac.vjp(entry.function, *values, of=entry.of)
        except ac.DifferentiationError:
            pytest.skip("refused")
        places = list(entry.positions)
        found = rows_at_once(pullback, y, places, [values[k] for k in places])
        if found is None:
            pytest.skip("one by one")
        rows = []
        for unit in np.eye(y.size):
            bars = pullback(unit.reshape(y.shape))
            rows.append([leaf for k in places for leaf in leaves_of(bars[k], values[k])])
    for a, parts in zip(found, zip(*rows, strict=True), strict=True):
        np.testing.assert_allclose(a, np.stack([np.asarray(p) for p in parts]), rtol=1e-10, atol=1e-12)


FAULTS = """
import resource
import numpy as np
import adjoint_compiler as ac

def network(x, A):
    return np.mean(np.tanh(A @ x.reshape(10, 9)) ** 2)

hessian, x, A = ac.hessian(network), np.full(90, 0.1), np.ones((200, 10))
hessian(x, A)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    hessian(x, A)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries keep freed memory by rules of their own"
)
def test_memory_that_a_sweep_frees_is_taken_again():
    """Without that each array of all directions costs hundreds of page faults, in each sweep."""
    faults = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True).stdout
    assert int(faults) < 1000
