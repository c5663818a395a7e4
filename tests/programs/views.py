"""Views: several names for the same memory, and reshapes that may or may not be views."""

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 6),)


def matrix(rng):
    return (rng.uniform(0.5, 1.5, (3, 4)),)


def square(rng):
    return (rng.uniform(0.5, 1.5, (4, 4)),)


@program(matrix)
def store_through_slice_view(x):
    a = x.copy()
    row = a[1]
    tail = row[2:]
    tail[:] = x[0, :2] * row[0]
    row[0] = tail[1] * 3
    a[1, 3] *= a[1, 2]
    return a * tail[1]


@program(matrix)
def view_sees_later_store(x):
    a = x * 1.0
    row = a[0]
    before = row * row
    a[:, 1] = 2 * x[2, 0]
    a[0] *= a[1]
    return before + row * row


@program(matrix)
def store_through_transpose(x):
    a = x.copy()
    t = a.T
    t[0] *= t[1]
    t[1:3, 0] = x[0, :2] ** 2
    a.T[3][1] = 0.25
    return t @ a


@program(matrix)
def store_through_swapaxes(x):
    a = np.stack([x, x * x])
    b = a.swapaxes(0, 2)
    b[1] = x[:, :2] * b[0]
    c = np.transpose(a, (1, 0, 2))
    c[0, 1] += c[1, 0]
    d = np.moveaxis(c, 0, -1)
    d[0, 0] /= x[1, :3]
    return a[1, ..., 3]


@program(matrix, tags=("layout",))
def reshape_of_packed(x):
    a = x.copy()
    v = a.reshape(-1)
    v[::5] = v[1::4] * v[0]
    w = v.reshape(2, 6)[:, 1:3]
    w *= w
    return a


@program(matrix, tags=("layout",))
def reshape_of_gaps(x):
    a = x.copy()
    v = a[:, :2].reshape(-1)
    v[0] = 100.0
    v *= v
    return a.sum() * v[1:]


@program(square, tags=("layout",))
def ravel_of_packed_and_transposed(x):
    a = x.copy()
    flat = a.ravel()
    flat[3] = x[0, 0] * x[1, 1]
    turned = a.T.ravel()
    turned *= 2.0
    columns = a.T.ravel(order="F")
    columns[:4] *= turned[:4]
    return a * turned[5]


@program(lambda rng: (rng.uniform(0.5, 1.5, (3, 4)), True), tags=("alias", "layout"))
def reshape_after_branch(x, transposed):
    a = x.copy()
    for k in range(2):
        b = a.T if transposed and k == 1 else a
        v = b.reshape(-1)
        v[1] = x[0, 0] * v[2]
        v[4:] *= 0.5
    return a + v[1]


@program(square, tags=("layout",))
def diagonal_through_flat_view(x):
    a = x.copy()
    diagonal = a.reshape(-1)[:: a.shape[0] + 1]
    diagonal += a[0]
    diagonal[1:] *= diagonal[:-1]
    return a @ x


@program(lambda rng: (np.asfortranarray(rng.uniform(0.5, 1.5, (3, 4))),), tags=("layout",))
def reshape_of_fortran_copy(x):
    a = x.copy(order="K")
    b = x.copy()
    a.reshape(-1)[0] = 7.0
    b.reshape(-1)[0] = 7.0
    a.reshape(-1, order="F")[1] = x[0, 1] ** 2
    return a * b


@program(matrix)
def loop_over_row_views(x):
    a = x.copy()
    for row in a:
        row *= row[0]
        row[1:] += a[0, :-1]
    for column in a.T:
        column[0] = column[1] * column[2]
    return a


@program(matrix)
def zipped_views(x):
    a = x.copy()
    b = np.zeros_like(a)
    for source, target in zip(a, b[::-1]):
        target[:] = source * source
        source[0] = target[1]
    for i, row in enumerate(b):
        row[i] = row[i + 1] * a[i, i]
    return a * b


@program(vector)
def views_of_views(x):
    a = x * x
    b = a[::-1]
    c = b[1:5]
    d = c[::2]
    d[:] = x[:2]
    c *= b[0]
    b[2] = a[2] * d[1]
    return a


@program(vector)
def squeezed_and_expanded_views(x):
    a = x.copy()
    column = np.expand_dims(a, 1)
    column[2:4] *= column[0]
    row = a[None, :]
    row[0, 1:3] = x[4] * x[5]
    flat = np.squeeze(column, axis=1)
    flat[-1] = flat[0] ** 3
    return a * column[1]


@program(vector, tags=("layout",))
def alias_or_copy(x):
    a = x.copy()
    same = np.asarray(a)
    same[0] = x[1] * x[2]
    packed = np.ascontiguousarray(a)
    packed[1] = 0.5
    apart = np.ascontiguousarray(a[::2])
    apart *= 3.0
    converted = a.astype(a.dtype, copy=False)
    converted[2] *= a[3]
    fresh = a.astype(a.dtype)
    fresh[3] = 9.0
    return a + fresh[0] * apart[0]


@program(vector)
def broadcast_view_of_buffer(x):
    a = x.copy()
    wide = np.broadcast_to(a[:3], (2, 3))
    first = wide * x[3:]
    a[1] = x[0] * x[5]
    return first + wide**2


@program(vector)
def moving_window(x):
    a = x.copy()
    window = a[0:2]
    s = 0.0
    for k in range(1, 5):
        s = s + window[0] * window[1]
        window[1] = s * x[k]
        window = a[k : k + 2]
    window[0] *= 2
    return s * a


@program(matrix)
def view_outlives_name(x):
    a = x.copy()
    row = a[1]
    a = a * row
    row[:] = x[0] ** 2
    row *= a[1]
    return a + row


@program(lambda rng: (rng.uniform(0.5, 1.5, 8)[::2], rng.uniform(0.5, 1.5, (2, 2)).T), wrt=(0, 1))
def arguments_with_strides(x, a):
    b = a.reshape(-1) * x
    x[1:3] = b[:2] * x[0]
    a[0] *= a[1]
    return a.ravel() * x + b


@program(lambda rng: (rng.uniform(0.5, 1.5, 4),))
def parts_that_a_loop_carries(x):
    s = 0.0
    for k in range(1, 3):
        now = x[:k]
        made = np.zeros(k) + x[k]
        if k == 2:
            s += (before * now * made).sum() + (held * made).sum()  # noqa: F821  (bound in the first trip)
        before = x[:k]
        held = np.ones(k) * x[0]  # noqa: F841  (read in the next trip)
    return s + (now * before * made).sum()


@program(
    lambda rng: (rng.uniform(0.5, 1.5, (4, 3)), rng.uniform(0.5, 1.5, (1, 3)), rng.uniform(0.5, 1.5, 1), 1),
    wrt=(0, 1, 2),
    complex_step=False,
)
def shapes_told_by_integers(a, row, one, k):
    n, m = a.shape
    rows, p = len(row), one.size
    t = np.empty((n, m))
    t[:] = a * row
    u = np.zeros((rows, m))
    u += row * row
    v = np.ones(p) * one
    w = np.full((k, m), 2.0) * row
    for i in range(n - 1):
        z = np.zeros(m) + t[i]
        t[i + 1] += z * u[0] * v
        w = w + np.zeros((k, m)) * z + z
        p = p + i
    return (t * u * w).sum() + (v * np.ones(p)).sum()
