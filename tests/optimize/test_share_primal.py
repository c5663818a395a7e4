"""What a block computes twice has one adjoint, unless something happens to one of the two in between."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check

X = np.array([0.3, 0.7, 1.1, 0.9])


def number_that_is_updated(q):
    t = q[0] * q[1]
    s = q[0] * q[1]
    t += 1.0
    u = q[0] * q[1]
    return s * t * u + q[2] * q[3]


def array_that_is_updated(q):
    t = q * q
    s = q * q
    t *= 2.0
    return (s * t * (q * q)).sum()


def stored_between_through_a_view(q):
    a = q.copy()
    b = a * 2
    a[0] = q[1]
    c = a * 2
    v = a[1:]
    d = v * 2
    a[1] = q[0] * q[0]
    return (b * c).sum() + (d * (v * 2)).sum()


def scale(a, k):
    a[k] *= a[k - 1]
    return a * a


def helper_that_mutates(q):
    a = q.copy()
    s = 0.0
    for k in range(3):
        if a[k] > 0.5:
            b = a * a
            s += (b * scale(a, k)).sum()
        s = s * 1.1 + (a * a).sum() * b[0] if k > 1 else s
    return s + (a * a).sum()


def held_in_lists(q):
    kept = [q * q, q * q]
    kept[0] *= 2.0
    more = []
    more.append(q + 1)
    more.append(q + 1)
    more[0][1] = 5.0
    return (kept[0] * kept[1]).sum() + (more[0] * more[1]).sum()


def transposed_and_stored(q):
    a = q.reshape(2, 2) * 1.0
    b = a.T - a
    a[0, 1] *= a[1, 0]
    return (b * (a.T - a)).sum() + (b * a.T).sum()


PROGRAMS = (number_that_is_updated, array_that_is_updated, stored_between_through_a_view, helper_that_mutates,
            held_in_lists, transposed_and_stored)  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients(f):
    check(f, X)
    plain = ac.grad(f, optimize="-share_primal")(X)
    np.testing.assert_allclose(ac.grad(f)(X), plain, rtol=1e-12)


def test_one_adjoint():
    def f(q):
        return (np.sin(q) * q).sum() + np.sin(q) @ np.sin(q)

    assert ac.grad(f).specialize(X).source.count("np.cos(q)") == 1


def test_results_stay_arrays_of_their_own():
    def f(q):
        a, b = q * 3, q * 3
        return (a * b).sum(), (a, b)

    _, (a, b) = ac.grad(f, has_aux=True)(X)
    assert not np.shares_memory(a, b)
