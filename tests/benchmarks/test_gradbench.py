"""The benchmark problems, at small sizes: their derivatives are right before anything is timed."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

SMALL = {
    "llsq": (9, 4), "lse": (7,), "ode": (5, 2), "det": (4,), "gmm": (3, 2, 5), "lstm": (2, 4, 3), "kmeans": (2, 12, 2), "ba": (2, 3, 4),
}  # fmt: skip


def problem(name):
    return importlib.import_module(f"benchmarks.gradbench.{name}").problem(*SMALL[name])


@pytest.mark.parametrize("name", sorted(SMALL.keys() - {"ba", "kmeans"}))
def test_gradients(name):
    p = problem(name)
    wrt = p.derivative.wrt if isinstance(p.derivative.wrt, tuple) else (p.derivative.wrt,)
    given = [p.arguments[k] for k in wrt]

    def f(*chosen):
        arguments = list(p.arguments)
        for k, a in zip(wrt, chosen):
            arguments[k] = a
        return p.function(*arguments)

    found = p.derivative(*p.arguments)
    found = found if isinstance(found, tuple) else (found,)
    rng = np.random.default_rng(1)
    for k, (a, g) in enumerate(zip(given, found)):
        v = rng.standard_normal(a.shape)
        sides = [f(*given[:k], a + h * v, *given[k + 1 :]) for h in (1e-5, -1e-5)]
        assert np.vdot(g, v) == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-6, abs=1e-8)


def test_determinants():
    p = problem("det")
    a = p.arguments[0]
    assert p.function(a) == pytest.approx(np.linalg.det(a))
    np.testing.assert_allclose(p.derivative(a), np.linalg.det(a) * np.linalg.inv(a).T)


def test_newton_direction():
    p = problem("kmeans")
    module = importlib.import_module("benchmarks.gradbench.kmeans")
    centres, points = p.arguments
    nearest = np.argmin(((points[:, None] - centres) ** 2).sum(2), axis=1)
    counts = np.bincount(nearest, minlength=len(centres))[:, None]
    g = module.gradient(centres, points)
    np.testing.assert_allclose(g / p.derivative(centres, points), np.broadcast_to(2.0 * counts, centres.shape))
    means = np.stack([points[nearest == k].mean(axis=0) for k in range(len(centres))])
    np.testing.assert_allclose(p.derivative(centres, points), centres - means)


def test_blocks_of_the_jacobian():
    p = problem("ba")
    module = importlib.import_module("benchmarks.gradbench.ba")
    cameras, points, weights, observed, measured = p.arguments
    blocks, _ = p.derivative(*p.arguments)
    given = cameras[observed[:, 0]], points[observed[:, 1]], weights
    rng = np.random.default_rng(1)
    directions = [rng.standard_normal(a.shape) for a in given]
    sides = [module.residuals(*(a + h * v for a, v in zip(given, directions)), measured) for h in (1e-6, -1e-6)]
    tangent = np.concatenate([directions[0], directions[1], directions[2][:, None]], axis=1)
    np.testing.assert_allclose(
        np.einsum("nij,nj->ni", blocks, tangent), (sides[0] - sides[1]) / 2e-6, rtol=1e-5, atol=1e-5
    )
