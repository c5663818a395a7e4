"""A tuple that a recursive function returns is not the dict that it stores into, though it may hold an array of that dict."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

V = np.array([0.7, 1.1, -0.4])


def known_before(n, memo, v):
    if n in memo:
        return memo[n]
    r = np.sin(known_before(n - 1, memo, v)) * v + known_before(n - 2, memo, v)
    memo[n] = r
    return r


def memoised(v):
    memo = {0: v, 1: v * v}
    r = known_before(4, memo, v)
    return (r * memo[3]).sum() + memo[2][0]


def pair_of_what_is_known(n, memo, v):
    if n in memo:
        return memo[n], v[n % 3]
    a, s = pair_of_what_is_known(n - 1, memo, v)
    memo[n] = a * v * s
    return memo[n], s * v[n % 3]


def pairs(v):
    memo = {0: v}
    a, s = pair_of_what_is_known(3, memo, v)
    return (a * memo[2]).sum() * s + memo[1][0]


def last_of_a_box(n, box, v):
    if n == 0:
        return (box[0], v)
    p = last_of_a_box(n - 1, box, v)
    box[0] = p[0] * p[1][n]
    return (box[0], p[1])


def boxed(v):
    box = [v[0]]
    p = last_of_a_box(2, box, v)
    return p[0] * box[0]


def memo_itself(n, memo, v):
    if n in memo:
        return memo, memo[n]
    m, a = memo_itself(n - 1, memo, v)
    m[n] = a * v
    return m, m[n]


@pytest.mark.parametrize("f", (memoised, pairs, boxed))
def test_reverse_over_forward_mode(f):
    def along(v, t):
        return ac.jvp(f, (v,), (t,))[1]

    check_grads(f, (V,), order=2)
    check_grads(along, (V, V[::-1].copy()), order=1)


def test_a_dict_that_is_stored_into_is_not_returned():
    def f(v):
        memo = {0: v}
        m, a = memo_itself(3, memo, v)
        return (a * memo[2]).sum() + m[1][0]

    with pytest.raises(ac.DifferentiationError, match="returns an argument that it stores into"):
        ac.grad(f)(V)
