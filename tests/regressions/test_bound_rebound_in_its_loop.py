"""A range is what it was when the loop began, whatever the body makes of the names in it."""

import pytest

from . import check, vector


def stop_lowered(x, n):
    y = x
    for _ in range(n):
        n = n - 1
        y = y * x
    return y.sum() * n


def start_and_step(x, n):
    y = x
    i, k = 0, 2
    for j in range(i, n, k):
        i, k = j + 1, k + 3
        y = y * x[j] + i * k
    return y.sum()


def counter_is_the_bound(x, n):
    y = x
    for n in range(n):
        y = y * x[n]
    return y.sum()


def nested(x, n):
    y = x
    m = n
    for i in range(n):
        for _ in range(m):
            m = i
            y = y * x
        n = 1
    return y.sum() * n


def until_it_breaks(x, n):
    y, m = x, 1
    for k in range(m, n + 5, m):
        m = m + k
        n = n - 1
        y = y * x[k % 4]
        if n < 0:
            break
    return y.sum()


@pytest.mark.parametrize("n", range(4))
@pytest.mark.parametrize("f", [stop_lowered, start_and_step, nested, until_it_breaks])
def test_bounds(f, n):
    check(f, vector(5), n)


@pytest.mark.parametrize("n", [1, 3])
def test_counter(n):
    check(counter_is_the_bound, vector(5), n)
