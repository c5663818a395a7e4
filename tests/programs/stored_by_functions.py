"""Functions and methods that store into an array: in loops, through views, seen by aliases, with `out`."""

import numpy as np

from . import program


def vector(rng):
    return (rng.permutation(np.linspace(0.5, 2.0, 6)),)


def matrix(rng):
    return (rng.permutation(np.linspace(0.5, 2.0, 16)).reshape(4, 4),)


def two(rng):
    return rng.permutation(np.linspace(0.5, 2.0, 6)), rng.uniform(0.5, 1.5, 3)


@program(two, wrt=(0, 1))
def put_between_reads(a, v):
    before = a * a
    np.put(a, [4, 0, 4], v * a[1])
    b = a[::2]
    np.put(b, 1, b[0] * v[0], mode="clip")
    return (a * before).sum() + (a**3).sum()


@program(matrix, complex_step=False)
def sorted_in_place_in_a_loop(A):
    for k in range(3):
        A[k] *= A[k + 1]
        A[k].sort()
        A[:, k].partition(1)
    A.sort(axis=0)
    return (A * np.arange(16.0).reshape(4, 4)).sum()


def shuffle_rows(B, weights):
    B.sort(0)
    np.fill_diagonal(B, weights)
    return B[0]


@program(matrix, complex_step=False)
def stored_in_a_helper_through_a_view(A):
    top = shuffle_rows(A[:3, 1:], A[3, :3] * A[3, 1:])
    top[0] = top[1] * A[1, 2]
    return (A * A).sum() + top.sum()


@program(two, wrt=(0, 1), complex_step=False)
def masks_and_places(a, v):
    big = a > 1.0
    np.putmask(a, big, v + 1.0)
    np.place(a, ~big, v[:2] * a[5])
    if a[0] > 0.2:
        np.put_along_axis(a, np.array([1, 3]), v[1:], 0)
    return (a * a).sum() + a[big].sum()


@program(matrix)
def filled_diagonal_in_a_loop(A):
    B = A.T
    for k in range(3):
        np.fill_diagonal(B, A[k] * A[k, 0])
        A[k, k] += B[0, 1]
    return (A * A).sum()


@program(vector, of="a")
def put_into_the_argument(a):
    np.put(a, [1, 2], a[3:5] * a[0])
    np.copyto(a[::2], a[1::2] * a[0])


@program(matrix, complex_step=False)
def results_of_methods_stored(A):
    out = np.zeros(4)
    A.sum(axis=0, out=out)
    first = out * A[0]
    total = A.cumsum(axis=1, out=A)
    A.max(axis=1, out=out)
    return first.sum() * total[1, 2] + (out * total[0]).sum()


@program(two, wrt=(0, 1))
def inserted_deleted_and_windowed(a, v):
    b = np.insert(a, [0, 3], v[:2] * a[1])
    c = np.delete(b, 1) * a[-1]
    windows = np.lib.stride_tricks.sliding_window_view(c, 3)
    return (windows * v).sum(axis=1) * np.resize(v, 5)


@program(vector)
def windows_of_an_array_that_is_stored_into(a):
    b = a * a
    windows = np.lib.stride_tricks.sliding_window_view(b, 2)
    b[1:4] *= a[0]
    early, late = np.broadcast_arrays(b, a[:1])
    b[0] = b[5] * a[1]
    return (windows * windows).sum() + (early * late).sum()


@program(two, wrt=(0, 1), complex_step=False)
def chosen_and_unique(a, v):
    which = np.array([0, 2, 1, 0, 1, 2])
    b = np.choose(which, [a, a * a, v[0]])
    c = np.compress(a > 1.0, b) * v[1]
    d = np.block([c, v, 2.0 * a])
    return np.unique(d)[::-1] * np.partition(d, 3) + np.unique(a, return_counts=True)[0][0]


@program(vector, complex_step=False)
def sets_of_numbers(a):
    b = a[:3] * 1.0
    both = np.intersect1d(a, b) * a[0]
    rest = np.setdiff1d(a, b) * a[1]
    return np.union1d(both, rest) * np.setxor1d(a, b).sum()
