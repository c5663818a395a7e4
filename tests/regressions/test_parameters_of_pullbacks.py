"""Pullbacks know the types of the parameters: of those that become something else in the program, too."""

import numpy as np
import pytest

import adjoint_compiler as ac

A = np.random.default_rng(1).standard_normal((3, 3))
V = np.random.default_rng(2).standard_normal(3)


def complex_later(a):
    for _ in range(2):
        a = a * (1 + 1j)
    return abs(a.sum()) ** 2


def another_array_in_each_trip(a, b):
    for k in range(3):
        row = a[k]
        row[0] = row[1] * b[0]
        a = a * 1.0
        b = b + row
    return (a * a).sum() + b.sum()


def integers_in_a_branch(a, whole):
    if whole:
        a = np.arange(3)
    else:
        a[0] = a[1] * a[2]
    s = 0.0
    for v in a:
        s = s + v * v
    return s


def views_from_both_ends(a):
    b = a[::-1]
    for i in range(len(a)):
        r, q = b[i], a[i]
        r[1:] = r[:-1] * r[1:]
        q += r.sum()
    return (b * a).sum()


CASES = [
    (complex_later, V), (another_array_in_each_trip, A, V), (integers_in_a_branch, V, False), (integers_in_a_branch, V, True),
    (views_from_both_ends, A),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), [(f, args) for f, *args in CASES])
def test_pullbacks(f, args):
    def given():
        return [a.copy() if isinstance(a, np.ndarray) else a for a in args]

    ac.testing.check_grads(f, tuple(given()), order=2)
    _, pullback = ac.vjp(f, *given())
    found = pullback(1.0)[0]
    np.testing.assert_allclose(np.zeros_like(args[0]) if found is None else found, ac.grad(f)(*given()), rtol=1e-12)
