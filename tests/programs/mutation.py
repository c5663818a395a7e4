"""Arrays that change in place: arguments, overlapping stores, aliases, swaps, out=."""

import numpy as np

from . import program

scratch = np.empty(5)
table = np.array([1.0, 2.0, 3.0])


def vector(rng):
    return (rng.uniform(0.5, 1.5, 6),)


def two_vectors(rng):
    return rng.uniform(0.5, 1.5, 5), rng.uniform(0.5, 1.5, 5)


def square(rng):
    return (rng.uniform(0.5, 1.5, (4, 4)),)


@program(lambda rng: (rng.uniform(0.5, 1.5, 5), 0.7), wrt=(0, 1), of="x")
def scale_in_place(x, factor):
    x *= factor
    x[0] = factor


@program(two_vectors, wrt=(0, 1), of="y")
def both_arguments_change(x, y):
    x[:] = x * y
    y[1:] -= x[:-1] * y[:-1]
    x /= y


@program(two_vectors, wrt=(0, 1))
def changes_argument_and_returns(x, y):
    before = x.sum()
    x[1:] *= y[:-1]
    y = x
    y[0] = before * y[1]
    return before * x, y[0]


@program(vector)
def overlapping_copies(x):
    a = x * 2
    a[1:] = a[:-1]
    a[:-2] = a[2:] * a[0]
    a[:] = a[::-1]
    a[::2], a[1::2] = a[1::2], a[::2] * 1.5
    return a * x


@program(vector)
def overlapping_updates(x):
    x[1:-1] += x[2:]
    x[1:] *= x[:-1]
    x[:-1] -= x[1:] * x[:-1]
    x += x[::-1]
    x[2:] /= x[:-2]
    return x


@program(square)
def add_own_transpose(x):
    x += x.T
    x[:2, :2] = x[2:].T[:2] * x[0, :2]
    x.T[1:] *= x[:-1]
    return x


@program(square)
def rows_overwrite_rows(x):
    x[0] = x[1]
    x[1] = x[0] * x[2]
    x[[0, 2]] = x[[2, 0]]
    x[3], x[1] = x[1].copy(), x[3]
    return x


@program(vector)
def running_recurrence(x):
    for i in range(1, len(x)):
        x[i] = x[i - 1] * x[i] + np.sin(x[i])
    for i in range(len(x) - 2, -1, -1):
        x[i] -= 0.1 * x[i + 1] ** 2
    x[2] *= x[2]
    return x


@program(lambda rng: (rng.uniform(0.5, 1.5, 5), True), tags=("alias",))
def alias_depends_on_flag(x, shared):
    a = x * x
    b = a if shared else a.copy()
    b[1:] *= b[0]
    b += 1.0
    return a * b


@program(vector, tags=("alias",), complex_step=False)
def alias_depends_on_data(x):
    a = x.copy()
    b = x + 1.0
    for k in range(len(x)):
        if x[k] > 1.0:
            target = a
        else:
            target = b
        target[k] = target[k - 1] * a[0]
        target *= 0.9
    return a - b


@program(lambda rng: (rng.uniform(0.5, 1.5, 6), 5), tags=("alias",))
def three_buffers_rotate(x, n):
    old, now, new = x * 0.1, x.copy(), np.zeros_like(x)
    for t in range(n):
        new[1:-1] = 2 * now[1:-1] - old[1:-1] + 0.1 * now[:-2] * now[2:]
        new[0] = new[1]
        old, now, new = now, new, old
    return now + 0.5 * old


@program(lambda rng: (rng.uniform(0.5, 1.5, 6), 4), tags=("alias",), of="u")
def swap_of_argument_and_local(u, n):
    v = np.empty_like(u)
    a, b = u, v
    for t in range(n):
        b[0], b[-1] = a[-1], a[0] * a[1]
        b[1:-1] = a[:-2] * a[2:]
        if t != 1:
            a, b = b, a
    a *= 1.1


@program(two_vectors, wrt=(0, 1))
def out_of_ufuncs(x, y):
    a = np.empty_like(x)
    np.multiply(x, y, out=a)
    np.exp(a, out=a)
    np.add(a[1:], a[:-1], out=a[1:])
    np.sin(a[::2], a[::2])
    b = np.divide(a, y, out=np.zeros_like(a))
    np.subtract(b, x, out=x)
    return a * b + x


@program(lambda rng: (rng.uniform(0.5, 1.5, (3, 3)), rng.uniform(0.5, 1.5, 3)), wrt=(0, 1))
def out_of_other_functions(a, x):
    b = np.empty_like(a)
    c = np.empty_like(x)
    np.dot(a, a, out=b)
    np.matmul(b, x, out=c)
    np.sum(b * a, axis=0, out=b[0])
    np.cumsum(c * x, out=c)
    return b @ c


@program(two_vectors, wrt=(0, 1), tags=("ufunc-where",), complex_step=False)
def ufunc_where(x, y):
    a = x * y
    np.divide(x, y, out=a, where=x > y)
    np.sqrt(a, out=a, where=np.array([True, False, True, True, False]))
    return a


@program(vector, tags=("alias",))
def augmented_assignment_through_alias(x):
    a = x.copy()
    b = a
    b += x[0]
    b *= a
    a = a + 1.0
    a *= b
    b **= 2
    return a - b


@program(vector)
def augmented_assignment_of_elements(x):
    first = x[0]
    kept = first
    first += x[1]
    first *= kept
    total = x.sum()
    other = total
    other -= first
    row = x[2:4]
    row -= kept
    return first * kept + total * other + x


@program(two_vectors, wrt=(0, 1))
def fill_and_copyto(x, y):
    a = x * y
    a.fill(x[1])
    a[2:].fill(3.0)
    np.copyto(a[:2], y[1:3] * a[:2])
    a[3] = y[3]
    np.copyto(y, a)
    return x * y


@program(lambda rng: (rng.uniform(0.5, 1.5, 5),), tags=("global",), complex_step=False)
def global_scratch_array(x):
    scratch[0] = 1.0
    for i in range(4):
        scratch[i + 1] = scratch[i] * x[i]
    scratch[1:] += scratch[:-1]
    return scratch.sum() * scratch[2]


@program(lambda rng: (rng.uniform(0.5, 1.5, 3),), tags=("global",))
def global_table_is_read(x):
    y = table * x
    y += table
    return y * table[1]


@program(vector, tags=("integer-store",), complex_step=False)
def store_into_integers(x):
    counts = np.zeros(6, dtype=int)
    counts[:] = 10 * x
    counts[0] += 2
    return counts * x


@program(lambda rng: (rng.uniform(0.5, 1.5, (3, 2)), 3), of="state")
def time_steps_with_history(state, n):
    history = np.zeros_like(state[0])
    for t in range(n):
        position = state[t % 3]
        history += position * position
        position[0] += 0.1 * position[1]
        position[1] -= 0.1 * np.sin(history[0])
    state[-1] = history


@program(vector, tags=("alias",))
def buffer_or_fresh_value(x):
    a = x.copy()
    b = a
    for k in range(4):
        b[k] = b[k] * b[k + 1]
        if k == 1:
            b = b * 2.0
        elif k == 2:
            a = b
    b[0] = 5.0
    return a + x


def made_anew(x, n):
    out = np.empty_like(x)
    out[0] = x[0] * n
    out[1:] = x[1:] * x[:-1]
    out[1] = out[0] * out[2]
    return out


@program(lambda rng: (rng.uniform(0.5, 1.5, 4),))
def arrays_made_anew_in_a_loop(x):
    y = x * 1.0
    for n in range(3):
        a = made_anew(y, n)
        b = made_anew(a, n + 1)
        b[0] = a[1] * b[1]
        y = y + a * b
    return (y * a).sum()


@program(lambda rng: (rng.uniform(0.5, 1.5, 4),), complex_step=False, tags=("container",))
def arrays_made_anew_and_held(x):
    held, s = [], 0.0
    for k in range(4):
        b = np.empty(4)
        b[:] = x * k
        b[1] = b[0] * x[1]
        if k > 0:
            held[-1][2] = b[1] * held[-1][0]
        held.append(b)
        s += (b * b).sum()
    return s + sum((v * v).sum() for v in held)
