"""Outer products that a loop adds to one matrix are summed as one matrix product."""

import numpy as np
import pytest

import adjoint_compiler as ac

rng = np.random.default_rng(7)
W, XS = rng.random((3, 3)), rng.random((4, 3))


def recurrent(W, xs):
    h = np.zeros(3)
    for x in xs:
        h = np.tanh(W @ h + x)
    return h.sum()


def overwritten_state(W, xs):
    h = np.ones(3)
    for x in xs:
        h[:] = np.tanh(W @ h) * x
    return (h * h).sum()


def now_and_then(W, xs):
    s = 0.0
    for k in range(len(xs)):
        if k % 2:
            s += np.sin(W @ xs[k]).sum()
    return s


def nested(W, xs):
    s = 0.0
    for x in xs:
        for y in xs:
            s += x @ W @ y
    return s


def left_early(W, xs):
    h, k = np.ones(3), 0
    while True:
        h, k = np.tanh(W @ h), k + 1
        if k == len(xs):
            break
        if h[0] > 2.0:
            return h[0]
    return (h * h).sum()


def block(W, xs):
    s = 0.0
    for k in range(3):
        s += (W[:, k:] @ xs[0][k:] * (W[k:, 1:] @ xs[1][1:]).sum()).sum()
    return s


def read_in_the_loop(W, xs):
    A = W * 1.0
    s = 0.0
    for x in xs:
        s += (A @ x).sum()
        A = A * A
    return s


def stored_in_the_loop(W, xs):
    A = W * 1.0
    s = 0.0
    for x in xs:
        s += (A @ x).sum()
        A *= 0.5
    return s


def two_at_once(W, xs):
    return (W @ xs[0]) @ (xs[1] @ W)


def behind(W, xs):
    h = W @ xs[0]
    for x in xs:
        h = np.tanh(W @ h) + x
    return (W @ h).sum() + h[0]


def stored_behind(W, xs):
    h = xs[0].copy()
    for x in xs:
        h[:] = np.tanh(W @ h) + x
    h[0] = 2.0
    u = W @ h
    h[1] = u[1] * h[2]
    return (u * h).sum()


def used_otherwise(W, xs):
    h = xs[0]
    for x in xs:
        h = np.tanh(W @ h) + x
    s = (W * W).sum()
    return (W @ h).sum() * s


def symmetric(W, xs):
    return xs[0] @ W @ xs[0]


BATCHED = [
    recurrent, overwritten_state, now_and_then, nested, left_early, block, two_at_once, behind, stored_behind, used_otherwise,
]  # fmt: skip
OTHERS = [read_in_the_loop, stored_in_the_loop, symmetric]


@pytest.mark.parametrize("f", [*BATCHED, *OTHERS])
def test_gradients(f):
    ac.testing.check_grads(f, (W, XS), order=1)
    one, other = ac.grad(f, wrt=(0, 1))(W, XS), ac.grad(f, wrt=(0, 1), optimize=0)(W, XS)
    for a, b in zip(one, other):
        np.testing.assert_allclose(a, b, rtol=1e-10)


@pytest.mark.parametrize("f", BATCHED)
def test_products_are_batched(f):
    text = ac.grad(f, wrt=0).specialize(W, XS).source
    assert "outer_sum(" in text and "np.outer(" not in text


@pytest.mark.parametrize("f", [recurrent, overwritten_state, behind, stored_behind])
def test_the_sum_takes_the_place_of_zeros(f):
    text = ac.grad(f, wrt=0).specialize(W, XS).source
    assert text.count("outer_sum(") == 1 and "W_bar = outer_sum(W_lefts, W_rights, W)" in text


@pytest.mark.parametrize("f", OTHERS)
def test_what_is_read_or_stored_in_the_loop_is_not(f):
    assert "outer_sum(" not in ac.grad(f, wrt=0).specialize(W, XS).source.replace("def outer_sum", "")


@pytest.mark.parametrize("f", [recurrent, now_and_then])
def test_no_trips(f):
    assert np.all(ac.grad(f)(W, XS[:0]) == 0.0)


@pytest.mark.parametrize("f", BATCHED)
def test_second_derivatives(f):
    gradient = ac.grad(f)
    direction = np.cos(np.arange(9.0)).reshape(3, 3)

    def slope(W, xs):
        return (gradient(W, xs) * direction).sum()

    found = ac.grad(slope)(W, XS)
    step = 1e-5
    for k in np.ndindex(3, 3):
        up, down = W.copy(), W.copy()
        up[k] += step
        down[k] -= step
        expected = ((gradient(up, XS) - gradient(down, XS)) * direction).sum() / (2 * step)
        assert found[k] == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_single_precision():
    g = ac.grad(recurrent)(W.astype(np.float32), XS.astype(np.float32))
    assert g.dtype == np.float32
    np.testing.assert_allclose(g, ac.grad(recurrent)(W, XS), rtol=1e-4)
