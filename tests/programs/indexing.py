"""Every kind of index, for reading, storing and updating in place."""

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 6),)


def matrix(rng):
    return (rng.uniform(0.5, 1.5, (4, 5)),)


def cube(rng):
    return (rng.uniform(0.5, 1.5, (3, 4, 2)),)


def vector_and_values(rng):
    return rng.uniform(0.5, 1.5, 6), rng.uniform(0.5, 1.5, 4)


@program(matrix)
def read_integers_and_slices(a):
    s = a[1, 2] * a[-1, -2] * a[0][3]
    t = a[1] * a[-2, ::-1]
    return s * t[1:4:2] + a[::-2, 0][:2] + a[3:0:-1, -1][1:]


@program(cube)
def read_ellipsis_and_newaxis(a):
    b = a[..., 0] * a[..., -1] + a[0, ..., 1]
    c = a[:, None, 1] + a[0][None, :, None, 1]
    where = (2, slice(1, None), ...)
    return (b[:, :, None] * c[0, 0, :2]).sum(axis=1) + a[where][0] + a[None][0, 0, 0, :1]


@program(matrix, tags=("repeats",))
def read_integer_arrays(a):
    rows = np.array([0, 3, 3, -1])
    columns = [4, 1, 1, 1]
    pairs = a[rows, columns] * a[rows, 2]
    block = a[np.ix_([0, 2, 2], [1, 1])]
    taken = np.take(a, [[0, 7], [7, 7]])
    return pairs[:3] + block[:, 0] * a[1:, 0] + taken.sum() + a[rows][1:, 1]


@program(cube, tags=("repeats",))
def read_mixed_indices(a):
    first = a[1, [0, 3, 0], :]
    apart = a[[0, 1, 1], :, [1, 0, 0]]
    lifted = a[[[0, 2], [2, 2]], 1:3]
    return first.sum(axis=0) * apart[:, :2] + lifted[:, 1, 0, :].sum()


@program(matrix, complex_step=False)
def read_boolean_masks(a):
    large = a[a > 1.0]
    rows = a[np.array([True, False, True, True])]
    column = a[a[:, 0] > 0.8, 0]
    return (large**2).sum() * rows[:, 1] + column.sum()


@program(matrix)
def store_numbers_and_slices(a):
    b = np.zeros_like(a)
    b[1, 2] = a[0, 0] * a[1, 1]
    b[-1] = a[0] * b[1]
    b[::2, 1::3] = a[1::2, :2]
    b[:, -1] = b[:, 2] + a[:, 3]
    b[0, 3:0:-1] = 2.0
    b[2][4] = a[2, 2]
    b[1:][::2][0][1] = a[3, 3] ** 2
    return b


@program(cube)
def store_broadcasts(a):
    b = a * a
    b[0] = a[1, :, :1]
    b[1] = a[2, 0]
    b[2, 1:3, ...] = a[0, 0, 0]
    b[..., 1] += a[:, :1, 0]
    b[:, None, 2, :] *= a[0, 1]
    return b


@program(vector_and_values, wrt=(0, 1))
def update_slices(x, v):
    y = x.copy()
    y[1] *= v[0]
    y[:4] += v
    y[::2] -= v[1:]
    y[-3:] /= v[:3]
    y[2:5:2] **= 3
    y[...] *= y[0]
    return y


@program(vector_and_values, wrt=(0, 1), tags=("repeats",))
def store_repeated_places(x, v):
    y = x * x
    y[[0, 3, 0, 0]] = v
    y[[5, 5]] = v[0] * y[0]
    return y


@program(vector_and_values, wrt=(0, 1), tags=("repeats",))
def update_repeated_places(x, v):
    y = x * x
    idx = np.array([2, 4, 2, -2])
    y[idx] += v
    y[idx] *= v * y[idx]
    y[[0, 0]] -= y[4]
    return y


@program(vector_and_values, wrt=(0, 1), tags=("repeats", "ufunc-method"))
def scatter_add(x, v):
    y = x * x
    np.add.at(y, [1, 1, 5, 1], v * v)
    np.add.at(y, np.array([0, 5]), y[1] * x[0])
    return y * v[0]


@program(lambda rng: (np.array([0.4, -0.9, 1.3, -0.2, 0.8]), 0.7), wrt=(0, 1), complex_step=False)
def store_through_masks(x, level):
    y = x.copy()
    y[x < 0] = level
    y[y > 0.75] *= y[y > 0.75] * level
    y[np.abs(x) < 0.5] += x[[0, 3]]
    mask = np.zeros(5, dtype=bool)
    mask[1::2] = True
    y[mask] = x[~mask][:2]
    return y


@program(matrix, complex_step=False)
def store_through_masked_rows(a):
    b = a.copy()
    heavy = a.sum(axis=1) > 5.0
    b[heavy] *= a[0]
    b[~heavy, 1:3] = 0.0
    b[heavy, 0] = np.sqrt(b[heavy, 1])
    return b


@program(cube)
def store_mixed_indices(a):
    b = a.copy()
    b[[0, 2], 1, :] = a[1, :2]
    b[:, [3, 0], 0] *= a[0, 0, 1]
    b[[0, 1], :, [1, 0]] += a[2, :, 0]
    b[np.arange(3), np.arange(3), 0] = 1.0
    return b


@program(matrix, complex_step=False)
def indices_found_in_the_data(a):
    order = np.argsort(a[0])
    best = int(np.argmax(a[1]))
    rows = np.nonzero(a[:, 2] > 0.9)[0]
    return a[2][order] * a[3, best] + a[rows, 0].sum() * a[np.argmin(a[:, 1])]


@program(lambda rng: (rng.uniform(0.5, 1.5, 6), np.array([3, 0, 4, 5, 1, 2])))
def follow_pointers(x, following):
    y = x.copy()
    i = 0
    for _ in range(8):
        j = following[i]
        y[j] = y[j] * y[i] + 0.1
        i = j
    return y * x[i]


@program(vector)
def index_array_changes_later(x):
    idx = np.array([0, 1, 2])
    y = x[idx] * x[idx + 1]
    z = x * x
    for k in range(3):
        z[idx] = z[idx] * y
        idx[k] = 3 + k
        idx += 0
    return z[idx] * y


@program(matrix, tags=("repeats",))
def gather_scatter_loop(a):
    targets = [1, 1, 0, 3, 1]
    total = np.zeros_like(a[:, 0])
    for j, target in enumerate(targets):
        total[target] += a[j % 4, j] * total[target - 1] + a[0, j]
    return total
