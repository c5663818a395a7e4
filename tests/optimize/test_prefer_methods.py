"""Operations on certain arrays are written the short way, and give the same bits."""

import numpy as np
import pytest

import adjoint_compiler as ac

A = np.random.default_rng(2).random((3, 4)) - 0.3
V, W = A[0].copy(), A[1].copy()

REWRITTEN = {
    "sum": (lambda A, v, w: np.sum(A * A, axis=0) @ v, ".sum(axis=0)"),
    "kept dimensions": (
        lambda A, v, w: (A / np.sum(A * A, axis=1, keepdims=True)).sum(),
        ".sum(axis=1, keepdims=True)",
    ),
    "mean": (lambda A, v, w: np.mean(A, axis=1).sum() * np.mean(v), ".mean("),
    "extremes": (lambda A, v, w: np.max(A, axis=0) @ v - np.min(A), ".max(axis=0)"),
    "dot": (lambda A, v, w: np.dot(v, w) * np.dot(A, v)[0], ".dot("),
    "flip": (lambda A, v, w: np.flip(v * w) @ v, "[::-1]"),
    "outer": (lambda A, v, w: (np.outer(v, w) * np.outer(w, w)).sum(), "[:, None] * "),
}
KEPT = {
    "of numbers": lambda A, v, w: np.sum(v[0]) * np.max(w[0] * 2.0),
    "of lists": lambda A, v, w: np.sum([v[0], w[1] * v[1]]),
    "where": lambda A, v, w: np.sum(v * w, where=v > 0.0),
    "flip of a matrix": lambda A, v, w: (np.flip(A) * A).sum() + (np.flip(A, 0) * A).sum(),
    "outer of matrices": lambda A, v, w: (np.outer(A, v)).sum(),
    "dot with a number": lambda A, v, w: np.dot(v, 2.0).sum() + np.dot(3.0, w).sum(),
}


@pytest.mark.parametrize("name", [*REWRITTEN, *KEPT])
def test_values_and_gradients(name):
    f = REWRITTEN[name][0] if name in REWRITTEN else KEPT[name]
    value, found = ac.value_and_grad(f, wrt=(0, 1, 2))(A, V, W)
    assert value == f(A, V, W)
    for a, b in zip(found, ac.grad(f, wrt=(0, 1, 2), optimize=0)(A, V, W)):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    ac.testing.check_grads(f, (A, V, W), order=1, modes=("reverse",))


@pytest.mark.parametrize("name", REWRITTEN)
def test_source(name):
    f, text = REWRITTEN[name]
    assert text in ac.value_and_grad(f, wrt=(0, 1, 2)).specialize(A, V, W).source


def test_sums_over_axes_that_broadcasting_added():
    def f(A, v):
        return (A[:, None, :] * A[None] + (A - v)[None] * v).sum() + ((A + v) * A).sum()

    def g(A):
        return ((A - A[1]) ** 3).sum()

    for h, arguments in ((f, (A, V)), (g, (A,))):
        ac.testing.check_grads(h, arguments, order=1, modes=("reverse",))
    assert ".sum(axis=0)" in ac.grad(g).specialize(A).source


@pytest.mark.parametrize("f", [np.minimum, np.maximum])
def test_shares_at_kinks(f):
    nan, inf = np.nan, np.inf
    x = np.array([1.0, 2.0, 3.0, nan, 4.0, inf, -inf, 0.0])
    z = np.array([2.0, 2.0, 1.0, 4.0, nan, inf, 1.0, -0.0])
    for n in (1, 3, 8):  # without ties, with ties, with what is not a number
        found = ac.grad(lambda x, z, n=n: f(x[:n], z[:n]).sum(), wrt=(0, 1))(x, z)
        for a, b in zip(found, (x, z)):
            other = z if b is x else x
            wins = (b < other) if f is np.minimum else (b > other)
            share = np.where(b == other, 0.5, np.where(wins | np.isnan(b), 1.0, 0.0))
            np.testing.assert_array_equal(a, np.where(np.arange(8) < n, share, 0.0))


def test_an_infinite_adjoint_reaches_only_what_was_taken():
    def f(x, z):
        return np.sqrt(np.minimum(x, z)).sum()

    x_bar, z_bar = ac.grad(f, wrt=(0, 1))(np.array([0.0, 4.0]), np.array([1.0, 1.0]))
    assert np.array_equal(x_bar, [np.inf, 0.0])
    assert np.array_equal(z_bar, [0.0, 0.5])
