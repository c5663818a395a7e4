"""Loops of ``prange``: the same gradients whatever the number of threads; parallel only where trips cannot meet."""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.sampling import sampled

numba = pytest.importorskip("numba")
prange = numba.prange


def relaxed(x, n: int):  # places on tapes: a number of entries in each trip
    y = np.empty(n)
    for i in prange(n):
        t = x[i]
        for k in range(3):
            t = 0.3 * t * t + np.sin(t) * k
        y[i] = t * x[i]
    return y.sum()


def from_the_second(x, n: int):  # a start that is not zero, and two tapes of two lengths
    y = np.zeros(n)
    for i in prange(2, n):
        t, s = x[i], x[i - 2]
        for _ in range(3):
            t = t * t * s
        for _ in range(2):
            s = np.sin(s) * t
        y[i] = t * s
    return (y * y).sum()


def in_place(x, n: int):
    for i in numba.prange(n // 2):
        x[2 * i] = x[2 * i] * x[2 * i + 1]
    return (x * x).sum()


def rows(x, n: int):  # what all trips read has a shadow that all add to
    A = np.zeros((n // 4, 4))
    for i in range(n // 4):
        A[i] = x[4 * i : 4 * i + 4]
    w = x[:4].copy()
    total = 0.0
    for i in prange(A.shape[0]):
        s = 0.0
        for j in range(4):
            s += A[i, j] * np.sin(w[j])
        total += s * s * s
    return total


def one_for_all(x, n: int):
    y = np.empty(n)
    for i in prange(n):
        y[i] = x[0] * x[i] if x[i] > 0.7 else x[1]
    return y.sum()


def scaled(x, n: int):  # a number that all trips read
    c = x.sum() / n
    y = np.empty(n)
    for i in prange(n):
        y[i] = c * x[i] * c
    return (y * y).sum()


def gathered(x, n: int):
    y = np.empty(n)
    for i in prange(n):
        y[i] = x[(i * 7) % n] * x[(i * i) % n]
    return y.sum()


def nested(x, n: int):
    A = np.zeros((n // 10, 10))
    for i in prange(n // 10):
        for j in prange(10):
            A[i, j] = x[10 * i + j] * x[j]
    return (A * A * A).sum()


def local_array(x, n: int):
    y = np.zeros(n)
    for i in prange(n):
        w = np.zeros(3)
        for j in range(6):
            w[j % 3] += x[i] * x[j]
        y[i] = w[0] + w[1] * x[i]
    return y.sum()


def neighbours(x, n: int):  # overlapping reads: their adjoints meet
    y = np.zeros(n)
    for i in prange(1, n - 1):
        y[i] = x[i - 1] * x[i + 1]
    return (y * y).sum()


def neighbours_that_only_add(x, n: int):
    y = np.zeros(n)
    for i in prange(1, n - 1):
        y[i] = 2.0 * x[i - 1] + x[i] * x[i + 1] + x[i] * x[i - 1]
    return (y * y).sum()


def backwards(x, n: int):
    total = 0.0
    y = x * x
    for i in prange(n):
        total += y[i] * y[n - 1 - i] * x[i]
    return total


def recorded_in_some_trips(x, n: int):
    y = np.zeros(n)
    for i in prange(n):
        t = x[i]
        if t > 0.7:
            t = t * t
            t = t * np.sin(t)
        y[i] = t * t
    return y.sum()


def more_in_later_trips(x, n: int):
    y = np.zeros(n)
    for i in prange(n):
        t = x[i]
        for _ in range(i % 5):
            t = t * t
        y[i] = t
    return y.sum()


def around_a_loop(x, n: int):  # the loop of prange is in another one
    y = x * 1.0
    for _ in range(3):
        for i in prange(n):
            t = y[i]
            t = t * np.sin(t)
            t = t * t + 0.5
            y[i] = t
    return y.sum()


def before_the_first(x, n: int):  # y[-1] is y[n - 2], which another trip stores into
    y = np.zeros(n - 1)
    for i in range(n):
        y[i - 1] = x[i] * x[i]
    return (y * y).sum()


def last_value(x, n: int):
    y = np.zeros(n)
    t = 1.0
    for i in range(n):
        y[i] = x[i] * t
        t = x[i] * 2.0
    return y.sum() * t


def through_a_view(x, n: int):
    A = np.zeros((n // 4, 4))
    for i in range(n // 4):
        A[i] = x[4 * i : 4 * i + 4]
    for i in prange(A.shape[0]):
        row = A[i]
        for j in range(3):
            row[j] = row[j] * row[j + 1]
    return (A * A).sum()


def moved(x, n: int):  # y[i + 1] is what the next trip reads: the program itself hangs on the order
    y = x * 1.0
    for i in range(n - 1):
        y[i + 1] = y[i + 1] * y[i]
    return y.sum()


def part_of_what_others_store(x, n: int):
    y = np.zeros(n)
    z = x * x
    for i in prange(n // 2):
        y[2 * i : 2 * i + 2] = z[2 * i : 2 * i + 2] * z[i]
    return (y * y).sum()


def same_memory(x, n: int):  # two names for one array
    y = x * 1.0
    z = y[1:]
    for i in prange(n - 1):
        z[i] = z[i] * x[i]
    for i in prange(n):
        y[i] = y[i] * y[i]
    return y.sum()


TOGETHER = [
    relaxed, from_the_second, in_place, rows, scaled, gathered, nested, neighbours, neighbours_that_only_add, one_for_all,
    around_a_loop, through_a_view, same_memory,
]  # fmt: skip
APART = [local_array, recorded_in_some_trips, more_in_later_trips, before_the_first, last_value, moved]
OTHERS = [backwards, part_of_what_others_store]


def reverse_of(f, n):
    """The reverse sweep, without its comments."""
    source = ac.grad(numba.njit(parallel=True)(f)).specialize(np.ones(n), n).source
    return "\n".join(line for line in source.partition("# reverse sweep")[2].splitlines() if "#" not in line)


@pytest.mark.parametrize("f", sampled([*TOGETHER, *APART, *OTHERS], 3))
def test_same_for_any_number_of_threads(f):
    compiled, found = ac.grad(numba.njit(parallel=True)(f)), {}
    for n in (401, 9):
        x = np.linspace(0.5, 1.1, n)
        expected = ac.grad(f)(x, n)  # under NumPy `prange` is `range`
        for threads in {1, min(2, numba.config.NUMBA_NUM_THREADS)}:
            numba.set_num_threads(threads)
            for _ in range(5):
                found[threads] = compiled(x, n)
                np.testing.assert_allclose(found[threads], expected, rtol=1e-11, atol=1e-13)
        first = next(iter(found.values()))
        assert all((bars == first).all() for bars in found.values())


@pytest.mark.parametrize("f", TOGETHER)
def test_trips_that_cannot_meet_run_together(f):
    assert "numba.prange" in reverse_of(f, 40)


@pytest.mark.parametrize("f", APART)
def test_trips_that_may_meet_run_one_after_the_other(f):
    assert "numba.prange" not in reverse_of(f, 40)


def test_nothing_is_parallel_where_the_function_is_not():
    assert "numba.prange" not in ac.grad(numba.njit(relaxed)).specialize(np.ones(4), 4).source


def test_pullbacks_that_run_several_times():
    f = numba.njit(parallel=True)(relaxed)
    x = np.linspace(0.5, 1.1, 50)
    y, pullback = ac.vjp(f, x, 50)
    np.testing.assert_allclose(y, relaxed(x, 50), rtol=1e-12)
    expected = ac.grad(relaxed)(x, 50)
    for seed in (1.0, 2.0):
        np.testing.assert_allclose(pullback(seed)[0], seed * expected, rtol=1e-11)
