"""What takes long to compute again is recorded in compiled loops that record as much anyway, and nowhere else."""

import math

import numpy as np
import pytest

import adjoint_compiler as ac

pytest.importorskip("numba")
X = np.array([0.7, 1.3, 0.4, 1.1])


def steps_in_place(x):
    q = x.copy()
    f = np.zeros(len(q) - 1)
    for _ in range(3):
        for i in range(len(q) - 1):
            f[i] = np.exp(-0.3 * np.log(q[i] + q[i + 1])) * q[i]
        for i in range(1, len(q) - 1):
            q[i] += 0.1 * (f[i - 1] - f[i])
        q[0] = q[2]
    return (q * q).sum()


def in_branches(x):
    y = x[0]
    for i in range(8):
        k = i % 4
        if x[k] > 0.6:
            e = math.exp(-y * x[k])
            y = y * e + e * e
            if i == 5:
                continue
        else:
            y = math.tanh(y) ** 1.5 + x[k]
        x[k] = x[k] * 0.9
    return y * x[1]


def until_small(x):
    t, k = x[0], 0
    while t > 0.3:
        e = math.exp(-0.2 * t * x[k % 4])
        t = t * e
        k += 1
        if k > 20:
            break
    return t * x[1]


def all_pairs(x):
    y = x.copy()
    for _ in range(2):
        for i in range(4):
            s = 0.0
            for j in range(4):
                s += math.exp(-y[i] * x[j])
            y[i] = s * y[i]
    return y.sum()


def sum_of_exponentials(x):
    s = 0.0
    for i in range(len(x)):
        s += math.exp(x[i] * 2.0)
    return s


def code(source):
    reverse = source[source.index("# reverse sweep") :]
    return "\n".join(line for line in reverse.split("\n") if not line.lstrip().startswith("#"))


def cells(x):
    c, h = x.copy(), x * 0.5
    for t in range(3):
        for a in range(4):
            gate = 1.0 / (1.0 + np.exp(-h[a] * x[a]))
            c[a] = c[a] * gate + x[t] * gate
            h[a] = gate * np.tanh(c[a])
    return h.sum()


PROGRAMS = [steps_in_place, cells, in_branches, until_small, all_pairs, sum_of_exponentials]


@pytest.mark.parametrize("f", [cells, in_branches], ids=lambda f: f.__name__)
def test_numbers_are_those_without_it(f):
    found = ac.value_and_grad(f, backend="numba")(X)
    value, expected = ac.value_and_grad(f)(X)
    np.testing.assert_allclose(found[0], value, rtol=1e-14)
    np.testing.assert_allclose(found[1], expected, rtol=1e-12)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_what_is_recorded(f):
    source = ac.grad(f, backend="numba").specialize(X).source
    reverse = code(source)
    bounded = f not in (all_pairs, sum_of_exponentials)
    assert ("exp(" not in reverse and "tanh(" not in reverse) == bounded
    without = ac.grad(f, backend="numba", optimize="-record_costly").specialize(X).source
    assert "exp(" in code(without)


def test_pullbacks():
    _, pullback = ac.vjp(until_small, X, backend="numba")
    for seed in (1.0, 2.0):
        np.testing.assert_allclose(pullback(seed)[0], seed * ac.grad(until_small)(X), rtol=1e-12)
