"""Dicts in compiled derivatives: Numba's own, with one type of keys and one of values."""

import numpy as np
import pytest

import adjoint_compiler as ac

numba = pytest.importorskip("numba")
X = np.array([0.7, 1.3, 0.4, 1.1])


def entries_come_and_go(v):
    d = {}
    total = 0.0
    for i in range(6):
        key = i % 2
        if key in d:
            total += d[key] * v[i % 4]
            d[key] = d[key] * d[key]
        else:
            d[key] = v[i % 4] * v[0]
        if i == 3:
            total += d.pop(0) * v[1]
    d[1] += total * total
    for k in d:
        total += d[k] * k
    return total


def what_is_not_there_is_asked_for(v):
    d = {"a": v[0]}
    found = d.get("b") if v[1] > 1.0 else d.get("a")
    if found is None:
        return v[1] * v[2]
    return found * v[2]


def test_gradients_are_those_of_numpy():
    f = entries_come_and_go
    np.testing.assert_allclose(ac.grad(f, backend="numba")(X), ac.grad(f)(X), rtol=1e-12)


def test_what_is_refused():
    def overwritten(v):
        d = {0: v * 2.0, 1: v * v}
        d[0] = d[0] * d[1]
        return d[0].sum()

    with pytest.raises(ac.DifferentiationError, match="AC021"):
        ac.grad(overwritten, backend="numba")(X)

    with pytest.raises(ac.DifferentiationError, match="AC021.*compiled pullbacks keep no dicts"):
        ac.vjp(entries_come_and_go, X, backend="numba")
    with pytest.raises(ac.DifferentiationError, match="AC021.*None"):
        ac.grad(what_is_not_there_is_asked_for, backend="numba")(X)
