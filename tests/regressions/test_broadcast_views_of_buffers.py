"""A broadcast view of memory that is stored into, its own views, and names of it that outlive a swap."""

import numpy as np
import pytest

from . import check, vector


def views_of_the_view(x):
    a = np.outer(x, x)
    b = np.broadcast_to(a[0], (3, 5))
    turned, row, column, every_other = b.T, b[1], b[:, 1], b[None][0, ::2]
    a[0, 0] = 5 * x[1]
    a[0, 1] *= x[1]
    y = (turned**3).sum() + (row * row).sum() + (column * column).sum() + (every_other * every_other).sum()
    return y + b[2, 1] + (b[:, 2] ** 2).sum()


def swapped(u):
    w = u * 2
    for _ in range(3):
        b = np.broadcast_to(u, (3, 5))
        w[1:] += (b * b).sum(axis=0)[1:] * 0.1
        c = np.broadcast_to(w[:, None], (5, 2))
        u[0] = c.sum() * 0.1
        u, w = w, u
        s = (b * 0.5).sum() * c[0, 0] * b[:, 1].sum() * b[[0, 1], [1, 1]].sum()
    return s + u.sum()


@pytest.mark.parametrize("f", [views_of_the_view, swapped])
def test_broadcast(f):
    check(f, vector(5))
