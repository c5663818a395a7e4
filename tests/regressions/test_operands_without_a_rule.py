"""Operands of SciPy's functions that have no rule are refused where they are all that is active: zero would be wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, signal, stats
from scipy.spatial import distance

import adjoint_compiler as ac

A = np.array([[2.0, 0.3], [0.3, 1.0]])
B = np.array([[1.5, 0.2], [0.2, 1.0]])
U, V, W = np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, -1.0]), np.array([0.2, 0.3, 0.5])


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda b: linalg.eigh(A, b)[0].sum(), B), (lambda b: linalg.eigh(A, b=b, eigvals_only=True).sum(), B),
        (lambda b: linalg.eigvalsh(A, b).sum(), B),
        (lambda w: distance.euclidean(U, V, w), W), (lambda w: distance.sqeuclidean(U, V, w=w), W),
        (lambda w: distance.cityblock(U, V, w=w), W), (lambda w: distance.cosine(U, V, w=w), W),
        (lambda d: np.var(U, ddof=d), 0.5), (lambda d: U.std(ddof=d), 0.5), (lambda d: np.nanstd(U, ddof=d), 0.5), (lambda d: stats.sem(U, ddof=d), 0.5),
        (lambda d: stats.zscore(U, ddof=d)[0], 0.5), (lambda p: np.linalg.norm(U, p), 2.5), (lambda p: linalg.norm(U, p), 2.5),
    ],
)  # fmt: skip
def test_only_that_operand_is_active(f, x) -> None:
    for mode in (lambda: ac.grad(f)(x), lambda: ac.jvp(f, (x,), (np.ones_like(x),))):
        with pytest.raises(ac.DifferentiationError) as found:
            mode()
        assert found.value.diagnostics[0].code == "AC009"


def test_operands_with_a_rule_beside_plain_ones() -> None:
    assert ac.grad(lambda a: linalg.eigh(a)[0].sum())(A) == pytest.approx(np.eye(2))
    assert ac.grad(lambda u: distance.cityblock(u, V))(U) == pytest.approx(np.sign(U - V))
    assert ac.grad(lambda a: signal.convolve2d(a, B).sum())(A) == pytest.approx(np.full((2, 2), B.sum()))
