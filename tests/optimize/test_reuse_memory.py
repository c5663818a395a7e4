"""Arrays that are not read again are updated in place; nothing else is."""

import re

import numpy as np
import pytest

import adjoint_compiler as ac

rng = np.random.default_rng(11)
A, B, X = rng.random((3, 4)), rng.random((4, 2)), rng.random(4)


def scaled_product(s, A, B):
    return (s * A @ B).sum()


def scaled_twice(s, A, B):
    return ((s * A @ B) * (2.0 * A @ B)).sum() * s


def sum_of_matrices(s, A, B):
    C = s * A
    D = C * s
    return (D @ B).sum() + (C @ B).sum()


def in_a_loop(s, A, B):
    total = 0.0
    for k in range(3):
        total += (s * A @ B)[k].sum() * k
    return total


def kept_in_a_list(s, A, B):
    kept = []
    for _ in range(2):
        kept.append(s * A @ B)
    return (kept[0] * kept[1]).sum()


def divided(s, A, B):
    return ((A / s) @ (B / s)).sum()


def views_of_it(s, A, B):
    C = s * A
    D = C[1:] * s
    return (D @ B).sum() + C[0].sum()


PROGRAMS = [scaled_product, scaled_twice, sum_of_matrices, in_a_loop, kept_in_a_list, divided, views_of_it]


@pytest.mark.parametrize("dtype", [float, "float32", complex])
@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients(f, dtype):
    def real(s, A, B):
        return np.real(f(s, A, B))

    arguments = (1.7, A.astype(dtype), B.astype(dtype))
    found, plain = (ac.grad(real, wrt=(0, 1, 2), optimize=k)(*arguments) for k in (None, 0))
    for a, b in zip(found, plain):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(a, b, rtol=1e-5 if dtype == "float32" else 1e-11)


@pytest.mark.parametrize("f", PROGRAMS)
def test_nothing_of_the_callers_changes(f):
    arguments = 1.7, A.copy(), B.copy()
    first = ac.grad(f, wrt=(0, 1, 2))(*arguments)
    copies = [np.array(g) for g in first]
    ac.grad(f, wrt=(0, 1, 2))(*arguments)
    for g, copy in zip(first, copies):
        assert np.array_equal(g, copy)
    assert np.array_equal(arguments[1], A)
    assert np.array_equal(arguments[2], B)


@pytest.mark.parametrize("f", PROGRAMS)
def test_pullbacks_can_be_called_again(f):
    _, pullback = ac.vjp(f, 1.7, A, B)
    first, second = pullback(1.0), pullback(1.0)
    for a, b, c in zip(first, second, ac.grad(f, wrt=(0, 1, 2))(1.7, A, B)):
        np.testing.assert_allclose(a, b, rtol=1e-14)
        np.testing.assert_allclose(a, c, rtol=1e-12)


def test_the_product_is_scaled_in_place():
    source = ac.grad(scaled_product, wrt=(0, 1, 2)).specialize(1.7, A, B).source
    assert re.search(r"s_bar = np\.vdot\(A_bar, A\)\n +A_bar \*= s\n", source)


def test_a_seed_stays_what_it_is():
    def f(s, A):
        return s * A

    seed = np.ones((3, 4))
    _, pullback = ac.vjp(f, 2.0, A)
    s_bar, A_bar = pullback(seed)
    assert s_bar == pytest.approx(A.sum())
    assert np.all(A_bar == 2.0)
    assert np.all(seed == 1.0)


def test_second_derivatives():
    def slope(s, A, B):
        return (ac.grad(scaled_product, wrt=1)(s, A, B) * A).sum()

    found, step = ac.grad(slope)(1.7, A, B), 1e-6
    expected = (slope(1.7 + step, A, B) - slope(1.7 - step, A, B)) / (2 * step)
    assert found == pytest.approx(expected, rel=1e-8)
