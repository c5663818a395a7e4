"""Draws happen once for each call of a derivative, in their order, wherever they stand: the generator ends where the function leaves it."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([0.7, 1.3, 2.2, 0.4])


def straight(x, rng):
    return ((x * rng.normal(size=4) + rng.random()) ** 2).sum()


def unused_and_used(x, rng):
    _ = rng.normal(size=4)
    b = rng.normal(size=4)
    return (x * b).sum() ** 2


def in_a_loop(x, rng):
    y = x
    for k in range(3):
        noise = rng.standard_normal(4)
        y = np.sin(y) * noise + rng.uniform(0.5, 1.0) * y
    return (y * y).sum()


def in_a_while(x, rng):
    y, n = x, 0
    while n < 5:
        n = n + int(rng.integers(1, 3))
        y = y * rng.exponential()
    return (y * y).sum()


def under_an_if(x, rng):
    if rng.random() < 0.5:
        y = x * rng.normal(size=4)
    else:
        y = x * x * rng.normal() + rng.normal(size=4)
    return (y * y).sum()


def in_a_store(x, rng):
    a = np.zeros(8)
    for i in range(4):
        a[i] = x[i] * rng.normal()
        a[i + 4] += a[i] * a[i] * rng.random()
    return (a * a).sum()


def drawn_over_a_name(x, rng):
    noise = rng.normal(size=4)
    y = x * noise
    noise = rng.normal(size=4)
    y = y * y * noise
    noise[0] = 100.0
    return y.sum()


def noisy(v, rng):
    return v * rng.normal(size=4)


def in_a_helper(x, rng):
    return (noisy(noisy(x * x, rng), rng) + noisy(x, rng)).sum()


def in_a_comprehension(x, rng):
    return sum([(x * x * rng.normal()).sum() for _ in range(3)])


def chosen_rows(x, rng):
    picked = rng.choice(4, size=3, replace=False)
    order = rng.permutation(4)
    return (x[picked] ** 2).sum() * x[order][0]


def dropped_out(x, rng):
    mask = rng.random(4) < 0.6
    return (np.where(mask, np.tanh(x) / 0.6, 0.0) ** 2).sum()


def with_means(x, rng):
    """A location and a scale are differentiated as the fixed stream makes them."""
    z = rng.normal(x, x * x)
    return (
        (z * z).sum()
        + (rng.uniform(x, x + 1.0) ** 2).sum()
        + rng.exponential(x).sum()
        + (rng.gumbel(x, 2.0) * rng.laplace(0.0, x)).sum()
    )


def for_another(x, rng):
    shape = rng.gamma(2.0, x)
    return (shape * rng.lognormal(0.1 * x, 0.3)).sum()


PROGRAMS = [straight, unused_and_used, in_a_loop, in_a_while, under_an_if, in_a_store, drawn_over_a_name, in_a_helper, in_a_comprehension, chosen_rows,
            dropped_out, with_means, for_another]  # fmt: skip


def fresh(seed=5):
    return np.random.default_rng(seed)


def after(f):
    rng = fresh()
    f(X, rng)
    return rng.bit_generator.state


def gradient(f, x):
    h = 1e-6
    return np.array([(f(x + h * e, fresh()) - f(x - h * e, fresh())) / (2 * h) for e in np.eye(4)])


V = np.array([0.3, -1.2, 0.8, 0.5])
TRANSFORMS = {
    "grad": lambda f, rng: ac.grad(f)(X, rng), "split": lambda f, rng: ac.vjp(f, X, rng)[1](1.0)[0], "jacfwd": lambda f, rng: ac.jacfwd(f)(X, rng),
    "jacrev": lambda f, rng: ac.jacrev(f)(X, rng), "plain": lambda f, rng: ac.grad(f, optimize=0)(X, rng),
}  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_first_order(f, name):
    rng = fresh()
    found = TRANSFORMS[name](f, rng)
    np.testing.assert_allclose(found, gradient(f, X), rtol=1e-6, atol=1e-7)
    assert rng.bit_generator.state == after(f)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_directions_and_second_order(f):
    rng = fresh()
    y, y_dot = ac.jvp(f, (X, rng), (V, None))
    assert rng.bit_generator.state == after(f) and y == f(X, fresh())
    assert y_dot == pytest.approx(gradient(f, X) @ V, rel=1e-6, abs=1e-7)
    product, rng = ac.hvp(f), fresh()
    found = product(X, V, rng)
    assert rng.bit_generator.state == after(f)
    h = 1e-5
    step = (ac.grad(f)(X + h * V, fresh()) - ac.grad(f)(X - h * V, fresh())) / (2 * h)
    np.testing.assert_allclose(found, step, rtol=1e-6, atol=1e-6)
    rng = fresh()
    try:
        whole = ac.hessian(f)(X, rng)
    except ac.DifferentiationError as error:  # directions one after the other would draw again
        assert f is chosen_rows and "draw before" in error.diagnostics[0].help
        return
    np.testing.assert_allclose(whole @ V, found, rtol=1e-9, atol=1e-9)
    assert rng.bit_generator.state == after(f)


def test_a_pullback_draws_nothing():
    rng = fresh()
    _, pullback = ac.vjp(in_a_loop, X, rng)
    state = rng.bit_generator.state
    first = pullback(1.0)[0]
    assert np.array_equal(pullback(1.0)[0], first) and rng.bit_generator.state == state


def made_inside(x):
    rng = np.random.default_rng(7)
    y = x * rng.normal(size=4)
    for _ in range(2):
        y = y * y * rng.normal()
    return y.sum()


def of_the_module(x):
    y = x * np.random.normal(size=4)
    for _ in range(2):
        y = y * np.random.rand() + np.random.normal(x, 0.3)
    return (y * y).sum()


def test_a_generator_made_inside():
    ac.testing.check_grads(made_inside, (X,), order=2)


def test_the_stream_of_the_module():
    def seeded(x):
        np.random.seed(3)
        return of_the_module(x)

    h = 1e-6
    np.random.seed(3)
    of_the_module(X)
    state = np.random.get_state(legacy=False)["state"]["pos"]
    wanted = np.array([(seeded(X + h * e) - seeded(X - h * e)) / (2 * h) for e in np.eye(4)])
    for transform in (ac.grad(of_the_module), ac.jacfwd(of_the_module), lambda x: ac.vjp(of_the_module, x)[1](1.0)[0]):
        np.random.seed(3)
        np.testing.assert_allclose(transform(X), wanted, rtol=1e-6, atol=1e-7)
        assert np.random.get_state(legacy=False)["state"]["pos"] == state


@pytest.mark.parametrize(
    "f",
    [
        lambda x, rng: rng.gamma(x).sum(), lambda x, rng: rng.beta(x, 1.0).sum(), lambda x, rng: rng.dirichlet(x).sum(), lambda x, rng: rng.standard_t(x).sum(),
        lambda x, rng: rng.permuted(x, out=x)[0] * 2.0, lambda x, rng: rng.shuffle([x[0], x[1]]),
        lambda x, rng: rng.multivariate_normal(np.zeros(2), np.eye(2) * x[0]).sum(),
    ],
)  # fmt: skip
def test_what_has_no_formula_is_refused(f):
    for derivative in (lambda: ac.grad(f)(X, fresh()), lambda: ac.jvp(f, (X, fresh()), (V, None))):
        with pytest.raises(ac.DifferentiationError) as error:
            derivative()
        assert error.value.diagnostics[0].help


def orders(x, rng):
    s = 0.0
    w = x * x
    row = w[1:]
    for k in range(3):
        rng.shuffle(row)
        s = s + w[0] * w[2] * k
        w[1] = w[1] * w[3]
        s = s + (rng.choice(w, size=2, replace=False) ** 2).sum() + rng.choice(w)
    s = s + rng.permutation([x[0], x[1], x[2]])[0] * rng.permutation(4)[0] + rng.choice(w, (2, 2)).prod()
    A = np.outer(w, x)
    rng.shuffle(A)
    return s + (w * rng.permutation(w)).sum() + (rng.permutation(A)[0] * x).sum()


def along_axes(x, rng):
    A = np.outer(x, x)
    rng.shuffle(A, axis=1)
    B = rng.permutation(A, axis=-1) + rng.permuted(A) + rng.permuted(A, axis=0)
    return (B[0] * x).sum() + (rng.choice(A, 2, axis=1)[:, 0] * x).sum()


def orders_of_the_module(x, seed):
    np.random.seed(seed)
    A = np.outer(x, x)
    np.random.shuffle(A)
    np.random.shuffle(x)
    return (A[0] * x).sum() + np.random.permutation(A)[1] @ np.random.permutation(x) + np.random.choice(x)


@pytest.mark.parametrize(
    ("f", "make"),
    [
        (orders, fresh),
        (orders, lambda: np.random.RandomState(2)),
        (along_axes, fresh),
        (orders_of_the_module, lambda: 4),
    ],
)
def test_orders_are_drawn_and_indexed_by(f, make):
    h = 1e-6
    value, gradient = ac.value_and_grad(f)(X, make())
    assert value == f(X.copy(), make())
    wanted = np.array([(f(X + h * e, make()) - f(X - h * e, make())) / (2 * h) for e in np.eye(4)])
    np.testing.assert_allclose(gradient, wanted, rtol=1e-6, atol=1e-6)
    assert ac.jvp(f, (X, make()), (V, None))[1] == pytest.approx(wanted @ V, rel=1e-6)


def test_orders_leave_the_generator_where_numpy_does():
    ours, numpys = fresh(), fresh()
    ac.grad(orders)(X, ours)
    orders(X, numpys)
    assert ours.random() == numpys.random()


def of_a_state(x, seed=1):
    rng = np.random.RandomState(seed)
    a = rng.randn(3, 2) * x[0] + rng.rand(2) * x[1:3]
    a[rng.randint(0, 3)] += rng.random_sample(2) * x[3]
    return (a * a).sum() + rng.rand() * x[0] * rng.randn()


def test_draws_of_a_random_state():
    """``RandomState`` has names of its own for draws."""
    h = 1e-6
    wanted = np.array([(of_a_state(X + h * e) - of_a_state(X - h * e)) / (2 * h) for e in np.eye(4)])
    for transform in (ac.grad(of_a_state), lambda x: ac.vjp(of_a_state, x)[1](1.0)[0]):
        np.testing.assert_allclose(transform(X), wanted, rtol=1e-6, atol=1e-7)
    assert ac.jvp(of_a_state, (X,), (V,))[1] == pytest.approx(wanted @ V, rel=1e-6)
