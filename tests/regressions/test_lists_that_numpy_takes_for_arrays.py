"""NumPy functions of lists: what reductions gave their adjoints, arrays, was dropped when it was added to lists.

Second derivatives took the adjoints of lists for arrays: `append` of an array.
"""

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check, vector


def items(x):
    return [x[0] * x[1], x[1], x[0] * 3.0]


def grown(x):
    out = []
    for k in range(3):
        out.append(x[k] * x[0])
    return out


def mean_and_largest(x):
    out = grown(x)
    return np.mean(out) * max(out)


def sum_and_largest(x):
    out = grown(x)
    return sum(out) * max(out) * min(out)


def reductions(x):
    a, b = items(x), grown(x)
    b.append(x[2])
    return np.std(a) * np.prod(b) + np.max(a) * np.min(b) + np.sum(a) * np.median(b) + np.cumsum(a)[1] * np.sort(b)[0]


def elementwise(x):
    a = items(x)
    return np.sin(a).sum() * np.multiply(a, 2.0)[1] + np.hypot(a, x[:3]).sum() * a[0]


def products(x):
    a = items(x)
    return np.dot(a, a) * np.linalg.norm(a) + np.outer(a, a)[1, 2] + np.einsum("i,i", a, a) * np.polyval(a, x[3])


def rows(x):
    a = [[x[0], x[1]], [x[2], x[3] * x[0]]]
    b = []
    for k in range(3):
        b.append(x * x[k])
    s = np.linalg.det(a) * a[0][0] + np.sum(a, axis=0)[1] * np.trace(a)
    return s + np.mean(b) + np.sum(b, axis=0)[0] * b[1][1] + np.max(b) + np.stack(b).prod()


def in_slots(x):
    d = {"a": [x[0], x[1]], "b": x}
    d["a"].append(x[2])
    t = (x[0], x[1] * x[0])
    return np.mean(d["a"]) * np.mean(d["b"]) * np.mean(t) * t[0]


def stored_into(x):
    a = [x[0], x[1]]
    b = a
    a[0] = a[0] * a[1]
    s = np.mean(a)
    b.append(s * s)
    a[1] = s * x[2]
    return np.mean(a) * np.sum(b) * np.var(a)


class Losses:
    def __init__(self):
        self.values = []

    def add(self, value):
        self.values.append(value)

    def mean(self):
        return np.mean(self.values)


def of_an_object(x):
    losses = Losses()
    for v in x:
        losses.add(v * x[0])
    return losses.mean() * np.std(losses.values)


def time_steps(x):
    t, y, out = 0.0, x[0], []
    while t < 0.45:
        y += 0.1 * (-x[1] * y + np.sin(t))
        t += 0.1
        out.append(y)
    return np.mean(out) * max(out)


PROGRAMS = [
    mean_and_largest, sum_and_largest, reductions, elementwise, products, rows, in_slots, stored_into, of_an_object, time_steps,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_first_derivatives(f):
    check(f, vector(4))
    ac.testing.check_grads(f, (vector(4),), order=1, modes=("forward",))


@pytest.mark.parametrize("f", [p for p in PROGRAMS if p is not in_slots], ids=lambda f: f.__name__)
def test_second_derivatives(f):
    ac.testing.check_grads(f, (vector(4),), order=2, modes=("reverse",))


def test_lists_as_arguments():
    check(lambda v: np.mean(v) * np.std(v) * v[0], [0.7, 1.1, 0.9])
    check(lambda p: np.mean(p["a"]) * np.max(p["a"]), {"a": [0.7, 1.1, 0.9]})
