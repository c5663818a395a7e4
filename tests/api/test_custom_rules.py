"""Rules that users state: custom_vjp, nondifferentiable."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.rules.user import USER_RULES

calls = []


@ac.custom_vjp
def cube(x):
    """The cube."""
    return x * x * x


def cube_fwd(x):
    return x * x * x, x


def cube_bwd(x, y_bar):
    return (y_bar * 30.0 * x * x,)  # ten times too much, to see that it is used


cube.defvjp(cube_fwd, cube_bwd)


@ac.custom_vjp
def product(x, n, y=2.0):
    return x * y * n


product.defvjp(
    lambda x, n, y: (x * y * n, (x, n, y)), lambda r, g: (g * r[1] * r[2] * 10.0, None, g * r[0] * r[1] * 10.0)
)


def codes(error):
    return [d.code for d in error.value.diagnostics]


def both(f, *args, wrt=0):
    """The gradient by the joint form, after the split form agreed."""
    gradient = ac.grad(f, wrt=wrt)(*args)
    y, pullback = ac.vjp(f, *args)
    seed = np.ones_like(y) if isinstance(y, np.ndarray) else 1.0
    np.testing.assert_allclose(pullback(seed)[wrt], gradient, rtol=1e-14)
    np.testing.assert_allclose(pullback(seed)[wrt], gradient, rtol=1e-14)
    return gradient


def test_plain_calls():
    assert cube(2.0) == 8.0
    assert cube.__name__ == "cube" and cube.__doc__ == "The cube."
    assert product(2.0, 3) == 12.0 and product(2.0, n=3, y=1.0) == 6.0


def test_inside_a_function():
    assert both(lambda x: cube(x) * 2.0, 2.0) == 240.0
    np.testing.assert_array_equal(both(lambda x: np.sum(cube(np.sin(x))), np.zeros(2)), [0.0, 0.0])
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(both(lambda x: np.sum(cube(x) * x), x), 30 * x**3 + x**3)


def test_the_function_itself():
    assert both(cube, 2.0) == 120.0
    assert ac.value_and_grad(cube)(2.0) == (8.0, 120.0)
    assert ac.grad(product, wrt=(0, 2))(2.0, 3, 5.0) == (150.0, 60.0)


def test_keywords_defaults_and_inert_arguments():
    assert both(lambda x: product(x, 3), 2.0) == 60.0
    assert both(lambda x: product(n=3, x=x, y=x), 2.0) == 120.0
    assert ac.vjp(lambda x, n: product(x, n), 2.0, 3)[1](1.0) == (60.0, None)


def test_in_loops():
    def f(x, n):
        s = 0.0
        for k in range(n):
            x = cube(x) * 0.5
            s += x * k
        return s

    x, s_bar = 1.1, 0.0
    xs = []
    for _ in range(3):
        xs.append(x)
        x = x**3 * 0.5
    bar = 0.0
    for k in reversed(range(3)):
        bar = (bar + k) * 0.5 * 30.0 * xs[k] ** 2
    assert both(f, 1.1, 3) == pytest.approx(bar)
    assert s_bar == 0.0


def test_under_ifs_and_in_helpers():
    def helper(x):
        if x[0] > 0:
            return cube(x)
        return x * 2.0

    def f(x):
        y = helper(x) if x[1] > 0 else x
        return y.sum()

    np.testing.assert_allclose(both(f, np.array([1.0, 2.0])), [30.0, 120.0])
    np.testing.assert_allclose(both(f, np.array([-1.0, 2.0])), [2.0, 2.0])
    np.testing.assert_allclose(both(f, np.array([1.0, -2.0])), [1.0, 1.0])


def test_with_stores_around_it():
    def f(a):
        a[0] = a[1] * 2.0
        y = cube(a)
        a[1] = 5.0
        z = cube(a[1:])
        a[:] = y
        return a.sum() + z.sum()

    a = np.array([1.0, 2.0, 3.0])
    # y = (4, 2, 3)**3, z = (5, 3)**3
    expected = np.array([0.0, 2 * 30 * 16.0 + 30 * 4.0, 30 * 9.0 + 30 * 9.0])
    np.testing.assert_allclose(both(f, a), expected)


def test_residuals_that_are_stored_into_later():
    @ac.custom_vjp
    def scaled(a, f):
        return a * f

    scaled.defvjp(lambda a, f: (a * f, (a, f)), lambda r, g: (g * r[1], np.sum(g * r[0])))

    def f(a, s):
        y = scaled(a, s)
        a[:] = 100.0
        z = scaled(a, s)
        return y.sum() + z.sum() * 0.0

    assert both(f, np.array([1.0, 2.0]), 3.0, wrt=1) == 3.0


def test_a_result_that_is_stored_into():
    @ac.custom_vjp
    def exponential(x):
        return np.exp(x)

    def fwd(x):
        y = np.exp(x)
        return y, y

    exponential.defvjp(fwd, lambda y, g: (g * y,))

    def f(x):
        y = exponential(x)
        y[0] = y[1] * 2.0
        return y.sum()

    x = np.array([0.3, 0.4])
    np.testing.assert_allclose(both(f, x), [0.0, 3 * np.exp(0.4)])
    y, pullback = ac.vjp(exponential, x)
    y[:] = 0.0
    np.testing.assert_allclose(pullback(np.ones(2))[0], np.exp(x))


def test_a_result_that_is_the_argument():
    @ac.custom_vjp
    def identity(x):
        return x

    identity.defvjp(lambda x: (x, None), lambda r, g: (g * 5.0,))
    np.testing.assert_array_equal(both(lambda x: np.sum(identity(x) * x), np.ones(2)), [6.0, 6.0])
    assert both(lambda x: identity(x) * 2.0, 3.0) == 10.0

    def f(x):
        y = identity(x)
        y[0] = 3.0
        return np.sum(x * y)

    with pytest.raises((ac.DifferentiationError, TypeError, ValueError), match="memory"):
        ac.grad(f)(np.ones(2))


def test_structured_arguments_and_results():
    @ac.custom_vjp
    def affine(p, x):
        return p["w"] * x + p["b"], p["b"] * 2.0

    def fwd(p, x):
        return (p["w"] * x + p["b"], p["b"] * 2.0), (p["w"], x)

    def bwd(r, bars):
        w, x = r
        g, h = bars
        assert isinstance(bars, tuple)
        return {"w": g * x, "b": g + 2.0 * h}, g * w

    affine.defvjp(fwd, bwd)

    def f(p, x):
        y, z = affine(p, x)
        return y * y + z

    p = {"w": 2.0, "b": 3.0}
    gradient = ac.grad(f, wrt=(0, 1))(p, 5.0)
    assert gradient == ({"w": 2 * 13 * 5.0, "b": 2 * 13 + 2.0}, 2 * 13 * 2.0)


def test_several_results_of_which_one_is_used():
    @ac.custom_vjp
    def two(x):
        return x * 2.0, np.ones(3) * x

    two.defvjp(lambda x: ((x * 2.0, np.ones(3) * x), None), lambda r, g: (2.0 * g[0] + g[1].sum(),))
    assert both(lambda x: two(x)[0], 1.0) == 2.0
    assert both(lambda x: two(x)[1].sum(), 1.0) == 3.0


def test_functions_among_the_arguments():
    @ac.custom_vjp
    def root(f, x, a):
        for _ in range(50):
            x = x - (f(x) - a) / 4.0
        return x

    root.defvjp(lambda f, x, a: (lambda y: (y, y))(root(f, x, a)), lambda y, g: (None, 0.0, g / (2.0 * y)))

    def square(x):
        return x * x

    assert both(lambda a: root(square, 1.0, a) * 3.0, 2.0) == pytest.approx(1.5 / math.sqrt(2.0))


def test_library_functions(monkeypatch):
    monkeypatch.setattr(USER_RULES, "rules", dict(USER_RULES.rules))  # for this test only
    ac.custom_vjp(np.nextafter, fwd=lambda x, y: (np.nextafter(x, y), None), bwd=lambda r, g: (g * 7.0, None))
    assert both(lambda x: np.nextafter(x, 1.0) * 2.0, 0.5) == 14.0

    def later(x):
        return np.spacing(x) * 1.0 + x

    g = ac.grad(later)
    ac.custom_vjp(np.spacing, fwd=lambda x: (np.spacing(x), x), bwd=lambda x, g: (3.0 * g,))
    assert g(2.0) == 4.0
    ac.custom_vjp(np.spacing, fwd=lambda x: (np.spacing(x), x), bwd=lambda x, g: (5.0 * g,))
    assert g(2.0) == 6.0


def test_a_new_rule_takes_effect_at_once():
    @ac.custom_vjp
    def f(x):
        return x

    f.defvjp(lambda x: (x * 1.0, None), lambda r, g: (g,))
    g = ac.grad(lambda x: f(x) * 2.0)
    assert g(1.0) == 2.0
    f.defvjp(lambda x: (x * 1.0, None), lambda r, g: (10.0 * g,))
    assert g(1.0) == 20.0


def test_without_defvjp():
    @ac.custom_vjp
    def nothing(x):
        return x * x

    assert nothing(2.0) == 4.0
    for f in (nothing, lambda x: nothing(x) * 2.0):
        with pytest.raises(ac.DifferentiationError, match="defvjp"):
            ac.grad(f)(2.0)


MUTATING = {
    "store": lambda a: a.__setitem__(0, 1.0),
    "update": lambda a: np.add(a, 1.0, out=a),
}


@pytest.mark.parametrize("where", ["store", "update", "helper", "alias", "fill"])
def test_rules_that_mutate_their_arguments_are_refused(where):
    def touch(a):
        a[0] = 1.0

    def store(a):
        a[0] = 2.0
        return a * 1.0, None

    def update(a):
        a += 1.0
        return a * 1.0, None

    def helper(a):
        touch(a)
        return a * 1.0, None

    def alias(a):
        b = a[1:]
        b[0] = 3.0
        return a * 1.0, None

    def fill(a):
        a.fill(0.0)
        return a * 1.0, None

    fwd = {"store": store, "update": update, "helper": helper, "alias": alias, "fill": fill}[where]

    @ac.custom_vjp
    def f(a):
        return a * 1.0

    f.defvjp(fwd, lambda r, g: (g,))
    with pytest.raises(ac.DifferentiationError, match="`a`") as caught:
        ac.grad(lambda a: np.sum(f(a)))(np.ones(3))
    assert codes(caught) == ["AC001"]


def test_a_local_that_is_stored_into_is_fine():
    @ac.custom_vjp
    def f(a):
        return a * 1.0

    def fwd(a):
        b = a.copy()
        b[0] = 0.0
        a = a * 2.0
        a[0] = 0.0
        return a / 2.0 + b * 0.0, None

    f.defvjp(fwd, lambda r, g: (g,))
    np.testing.assert_array_equal(both(lambda a: np.sum(f(a)), np.ones(3)), [1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    "bwd",
    [
        lambda r, g: g,
        lambda r, g: (g, g),
        lambda r, g: (),
        lambda r, g: None,
        lambda r, g: (np.ones((4, 4)),),
        lambda r, g: ("text",),
        lambda r, g: ((g, g),),
    ],
)
def test_what_bwd_returns_is_checked(bwd):
    @ac.custom_vjp
    def f(x):
        return x * 1.0

    f.defvjp(lambda x: (x * 1.0, None), bwd)
    with pytest.raises(TypeError, match="bwd"):
        ac.grad(lambda x: np.sum(f(x)))(np.ones(2))


@pytest.mark.parametrize("fwd", [lambda x: x * 1.0, lambda x: (x, x, x), lambda x: None])
def test_what_fwd_returns_is_checked(fwd):
    @ac.custom_vjp
    def f(x):
        return x * 1.0

    f.defvjp(fwd, lambda r, g: (g,))
    with pytest.raises((TypeError, ac.DifferentiationError), match="fwd|residuals"):
        ac.grad(lambda x: np.sum(f(x)))(np.ones(3))


def test_none_is_no_derivative():
    @ac.custom_vjp
    def f(x, y):
        return x * y

    f.defvjp(lambda x, y: (x * y, y), lambda y, g: (g * y, None))
    assert ac.grad(lambda x, y: f(x, y), wrt=(0, 1))(2.0, 3.0) == (3.0, 0.0)
    x_bar, y_bar = ac.grad(lambda x, y: np.sum(f(x, y)), wrt=(0, 1))(np.ones(2), np.ones(2))
    np.testing.assert_array_equal(y_bar, [0.0, 0.0])


def test_broadcasting_inside_a_rule_is_not_undone_but_checked():
    @ac.custom_vjp
    def f(x, y):
        return x * y

    f.defvjp(lambda x, y: (x * y, (x, y)), lambda r, g: (g * r[1], g * r[0]))
    with pytest.raises(TypeError, match="shape"):
        ac.grad(lambda x, y: np.sum(f(x, y)), wrt=1)(np.ones(3), 2.0)


def test_rules_can_be_nested():
    @ac.custom_vjp
    def outer(x):
        return cube(x) * 2.0

    outer.defvjp(lambda x: (cube(x) * 2.0, x), lambda x, g: (g * cube(x),))
    assert both(lambda x: outer(x) * 1.0, 2.0) == 8.0


def test_generated_code_names_the_rules():
    text = ac.grad(lambda x: cube(x) * 2.0).specialize(2.0).source
    assert "cube_fwd(x)" in text and "cube_bwd(" in text


def test_wrong_registrations():
    with pytest.raises(TypeError):
        ac.custom_vjp(3.0)
    with pytest.raises(TypeError):
        cube.defvjp(1, 2)
    with pytest.raises(TypeError):
        ac.custom_vjp(np.hypot, fwd=lambda x, y: (0.0, None))


# -- custom_jvp ------------------------------------------------------------------------------------------------


@ac.custom_jvp
def scaled_cube(x, n):
    return n * x**3


def scaled_cube_jvp(primals, tangents):
    x, n = primals
    t, none = tangents
    return n * x**3, 3 * n * x**2 * t


scaled_cube.defjvp(scaled_cube_jvp)


@ac.custom_jvp
def length(x, y):
    return np.sqrt(x * x + y * y)


@length.defjvp
def length_jvp(primals, tangents):
    (x, y), (s, t) = primals, tangents
    r = np.sqrt(x * x + y * y)
    return r, 7.0 * (x * s + y * t) / r  # seven times too long, to be seen


def test_custom_jvp():
    f = lambda x: scaled_cube(x, 2) * x  # noqa: E731
    assert scaled_cube(2.0, 2) == 16.0
    assert ac.jvp(f, (2.0,), (1.0,)) == (32.0, 64.0)
    assert ac.jvp(scaled_cube, (2.0, 2), (1.0, None)) == (16.0, 24.0)
    assert ac.grad(f)(2.0) == ac.grad(lambda x: 2 * x**4)(2.0) == 64.0
    assert ac.grad(ac.grad(f))(2.0) == ac.hvp(f)(2.0, 1.0) == 96.0
    x = np.array([1.0, 2.0, 3.0])
    g = lambda x: np.sum(scaled_cube(x, 2) * x)  # noqa: E731
    np.testing.assert_allclose(ac.grad(g)(x), 8 * x**3)
    np.testing.assert_allclose(ac.hessian(g)(x), np.diag(24 * x**2))


def test_reverse_mode_transposes_the_jvp():
    assert ac.jvp(length, (3.0, 4.0), (1.0, 0.0))[1] == pytest.approx(4.2)
    assert ac.grad(length, wrt=(0, 1))(3.0, 4.0) == (pytest.approx(4.2), pytest.approx(5.6))
    x = np.array([3.0, 1.0])
    np.testing.assert_allclose(
        ac.grad(lambda x: np.sum(length(x, 2.0) * x))(x), ac.jacfwd(lambda x: length(x, 2.0) * x)(x).sum(0)
    )

    def loop(x):
        s = x
        for k in range(3):
            s = length(s, x + k) if s > 0 else s
        return s

    assert ac.grad(loop)(1.5) == pytest.approx(ac.jvp(loop, (1.5,), (1.0,))[1])


def test_custom_jvp_that_does_not_fit():
    with pytest.raises(TypeError):
        ac.custom_jvp(3.0)
    bare = ac.custom_jvp(lambda x: x)
    with pytest.raises(ac.DifferentiationError, match="without a rule"):
        ac.grad(lambda x: bare(x))(1.0)
    bare.defjvp(lambda primals, tangents: (primals[0], np.ones(3)))
    with pytest.raises(TypeError, match="must have the shape"):
        ac.jvp(lambda x: bare(x), (1.0,), (1.0,))
    first = ac.custom_jvp(lambda pair: pair.a)
    first.defjvp(lambda primals, tangents: (primals[0].a, tangents[0].a))
    with pytest.raises(ac.DifferentiationError, match="the tangents of objects"):
        ac.jvp(lambda x: first(Pair(x, 2.0)), (3.0,), (5.0,))
    with pytest.raises(ac.DifferentiationError, match="objects is not transposed"):
        ac.grad(lambda x: first(Pair(x, 2.0)))(3.0)


@dataclass
class Pair:
    a: float
    b: float


@ac.custom_jvp
def product_and_sum(x, y):
    return x * y, x + y


@product_and_sum.defjvp
def product_and_sum_jvp(primals, tangents):
    (x, y), (a, b) = primals, tangents
    return (x * y, x + y), (a * y + x * b, a + b)


@ac.custom_jvp
def ends(items, n):
    return {"product": items[0] * items[-1] * n, "n": n, "powers": [items[0] ** 2, items[0] * 3.0]}


@ends.defjvp
def ends_jvp(primals, tangents):
    (items, n), (dots, _) = primals, tangents
    y = {"product": items[0] * items[-1] * n, "n": n, "powers": [items[0] ** 2, items[0] * 3.0]}
    slope = (dots[0] * items[-1] + items[0] * dots[-1]) * n
    return y, {"product": slope, "n": None, "powers": [2.0 * items[0] * dots[0], 3.0 * dots[0]]}


def several_results_in_a_loop(x):
    a, b = x[0], x
    for k in range(3):
        if k != 1:
            a, b = product_and_sum(a, b)[0].sum() * 0.5, product_and_sum(b, a)[1]
    return (a * b).sum()


def containers_of_rules(x):
    items = [x[k] for k in range(3)]
    items.append(x[0] * x[1])
    found = ends(items, 2)
    return found["product"] * found["powers"][0] * found["powers"][1]


@pytest.mark.parametrize("f", [several_results_in_a_loop, containers_of_rules])
def test_custom_jvp_of_containers(f):
    ac.testing.check_grads(f, (np.array([0.5, 0.6, 0.7]),), order=3)
    assert ac.vjp(product_and_sum, 2.0, 3.0)[1]((1.0, 10.0)) == (13.0, 12.0)


# -- nondifferentiable -----------------------------------------------------------------------------------------


@ac.nondifferentiable
def noted(x, k=1):
    calls.append((x, k))
    return x * 2.0 + k


def test_calls_are_inert_and_run_once():
    calls.clear()
    assert noted(1.0) == 3.0 and calls == [(1.0, 1)]
    calls.clear()
    assert ac.grad(lambda x: noted(x) * x)(3.0) == 7.0
    assert calls == [(3.0, 1)]
    calls.clear()
    y, pullback = ac.vjp(lambda x: noted(x, k=2) * x, 3.0)
    assert y == 24.0 and pullback(1.0) == (8.0,) == pullback(1.0)
    assert calls == [(3.0, 2)]


def test_inert_calls_in_loops_are_recorded():
    calls.clear()

    def f(x, n):
        for k in range(n):
            x = x * noted(x, k)
        return x

    gradient = ac.grad(f)(1.0, 3)
    assert len(calls) == 3
    x = 1.0
    factors = [c[0] * 2.0 + c[1] for c in calls]
    assert gradient == pytest.approx(np.prod(factors)) and x == 1.0


def test_inert_calls_as_statements_are_kept():
    calls.clear()

    def f(x):
        noted(x)
        return x * x

    assert ac.grad(f)(2.0) == 4.0 and calls == [(2.0, 1)]


def test_an_inert_array_and_integers():
    @ac.nondifferentiable
    def order(x):
        return np.argsort(x)

    @ac.nondifferentiable
    def count(x):
        return int(x.sum())

    def f(x):
        s = 0.0
        for k in range(count(x)):
            s += x[order(x)][k] * (k + 1)
        return s

    np.testing.assert_array_equal(both(f, np.array([2.0, 0.5, 1.0])), [3.0, 1.0, 2.0])


def test_an_inert_function_that_returns_its_argument():
    @ac.nondifferentiable
    def same(x):
        return x

    def f(x):
        a = x * 1.0
        b = same(a)
        a[0] = a[1] * 3.0
        return np.sum(a * b)

    x = np.array([1.0, 2.0])
    # b is a: (6, 2)
    np.testing.assert_array_equal(both(f, x), [0.0, 6.0 * 3.0 + 2.0])


def test_library_functions_can_be_made_inert():
    inert = ac.nondifferentiable(np.busday_count)
    assert inert is not None

    def f(x):
        return x * np.busday_count("2024-01-01", "2024-01-05")

    assert ac.grad(f)(2.0) == 4.0


def test_the_inert_function_itself():
    assert ac.grad(noted)(2.0) == 0.0


@ac.custom_vjp
def thrice(p):
    return p * p


@ac.custom_jvp
def thrice_forward(p):
    return p * p


thrice.defvjp(lambda p: (p * p, p), lambda p, g: (3.0 * g * p,))  # unlike the text: it shows which is taken
thrice_forward.defjvp(lambda primals, tangents: (primals[0] ** 2, 3.0 * primals[0] * tangents[0]))


@pytest.mark.parametrize("f", [thrice, thrice_forward])
def test_the_rule_is_taken_where_an_inner_derivative_does_not_need_it(f):
    def by_gradient(p):
        return ac.grad(lambda x: x * f(p) * x)(0.5)

    def by_tangent(p):
        return ac.jvp(lambda x: x * f(p), (2.0,), (1.0,))[1]

    def in_a_loop(p):
        total = 0.0
        for k in range(3):
            total += ac.grad(lambda x, k=k: x * f(k * p))(2.0)
        return total

    assert ac.grad(by_gradient)(2.0) == ac.grad(by_tangent)(2.0) == 6.0
    assert ac.grad(in_a_loop)(2.0) == 30.0


def test_the_rule_is_taken_where_its_result_is_stored_into_as_well():
    def f(p):
        def inner(x):
            y = thrice(p)
            y[0] = x * 1.0
            return (x * y).sum()

        return ac.grad(inner)(2.0)

    np.testing.assert_array_equal(ac.grad(f)(np.array([1.0, 2.0])), [0.0, 6.0])
