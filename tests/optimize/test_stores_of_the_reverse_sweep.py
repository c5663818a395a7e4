"""What the reverse sweep stores: nothing that is not read, and no sums with zero."""

import numpy as np
import pytest

import adjoint_compiler as ac

N = 6


def arguments():
    rng = np.random.default_rng(5)
    return rng.uniform(0.5, 1.5, (N, N)) + 3.0 * np.eye(N), rng.uniform(0.5, 1.5, N)


# -- nothing that is put back is read again


def triangular(A, x):
    for i in range(N):
        x[i] = (x[i] - A[i, :i] @ x[:i]) / A[i, i]
    return x.sum()


def triangular_from_below(A, x):
    for i in range(N - 1, -1, -1):
        x[i] = (x[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return (x * x).sum()


def factors(A, x):
    for i in range(N):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[:j, j]) / A[j, j]
        for j in range(i, N):
            A[i, j] -= A[i, :i] @ A[:i, j]
    return A.sum()


def by_columns(A, x):
    for k in range(N):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return A.sum()


def overwritten_before_it_is_read(A, x):
    for i in range(N):
        A[i, : i + 1] *= x[0]
        for k in range(N):
            A[i, : i + 1] += x[k] * x[: i + 1]
    return (A * 2.0).sum()


NOT_PUT_BACK = [triangular, triangular_from_below, factors]


# -- what is put back is read again


def neighbours(A, x):
    for i in range(1, N - 1):
        x[i] = x[i - 1] * x[i + 1] + x[i]
    return (x * x).sum()


def neighbours_backwards(A, x):
    for i in range(N - 2, 0, -1):
        x[i] = x[i - 1] * x[i + 1] + x[i]
    return (x * x).sum()


def every_second(A, x):
    for i in range(0, N - 2, 2):
        x[i + 2] = x[i] * x[i + 1] * x[i + 2]
    for i in range(N - 2, 1, -2):
        x[i - 1] = x[i] * x[i - 1]
    return x.sum()


def time_steps(A, x):
    for _ in range(3):
        for i in range(1, N):
            x[i] = x[i] * x[i - 1]
    return x.sum()


def time_steps_by_rows(A, x):
    for _ in range(2):
        for i in range(1, N):
            A[i] = A[i - 1] * A[i] * 0.3
    return A.sum()


def from_the_end(A, x):
    for i in range(1, N):
        x[-i] = x[-i] * x[i - 1]
    return x.sum()


def wrapped_around(A, x):
    for i in range(N - 1):
        x[i - 1] = x[i] * x[i - 1]
    return x.sum()


def diagonal_read_later(A, x):
    for i in range(N):
        for j in range(N):
            A[i, j] = A[i, j] * A[j, i] * x[j]
    return A.sum()


def through_a_view(A, x):
    row = A[2]
    for i in range(1, N):
        A[i, :i] = A[i, :i] * row[i]
        row[i] = row[i] * A[i, 0]
    return A.sum()


def transposed(A, x):
    B = A.T
    for i in range(1, N):
        A[i, :i] = A[i, :i] * B[i, :i]
    return A.sum()


def shifted(A, x):
    y = x[1:]
    for i in range(N - 1):
        x[i] = x[i] * y[i]
        y[i] = y[i] * y[i]
    return x.sum()


def read_in_a_branch(A, x):
    for i in range(1, N):
        if x[i] > 1.0:
            x[i] = x[i] * x[0]
        else:
            x[0] = x[0] * x[i]
    return x.sum()


def read_by_a_loop_inside(A, x):
    for i in range(1, N):
        for j in range(i):
            x[i] = x[i] * x[j]
        for j in range(i, N):
            x[j] = x[j] * x[i - 1]
    return x.sum()


def as_long_as(A, x):
    i = 1
    while i < N:
        x[i] = x[i] * x[i - 1]
        i += 1
    return x.sum()


def left_early(A, x):
    for i in range(1, N):
        x[i] = x[i] * x[i - 1]
        if x[i] > 3.0:
            break
    return x.sum()


def index_of_two_counters(A, x):
    for i in range(3):
        for j in range(3):
            x[i + j] = x[i + j] * A[i, j] * x[j]
    return x.sum()


def names_that_swap(A, x):
    y = x * 1.0
    for i in range(1, N):
        y[i] = x[i - 1] * x[i] * y[i]
        x, y = y, x
    return (x * y).sum()


def made_in_the_loop(A, x):
    s = 0.0
    for i in range(N):
        t = np.zeros(N)
        t[i:] = A[i, i:] * x[i]
        t[: i + 1] += A[: i + 1, i] * t[i]
        t[i] = t[i] * t[0] + 1.0
        s += (t * t).sum()
    return s


def sorted_as_it_goes(A, x):
    k = 0
    for i in range(N):
        if x[i] > x[0]:
            k = k + 1
            x[k] = x[k] * x[i]
    return x.sum()


def gathered(A, x):
    for i in range(1, N):
        x[[0, i]] = x[[i, 0]] * A[i, 1]
        x[i] = x[i] * x[i - 1]
    return x.sum()


def added_to_twice(A, x):
    s = 0.0
    for i in range(1, N - 1):
        s += A[i, :i] @ x[:i] + A[i, i - 1 :] @ x[i - 1 :] + A[i - 1, i] * x[i]
    return s


def added_to_by_two_loops(A, x):
    s = 0.0
    for i in range(N):
        s += A[i, 0] * x[i]
    for i in range(2, N):
        s += A[i, 0] * A[0, i] * x[i - 2]
    return s


def set_to_zero_and_added_to(A, x):
    for i in range(1, N):
        A[i, 0] = A[i, 0] * A[i - 1, 0]
        A[i, 0] = A[i, 0] * A[i, 0] * x[i]
    return A.sum()


def parts_of_one_statement(A, x):
    for i in range(N - 1):
        A[i + 1, i:] = A[i, i:] = A[i + 1, i:] * x[i]
    return (A * A).sum()


PUT_BACK = [
    neighbours, neighbours_backwards, every_second, time_steps, time_steps_by_rows, from_the_end, wrapped_around,
    diagonal_read_later, through_a_view, transposed, shifted, read_in_a_branch, read_by_a_loop_inside, as_long_as,
    left_early, index_of_two_counters, names_that_swap, made_in_the_loop, sorted_as_it_goes, gathered, added_to_twice,
    added_to_by_two_loops, set_to_zero_and_added_to, parts_of_one_statement,
]  # fmt: skip
PROGRAMS = [*NOT_PUT_BACK, by_columns, overwritten_before_it_is_read, *PUT_BACK]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients(f):
    ac.testing.check_grads(lambda A, x: f(A.copy(), x.copy()), arguments(), order=1, modes=("reverse",))
    found, plain = (ac.grad(f, wrt=(0, 1), optimize=k)(*arguments()) for k in (None, 0))
    for a, b in zip(found, plain):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("f", PROGRAMS)
def test_split_form(f):
    value, pullback = ac.vjp(f, *arguments())
    assert value == f(*arguments())
    for _ in range(2):
        for a, b in zip(pullback(1.0), ac.grad(f, wrt=(0, 1), optimize=0)(*arguments())):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("f", NOT_PUT_BACK)
def test_nothing_is_recorded(f):
    assert "tape" not in ac.grad(f, wrt=(0, 1)).specialize(*arguments()).source


def test_what_is_put_back_at_once_is_not_put_back_before():
    source = ac.grad(overwritten_before_it_is_read, wrt=(0, 1)).specialize(*arguments()).source
    assert source.count("tape.append(") == source.count("tape.pop()") == 1


def test_first_sums_are_stores():
    source = ac.grad(triangular, wrt=0).specialize(*arguments()).source
    assert "A_bar[i, :i] = " in source and "A_bar[i, i] = " in source and "A_bar[i, :i] +=" not in source


def test_the_results_state_is_what_the_program_leaves():
    def f(A, x):
        return triangular(A, x), x

    (value, state), _ = ac.value_and_grad(f, has_aux=True)(*arguments())
    A, x = arguments()
    assert value == triangular(A, x)
    assert np.array_equal(state, x)


def test_arguments_stay_what_they_are():
    A, x = arguments()
    ac.grad(factors)(A, x)
    assert np.array_equal(A, arguments()[0])
    assert np.array_equal(x, arguments()[1])


@pytest.mark.parametrize("f", [triangular, factors, by_columns, neighbours, made_in_the_loop])
def test_second_derivatives(f):
    def copied(A, x):
        return f(A.copy(), x.copy())

    weights = np.cos(np.arange(N * N)).reshape(N, N)

    def slope(A, x):
        return (ac.grad(copied)(A, x) * weights).sum()

    A, x = arguments()
    found, step = ac.grad(slope)(A, x), 1e-5
    for k in [(0, 0), (1, 0), (2, 3), (4, 1), (5, 5)]:
        up, down = A.copy(), A.copy()
        up[k] += step
        down[k] -= step
        expected = (slope(up, x) - slope(down, x)) / (2 * step)
        assert found[k] == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("f", [triangular, neighbours, made_in_the_loop, by_columns])
def test_single_precision(f):
    found, plain = (ac.grad(f, wrt=(0, 1), optimize=k)(*(a.astype(np.float32) for a in arguments())) for k in (None, 0))
    for a, b in zip(found, plain):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
