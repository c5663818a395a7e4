"""Arrays that come in a tuple or list from one operation, and are stored into."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

from . import check, vector


def one_of_two(x):
    part, whole = np.modf(x * 3)
    part[0] *= part[1] * whole[2]
    return (part * part).sum()


def in_a_loop(x):
    for k in range(3):
        part, _ = np.modf(x * 3)
        part[k] *= part[k + 1] * x[k]
        across, down = np.meshgrid(part, x)
        across[k] += down[:, 0] ** 2
        x = across[0] + across[k] + part
        kept = part
    kept[0] = 3 * kept[1]
    return (x * kept).sum()


def through_the_tuple(x):
    both = divmod(x * 3, 0.7)
    both[1][0] = both[1][1] * both[0][0]
    return (both[0] * both[1]).sum()


def factors(x):
    q, r = np.linalg.qr(np.outer(x, x) + np.diag(x))
    r[0] *= 3
    q[1, 0] = r[0, 1]
    return (r * r * r).sum() + q.sum()


def in_a_list(x):
    pairs = [x * 1.0, x * 2.0]
    for k in range(3):
        found = np.modf(x + pairs[0])
        pairs[0], pairs[1] = found[0], pairs[0]
        pairs[0][k] = pairs[1][k] ** 2
        pairs[1] *= found[0][0]
    return (pairs[0] * pairs[1]).sum()


@pytest.mark.parametrize("f", [one_of_two, in_a_loop, through_the_tuple, factors, in_a_list])
def test_items(f):
    check(f, vector(5))


def eigenvalues(a):
    w, v = np.linalg.eigh(a @ a.T)
    return w.sum() + abs(v[0, 0])


def pieces(a):
    s = 0.0
    for piece in np.array_split(a, 3):
        s = s + (piece**2).sum() * s + piece[0, 0]
    return s


@pytest.mark.parametrize("f", [eigenvalues, pieces])
def test_untyped(f):
    a = vector(16).reshape(4, 4)
    gradient = ac.grad(f)
    compiled = gradient._untyped("joint").functions[0]
    np.testing.assert_allclose(compiled(a), gradient(a), rtol=1e-12)


def first(x):
    part, _ = np.modf(x * 3)
    part[0] *= part[1] * x[2]
    return (part**3).sum()


gradient_of_first = ac.grad(first)


def test_second_derivatives_are_those_of_a_gradient_with_a_rule():
    check_grads(lambda x: gradient_of_first(x).sum(), (vector(5),), order=1)
