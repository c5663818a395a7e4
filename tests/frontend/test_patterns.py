"""`match`: what the type of a value decides while compiling, and what is asked while running."""

import collections.abc
import warnings
from typing import NamedTuple

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check


def by_form(x, t):
    match t:
        case (a, 0, *rest):
            r = a * len(rest)
        case [a, [b, *c], *_, d]:
            r = a * b * c[0] * d * x
        case (a, b):
            r = a * b * x
        case {"a": q, "n": int(n)}:
            r = q * x * n
        case "text":
            r = 2.0 * x
        case _:
            r = x
    return r * x


@pytest.mark.parametrize(
    "t",
    [(1.1, 2.2), (1.1, 0, 3.0), (1.1, 0), (1.2, (2.0, 3.0, 4.0), 5.0, 6.0), {"a": 2.0, "n": 2}, {"a": 2.0},
     {"n": 2}, {"a": 2.0, "n": 2.5}, 3.0, [1.5, 2.5], [1.5], (), "text", "tx"],
    ids=str,
)  # fmt: skip
def test_forms_of_values(t):
    check(by_form, 1.3, t)


def two_or_other(x, t):
    match t:
        case [a, b]:
            return a * b * x
        case {"a": a}:
            return a * x
    return x * x


def test_texts_and_numbers_are_no_sequences():
    for t in ("ab", 2.0):
        check(two_or_other, 1.3, t)


def test_arrays_are_sequences_to_some_releases_of_numpy():
    with pytest.raises(ac.DifferentiationError, match="hangs on NumPy"):
        ac.grad(two_or_other)(1.3, np.ones(2))


class Mode:
    DAMPED = "damped"
    ORDER = 2


def by_constants(x, how, k):
    match how:
        case Mode.DAMPED:
            x = x * x
    match k:
        case Mode.ORDER | np.inf:
            x = x * 3.0
    return x


def test_names_with_dots_are_compared_with():
    for how, k in (("damped", 2), ("damped", np.inf), ("other", 2), ("other", 1)):
        check(by_constants, 1.3, how, k)


def bound_before_the_guard(x, k):
    match k:
        case n if n > 3:
            return x * n
        case _:
            pass
    return x * x * n


@pytest.mark.parametrize("k", [2, 5])
def test_a_name_keeps_its_value_when_the_guard_fails(k):
    check(bound_before_the_guard, 1.3, k)


def evaluated_once(x):
    L = [1, 2, 3]
    match L.pop():
        case 1:
            x = x * 2.0
        case 2:
            x = x * 3.0
        case 3:
            x = x * x
    return x * len(L)


def test_the_subject_is_evaluated_once():
    check(evaluated_once, 1.3)


def test_second_derivatives_read_what_match_became():
    f = ac.grad(ac.grad(lambda x, k: by_form(x, k) * x))
    assert f(1.3, (1.1, 2.2)) == pytest.approx(1.1 * 2.2 * 6 * 1.3)


def isinstance_of_an_int(x):
    return 2.0 * x if isinstance(x, int) else 3.0 * x


def number_of_either_kind(x):
    return 2.0 * x if isinstance(x, (int, float)) else 3.0 * x


def test_an_int_that_becomes_a_float_is_not_asked_for_its_class():
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(isinstance_of_an_int)(3)
    assert [d.code for d in caught.value.diagnostics] == ["AC014"]
    assert ac.grad(isinstance_of_an_int)(3.0) == 3.0
    assert ac.grad(number_of_either_kind)(3) == 2.0


class Corner(NamedTuple):
    a: float
    b: float


def of_a_named_tuple(x, y):
    match Corner(x, y):
        case (a,):
            return a
        case [a, b]:
            return a * b * b
    return x


def test_named_tuples_are_sequences():
    check(of_a_named_tuple, 1.3, 0.7)
    assert ac.grad(of_a_named_tuple)(1.3, 0.7) == pytest.approx(0.49)


class Items(collections.abc.Sequence):
    def __init__(self, x):
        self.x = x

    def __len__(self):
        return 2

    def __getitem__(self, k):
        if k > 1:
            raise IndexError
        return self.x


def of_a_sequence_of_its_own(x):
    match Items(x):
        case [a, b]:
            return a * b
    return x


def test_classes_that_are_sequences_are_refused():
    with pytest.raises(ac.DifferentiationError, match="a sequence of its own"):
        ac.grad(of_a_sequence_of_its_own)(1.3)


def of_a_tree(x):
    def value(e):
        match e:
            case ("add", a, b):
                return value(a) + value(b)
            case "x":
                return x
        return e

    return value(("add", "x", 2.0 * x))


def test_comparisons_with_texts_are_no_tests_of_numbers():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ac.grad(of_a_tree)(0.7) == 3.0
