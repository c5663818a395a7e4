"""Integers and bools: differentiated as floats, inert, or refused."""

import numpy as np
import pytest

import adjoint_compiler as ac


def codes(error):
    return [d.code for d in error.value.diagnostics]


def cube(x):
    return x * x * x


def test_a_bare_int_is_differentiated_as_a_float():
    gradient = ac.grad(cube)(2)
    assert gradient == 12.0 and type(gradient) is float
    value, gradient = ac.value_and_grad(cube)(2)
    assert (value, gradient) == (8.0, 12.0) and type(value) is float


def test_ints_in_wrt_may_be_compared_divided_and_raised():
    def f(x, n):
        if n > 2:
            return x**n / n + n // 2 + n % 2
        return abs(-n) * x

    x_bar, n_bar = ac.grad(f, wrt=(0, 1))(2.0, 3)
    assert x_bar == pytest.approx(4.0)
    assert n_bar == pytest.approx((8 * np.log(2.0) * 3 - 8) / 9 + 1)
    assert ac.grad(f, wrt=(0, 1))(2.0, 2) == (2.0, 2.0)


def test_in_vjp_ints_are_inert():
    y, pullback = ac.vjp(lambda x, n: x[n] * n, np.ones(3), 2)
    bars = pullback(1.0)
    np.testing.assert_array_equal(bars[0], [0.0, 0.0, 2.0])
    assert bars[1] is None
    assert ac.vjp(lambda b, x: x if b else -x, True, 2.0)[1](1.0) == (None, 1.0)
    assert ac.vjp(lambda n, x: n.sum() * x, np.arange(3), 2.0)[1](1.0) == (None, 3.0)


def test_as_leaves_they_are_inert():
    def f(p):
        return p["x"] * p["n"] * p["order"][0] if p["flag"] else p["x"]

    gradient = ac.grad(f)({"x": 2.0, "n": 3, "flag": True, "order": np.array([4, 5])})
    assert gradient == {"x": 12.0, "n": None, "flag": None, "order": None}


@pytest.mark.parametrize(
    "value",
    [np.arange(3), np.array(1), np.array([True]), np.int64(3), np.uint8(3), np.bool_(True), True, np.zeros(2, np.int8)],
)
@pytest.mark.parametrize("wrt", ["x", (0, 1)])
def test_integer_arrays_and_bools_in_wrt_are_refused(value, wrt):
    def f(x, y):
        return np.sum(x * y)

    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(f, wrt=wrt)(value, 1.0)
    (problem,) = caught.value.diagnostics
    assert problem.code == "AC004" and "`x`" in problem.message
    assert problem.span.text.strip() == "def f(x, y):" and problem.span.file == __file__
    assert ac.grad(f, wrt="y")(value, 1.0) == np.sum(value)


NEEDED = {
    "index": lambda x, n: x[n] * n,
    "computed index": lambda x, n: x[2 * n - 3] * n,
    "index of a view": lambda x, n: x[n:].sum() * n,
    "slice": lambda x, n: x[1:n].sum() * n,
    "range": lambda x, n: sum([x[k] for k in range(n)]) * n,
    "size": lambda x, n: np.zeros(n).sum() + n * x.sum(),
    "shape": lambda x, n: np.ones((n, 2)).sum() * n,
    "reshape": lambda x, n: x[:2].reshape(n, 1).sum() * n,
    "shift": lambda x, n: n * float(1 << n),
    "roll": lambda x, n: np.roll(x, n)[0] * n,
    "axis": lambda x, n: x.reshape(1, 1, 3).sum(axis=n)[0, 0] * n,
    "repeat": lambda x, n: np.repeat(x, n).sum() * n,
    "bits": lambda x, n: x[0] * (n & 3),
    "eye": lambda x, n: np.eye(n).sum() * n,
}


@pytest.mark.parametrize("name", NEEDED)
def test_an_int_needed_as_an_integer_is_refused(name):
    f = NEEDED[name]
    x = np.array([1.0, 2.0, 3.0])
    f(x, 2)
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(f, wrt="n")(x, 2)
    assert set(codes(caught)) == {"AC014"}
    problem = caught.value.diagnostics[0]
    assert "`n`" in problem.message
    assert "pass a float, or drop it from wrt" in problem.help
    assert problem.span.file == __file__ and "lambda x, n" in problem.span.text
    assert ac.vjp(f, x, 2)[1](1.0)[1] is None


def test_all_places_are_told_at_once():
    def f(x, n):
        s = 0.0
        for k in range(n):
            s = s + x[k + n]
        return s * n

    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(f, wrt="n")(np.ones(9), 2)
    assert codes(caught) == ["AC014", "AC014"]
    assert [d.span.text.strip() for d in caught.value.diagnostics] == ["for k in range(n):", "s = s + x[k + n]"]


def test_a_float_given_by_the_caller_raises_what_the_program_raises():
    with pytest.raises(TypeError):
        ac.grad(lambda x, n: sum([x[k] for k in range(n)]), wrt="n")(np.ones(3), 2.0)


@pytest.mark.parametrize("value", ["text", None, {1.0, 2.0}, b"raw", len, object(), slice(None), range(3)])
def test_what_has_no_derivative_is_refused_in_wrt(value):
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(lambda x, y: y * 2.0)(value, 1.0)
    assert codes(caught) == ["AC020"]
    assert ac.grad(lambda x, y: y * 2.0, wrt=1)(value, 1.0) == 2.0
