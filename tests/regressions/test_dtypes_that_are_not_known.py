"""Arrays that may be of integers, or of floats: what is stored into them was given a derivative, whichever they were."""

import numpy as np
import pytest

import adjoint_compiler as ac

FLOAT, INT = np.dtype("float64"), np.dtype("int64")
X = np.array([2.7, 3.8, -1.3])


def by_branch(x, whole):
    a = np.zeros(3, int) if whole else np.zeros(3)
    a[0] = x[0]
    return a.sum() * 2.0


def by_number(x, whole):
    n = 3 if whole else 2.5
    a = np.full(4, n * 2)
    a[0] = x[0]
    return a.sum()


def by_list_of_numbers(x, whole):
    n = 3 if whole else 2.5
    a = np.array([n, -n])
    a[1] = x[0]
    return a.sum()


def by_dtype(x, whole):
    a = np.empty(3, dtype=INT if whole else FLOAT)
    for i in range(3):
        a[i] = x[i] * i
    return (a * a).sum()


def through_a_view(x, whole):
    a = np.zeros((2, 3), int) if whole else np.zeros((2, 3))
    row = a[1]
    row[:] = x
    return (a * a).sum()


def from_a_list(x, whole):
    a = [np.zeros(3), np.zeros(3, int)][whole]
    a[0] = x[0]
    return a.sum() * 2.0


def by_helper(x, whole):
    def made(k):
        return np.arange(3) if k else np.arange(3.0)

    a = made(whole)
    a += 1
    a[1:] = x[:2]
    return (a * a).sum()


def by_astype(x, whole):
    return ((x * 1.5).astype(INT if whole else FLOAT) * 2.0).sum()


def by_keyword(x, whole):
    return np.sum(x * 1.5, dtype=INT if whole else FLOAT) * 2.0


def by_keyword_of_an_array(x, whole):
    return (np.array(x * 1.5, dtype=INT if whole else FLOAT) * 2.0).sum()


def by_fill(x, whole):
    a = np.empty(2, dtype=INT if whole else FLOAT)
    a.fill(x[0])
    return a.sum()


PROGRAMS = [
    by_branch, by_number, from_a_list, by_list_of_numbers, by_dtype, through_a_view, by_helper, by_astype, by_keyword,
    by_keyword_of_an_array, by_fill,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_floats_are_differentiated(f):
    ac.testing.check_grads(f, (X, False), order=2)


@pytest.mark.parametrize("derive", [ac.grad, ac.jacfwd])
@pytest.mark.parametrize("f", PROGRAMS)
def test_what_is_rounded_is_refused_while_the_program_runs(f, derive):
    with pytest.raises(TypeError, match="an active value is rounded to int64"):
        derive(f)(X, True)


def test_integers_that_nothing_is_stored_into_are_read():
    def f(x, whole):
        a = np.arange(3) if whole else x * 2.0
        b = a[1:]
        if not whole:
            b[0] = x[1] ** 2
        return (a * x).sum() + (b * x[:2]).sum()

    for whole in (True, False):
        ac.testing.check_grads(f, (X, whole), order=2)


def test_nothing_is_checked_where_the_dtype_is_known_or_nothing_active_is_stored():
    def known(x):
        a = np.zeros(3)
        a[1] = x
        return a.sum()

    def inert(x, whole):
        a = np.zeros(3, int) if whole else np.zeros(3)
        a[1] = 2.5
        return a.sum() * x

    assert "check_dtype" not in ac.grad(known).specialize(1.0).source
    assert ac.grad(inert)(2.0, True) == 2.0


def test_what_is_not_reached_is_not_looked_at():
    def unbound(x, chosen):
        if chosen:
            a = np.zeros(3)
            a = np.arange(3) if chosen > 1 else a
        s = x
        for i in range(3):
            if chosen:
                a[i] = x * i
                s = s + a[i] * 1.0
        return s

    def no_trips(x, n):
        a = np.zeros(3) if n else np.zeros(3, int)
        for i in range(n):
            a[i] = x * i
        return a.sum() + x

    for f in (unbound, no_trips):
        for n in (0, 1):
            ac.testing.check_grads(f, (1.5, n), order=2)


def test_a_store_after_another_is_not_looked_at_again():
    def f(x, whole):
        a = np.zeros(3, int) if whole else np.zeros(3)
        a[0] = x
        a[1] = x * x
        return (a * a).sum()

    assert ac.grad(f).specialize(1.5, False).source.count("check_dtype") == 1


def test_emitted_code_without_types_looks_too():
    def f(x, n):
        a = np.full(3, n)
        a[0] = x
        return a[0] * 2

    assert "check_dtype(a)" in ac.grad(f).source


def test_a_number_that_is_pythons_or_numpys_keeps_its_dtype():
    def f(x):
        nearest = np.inf
        for v in x:
            nearest = v if v < nearest else nearest
        k = 0
        for j in np.arange(len(x)):
            k = j if x[j] > 1.0 else k
        return np.sqrt(nearest) * x[k]

    ac.testing.check_grads(f, (np.array([2.0, 3.0, 0.5]),), order=2)
    assert "unbroadcast" not in ac.grad(f).specialize(X).source


def complex_stored(x, whole):
    d = np.float64 if whole else np.complex128
    a = np.zeros(3, d)
    for i in range(3):
        a[i] += x[i] * (1 + 3j) if not whole else x[i]
    return (abs(a) ** 2).sum()


def complex_by_keyword(x, whole):
    d = np.float64 if whole else np.complex128
    y = np.zeros(3, d)
    np.multiply(x, 2.0 if whole else 1 + 2j, out=y)
    return (abs(y) ** 2).sum()


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("f", [complex_stored, complex_by_keyword])
def test_a_dtype_that_may_be_complex(f, whole):
    ac.testing.check_grads(f, (X, whole), order=1)
