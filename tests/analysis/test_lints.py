"""What is remarked, and what is not, in programs nastier than those of docs/lints.md."""

import io
import json
import math
import warnings

import numpy as np
import pytest

import adjoint_compiler as ac

V = np.array([0.5, 1.5, -0.7])
table = np.zeros(4)


def codes(f, *args):
    return sorted(lint.code for lint in ac.grad(f).explain(*args).lints)


def warned(f, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ac.grad(f)(*args)
    return [w.message.diagnostic.code for w in caught]


def newton(x):
    y = x
    for _ in range(50):
        step = (y * y - x) / (2.0 * y)
        y = y - step
        if abs(step) < 1e-12:
            break
    return y


def bisection(x):
    lo, hi = 0.0, x
    while hi - lo > 1e-9:
        mid = 0.5 * (lo + hi)
        if mid * mid > x:
            hi = mid
        else:
            lo = mid
    return hi


def relu(v):
    return np.where(v > 0.0, v, 0.0).sum() + v[v > 1.0].sum() + np.maximum(v, 0.2).sum()


def guarded(x):
    if x == 0.0:
        raise ValueError("zero")
    if not x > 0.0:
        raise ValueError(f"negative: {x}")
    assert x != 1.0
    return np.log(x)


def progress(x):
    for k in range(3):
        x = x * x
        print(f"{k}: {x:.3f}")
    return x


def sizes(v):
    u = np.zeros_like(v)
    for k in range(len(v)):
        if v.shape[0] == 3 and k != 1:
            u[k] = v[k] * v[k]
    return u.sum()


@pytest.mark.parametrize(
    "f, args",
    [(newton, (2.0,)), (bisection, (2.0,)), (relu, (V,)), (guarded, (2.0,)), (progress, (1.1,)), (sizes, (V,))],
)
def test_ordinary_programs_are_not_warned_of(f, args, capsys):
    assert warned(f, *args) == []


def test_what_is_listed_of_them():
    assert codes(newton, 2.0) == ["ACW02", "ACW03"]
    assert codes(bisection, 2.0) == ["ACW02", "ACW03"]
    assert codes(relu, V) == ["ACW05"]
    assert codes(guarded, 2.0) == ["ACW06"]
    assert codes(sizes, V) == []


def in_a_helper(x):
    return 1.0 if x != 0.5 else x


def test_equality_in_helpers_conditions_and_loops():
    def f(x):
        s = 0.0
        while not (s == x or s > 3.0):
            s = s + 0.5
        return s * in_a_helper(x) * x

    assert warned(f, 2.0) == ["ACW01", "ACW01"]


def test_equality_of_what_is_inert_is_nothing():
    def f(x, n):
        return x if n == 3 and int(ac.stop_gradient(x)) == 2 and ac.stop_gradient(x) == 2.0 else x * x

    assert warned(f, 2.0, 3) == []


def test_every_way_to_an_integer():
    def f(v):
        counts = np.zeros(3, dtype=int)
        counts[:] = v
        a = v.astype(int).sum() + np.int64(v[0]) + round(v[1])
        return v.sum() * (a + counts.sum())

    assert warned(f, V) == ["ACW04"] * 4


def test_text_that_is_read_back():
    def f(x):
        return float(f"{x:.2f}") * x

    assert warned(f, 2.0) == ["ACW04"]


def test_chance():
    def accept(x):
        u = np.random.random() * 2.0
        if u < 0.5 * x:
            x = x * x
        return x if np.random.normal() > 0.3 else 2.0 * x

    assert warned(accept, 0.7) == ["ACW07"]


def test_globals_through_views_and_helpers():
    def fill(row, x):
        row[0] = x

    def f(x):
        fill(table[1:], x)
        table[2:] += x
        return table.sum() * x

    assert warned(f, 2.0) == ["ACW08"]
    assert (table == 0.0).all()


def test_an_array_of_its_own_is_none():
    def f(x):
        own = table.copy()
        own[0] = x
        return own.sum()

    assert warned(f, 2.0) == []


def test_once_for_each_compilation():
    def f(x):
        return int(x) * x

    df = ac.grad(f)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        df(2.0)
        df(3.0)
        assert len(caught) == 1
        df(np.float64(3.0))
    assert len(caught) == 2


def test_derivatives_of_derivatives_say_nothing_new():
    def f(x):
        return x * x if x != 0.0 else x

    inner = ac.grad(f)
    assert warned(lambda x: inner(x), 2.0) == ["ACW01"]
    assert warned(ac.grad(f), 2.0) == ["ACW01"]


def test_in_recursive_functions():
    def halve(x, n):
        if n == 0 or x == 1.0:
            return x
        return halve(x * 0.5, n - 1)

    assert warned(halve, 2.0, 3) == ["ACW01"]


def answered(x):
    y = x * x
    return float(len(str(y)))


def chosen_place(v):
    return np.argmax(v * v)


def first_of_two(x, y):
    return 2.0 * y


def slope_of_a_line(x):
    return ac.grad(lambda z: 3.0 * z)(x)


@pytest.mark.parametrize("f", [answered, lambda x: 3.0, lambda x: float(input()), lambda x: math.floor(x)])
def test_result_without_derivative_is_warned_of(f, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *prompt: "3")
    assert "ACW09" in warned(f, 2.0)
    assert not ac.jvp(f, (2.0,), (1.0,))[1]  # zero, or None for integers


def test_result_that_has_no_derivative_by_some_arguments():
    assert warned(first_of_two, 1.0, 2.0) == ["ACW09"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ac.grad(first_of_two, wrt=(0, 1))(1.0, 2.0) == (0.0, 2.0)
        assert ac.grad(lambda x: x * 2.0 if x < 1.0 else 3.0)(2.0) == 0.0  # there is such a path
        assert ac.grad(slope_of_a_line)(2.0) == 0.0  # a derivative may be a constant
        assert np.all(ac.hessian(lambda v: 2.0 * v.sum())(V) == 0.0)
        assert ac.grad(lambda x: 3.0)(2.0) == 0.0  # ac: ignore[ACW09]
    assert codes(chosen_place, V) == ["ACW09"]


@pytest.mark.parametrize("f", [lambda x: input(), lambda x: input(f"{x}: "), lambda x: bin(3), lambda x: chr(int(x))])
def test_text_as_result_is_refused(f):
    with pytest.raises(ac.DifferentiationError, match="not a str"):
        ac.grad(f)(2.0)


def written_and_read_again(x):
    file = io.StringIO()
    print(x * x, file=file)
    file.seek(0)
    return x * float(file.read())


def through_json(x):
    return x * float(json.loads(json.dumps({"a": x * x}))["a"])


@pytest.mark.parametrize("f", [written_and_read_again, through_json])
def test_values_read_back_from_text_are_warned_of(f):
    assert warned(f, 2.0) == ["ACW04"]
