"""Loops over elements whose lengths are told by products, parts that start anywhere, tapes of parts, counters used again."""

import numpy as np
import pytest

import adjoint_compiler as ac

numba = pytest.importorskip("numba")


def agree(f, *args, wrt=0, of=None, rtol=1e-10):
    found = ac.grad(f, wrt=wrt, of=of, backend="numba")(*args)
    expected = ac.grad(f, wrt=wrt, of=of)(*args)
    for one, other in zip(*((a if isinstance(a, tuple) else (a,)) for a in (found, expected)), strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol, atol=1e-12)


def source(f, *args, wrt=0, of=None):
    return ac.grad(f, wrt=wrt, of=of, backend="numba").specialize(*args).source


def rows(n, m, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, (n, m))


def repeated_row(A, x, n: int):
    y = np.zeros(4)
    for _ in range(n):
        y[:] = A @ x + 0.5 * y
        x = np.sin(x)
    return (y * y).sum()


@pytest.mark.parametrize("rows_of_a", [1, 4])
def test_a_product_of_one_element_is_repeated_in_a_store(rows_of_a):
    agree(repeated_row, rows(rows_of_a, 3), np.array([0.3, 0.4, 0.5]), 3, wrt=(0, 1))


def product_in_a_branch(A, b, flags):
    total = 0.0
    for k in range(len(flags)):
        if flags[k]:
            total += ((A @ b) * (A @ b)).sum()
        else:
            total += (b * b * b).sum() * A[0, 0]
    return total


@pytest.mark.parametrize("flags", [[False, False], [True, False], [True, True]])
def test_a_product_that_did_not_run_tells_nothing(flags):
    n = 3 if any(flags) else 5  # for which the product would raise
    agree(product_in_a_branch, rows(2, 3), np.linspace(0.1, 0.9, n), np.array(flags), wrt=(0, 1))


def outer_in_a_loop(A, x, n: int):
    for k in range(n):
        y = A @ x
        x = 0.1 * y + x
        A = A * 0.9
    return (x * x).sum()


def test_what_an_outer_product_adds_to_has_its_lengths():
    agree(outer_in_a_loop, rows(3, 3), np.array([0.3, 0.4, 0.5]), 4, wrt=(0, 1))


def triangles(A, n: int):
    for k in range(n):
        A[k, : k + 1] *= A[k, k]
        if k % 2:
            A[k:, k] = A[k:, k] / A[k, k] + A[0, 0]
        A[: k + 1, k:] = np.sin(A[: k + 1, k:])
    return A.sum()


@pytest.mark.parametrize("n", [0, 1, 4])
def test_parts_that_grow_and_shrink_are_put_back(n):
    agree(triangles, rows(4, 4), n)
    text = source(triangles, rows(4, 4), n)
    assert "part_of_tape(" in text and ".append(" not in text


def test_pullbacks_read_tapes_of_parts_again_and_again():
    y, pullback = ac.vjp(triangles, rows(4, 4), 4, backend="numba")
    expected, plain = ac.vjp(triangles, rows(4, 4), 4)
    np.testing.assert_allclose(y, expected)
    for seed in (1.0, -2.0, 1.0):
        np.testing.assert_allclose(pullback(seed)[0], plain(seed)[0], rtol=1e-10)


def one_tape_two_ranks(A):
    for k in range(A.shape[0]):
        A[k] /= 1.0 + A[k, k] ** 2
        A[...] = np.cos(A) * A[0, 1]
    return A.sum()


def test_rows_and_wholes_lie_on_one_tape():
    agree(one_tape_two_ranks, rows(3, 3))


def own_list(x, n: int):
    kept = [x[:1] * 1.0]
    for k in range(n):
        kept.append(x[k : k + 1] * x[k])
    for k in range(n):
        x[: k + 1] = kept.pop()  # of one element: repeated
        x[0] += 1.0
    return (x * x).sum()


def test_a_list_of_the_programs_is_no_tape():
    agree(own_list, np.linspace(0.5, 1.0, 5), 3)


def from_the_end(x, k: int):
    x[k:] = np.sin(x[k:]) * x[0]
    x[k:] += x[:1]
    x[::2] = np.exp(x[::2])
    return (x * x).sum()


@pytest.mark.parametrize("k", [-2, 0, 3, 9])
def test_parts_that_start_anywhere(k):
    agree(from_the_end, np.linspace(0.1, 0.6, 6), k)


def overlapping(x, k: int):
    for i in range(k):
        x[i + 1 :] = x[i:-1] * x[i + 1 :]
        x[i:] -= 0.1 * x[i:] * x[i:]
    return x.sum()


def test_parts_that_overlap():
    agree(overlapping, np.linspace(0.5, 1.5, 7), 4)


def same_counters(x, n: int):
    total = 0.0
    for i in range(n):
        y = x[: i + 1] * x[i]
        for j in range(i):
            total += y[j] * x[j]
    last = 0
    for i in range(1, n):
        z = x[i:] * x[i - 1]
        total += (z * z).sum()
        last = i
    for j in range(n - 1, -1, -1):
        total = total * x[j] + last
    return total + i


def test_counters_of_several_loops_and_after_them():
    agree(same_counters, np.linspace(0.5, 0.9, 6), 5)


def with_bias(W, b, x):
    h = np.tanh(x @ W + b)
    return (h * h).sum()


@pytest.mark.parametrize("shape", [(4,), (1, 4), (5, 4)])
def test_arrays_that_may_be_repeated(shape):
    b = np.linspace(0.1, 0.4, int(np.prod(shape))).reshape(shape)
    agree(with_bias, rows(3, 4), b, rows(5, 3, 1), wrt=(0, 1, 2))


def between(A, x):
    y = A @ x
    a = y * y
    z = np.zeros_like(A)
    z[0, 0] = a[0]
    b = a * y
    z[1] = np.sin(z[0]) * x
    return b.sum() + z.sum() + (a * b).sum()


def test_loops_are_joined_past_what_they_do_not_need():
    agree(between, rows(3, 3), np.array([0.3, 0.4, 0.5]), wrt=(0, 1))


def staggered(ex, ey, hz, steps: int):
    for _ in range(steps):
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return hz.sum()


def test_parts_that_are_cut_along_other_axes_meet():
    agree(staggered, rows(4, 5), rows(4, 5, 1), rows(4, 5, 2), 3, wrt=(0, 1, 2))


def outer_and_matrix(A, x, y):
    t = x[:, None] * y
    s = (t * A).sum()
    return s * s


def test_lengths_of_two_vectors_are_compared_axis_by_axis():
    agree(outer_and_matrix, rows(3, 5), np.linspace(0.1, 0.3, 3), np.linspace(0.2, 0.6, 5), wrt=(0, 1, 2))
