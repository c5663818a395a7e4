"""``order="A"`` and ``order="K"`` mean how the primal's array lies, not how a copy on the tape does."""

import numpy as np
import pytest

from adjoint_compiler.runtime import layout_axes

from . import check, vector

W = np.arange(12.0) - 4


def of_temporaries_in_a_loop(x, z):
    s, t = 0.0, x * 1.0
    for i in range(3):
        t = np.sin(t) + (z if i == 1 else x)
        s = s + (t.ravel("K") ** 2 * W).sum() + ((x * z + 1).ravel("K") * W).sum()
    return s


def reshaped(x, z):
    v = (x * z).reshape(-1, order="A")
    return (v * W).sum() + (x.flatten("A") * np.ravel(x, "K") ** 2).sum()


def turned(x, z):
    a = np.stack([x, x * z]).swapaxes(0, 2)
    return (a.ravel("K") * np.arange(24.0)).sum() + (x.T[::-1].flatten("K") ** 2 * W).sum()


def stored_into(x, z):
    t, s = x.copy("F"), 0.0
    for i in range(3):
        v = t.ravel("K")
        s = s + (v**2 * W).sum()
        v[i] *= 2
        t[1, i] = s * 0.1 * z[0, 0]
    return s


@pytest.mark.parametrize("f", [of_temporaries_in_a_loop, reshaped, turned, stored_into])
def test_orders(f):
    a, b = vector(12).reshape(3, 4), vector(12, 1).reshape(3, 4)
    for x, z in ((a, b), (np.asfortranarray(a), b), (a, np.asfortranarray(b)), (a.T.copy().T, b[:, :1])):
        check(f, x, z)


def test_layout_axes():
    rng = np.random.default_rng(0)
    for _ in range(300):
        n = int(rng.integers(1, 5))
        lengths = [2 * int(k) for k in rng.integers(1, 4, n)]
        x = np.arange(np.prod(lengths)).reshape(lengths).transpose(rng.permutation(n))
        x = x[tuple(slice(None, None, int(rng.choice([1, 2, -1, -2]))) for _ in range(n))]
        x = x[tuple(slice(0, int(rng.integers(1, 4))) for _ in range(n))]
        plain = x.transpose(layout_axes(x)).ravel()
        np.testing.assert_array_equal(x.ravel("K"), plain)
        assert np.shares_memory(x.ravel("K"), x) == np.shares_memory(plain, x)
