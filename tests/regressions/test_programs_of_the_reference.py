"""Programs that other tools are known to get wrong without an error: masks, broadcast fills, views, sets, complex signs."""

import copy

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check, vector

MASK = np.array([[True, False, True, True, False], [False, True, True, False, True], [True, True, False, True, True]])


def masked_reductions(x):
    whole = np.sum(x, where=MASK) + np.mean(x, where=MASK) + np.prod(x, where=MASK)
    return whole + np.var(x, where=MASK) + np.std(x, where=MASK)


def fills(x):
    repeated = np.full((2, 5), x[0])
    return np.full_like(np.zeros((2, 2)), x[0, 0]).sum() + (repeated * np.arange(10.0).reshape(2, 5)).sum()


def broadcast_choices(x):
    return (np.where(MASK, x[0], 0) * x).sum() + (np.outer(x, x[0, :2]) ** 2).sum()


def norms(x):
    return np.linalg.norm(x, axis=1, keepdims=True).sum() + np.linalg.norm(x, np.inf) + np.linalg.norm(x[0], np.inf)


def scaled_spectrum(x):
    return np.abs(np.fft.rfft(x[0], norm="forward")).sum() + np.abs(np.fft.rfft(x[1, :4])).sum()


def whole_parts(x):
    return (ac.stop_gradient(x).astype(int) * x).sum()


def test_whole_parts_as_others_write_them():
    x = np.array([1.5, 2.5, -3.2])
    with pytest.warns(UserWarning, match="ACW04"):
        np.testing.assert_array_equal(ac.grad(lambda v: (v.astype(int) * v).sum())(x), [1.0, 2.0, -3.0])
    with pytest.warns(UserWarning, match="ACW04"):
        assert ac.jvp(lambda v: (v.astype(int) * v).sum(), (x,), (np.array([1.0, 0.0, 2.0]),))[1] == -5.0


def copies(x):
    a = copy.deepcopy(x)
    a[0] = 2.0 * x[1]
    return (a**2).sum() + (copy.copy(x) ** 3).sum()


def ranges(x):
    return (np.arange(x[0, 0], x[0, 0] + 2.5, 0.5) ** 2).sum()


def sets(x):
    once = np.unique(x).prod() + np.union1d(x[0], x[1]).sum() + np.intersect1d(x[0], x[0]).prod()
    return once + np.setdiff1d(x[0], x[1]).sum() + (np.setxor1d(x[0], x[1]) ** 2).sum()


def items(x):
    return x[0, 0].item() * 3 + x.max().item() ** 2


def sorted_in_place(x):
    a = x.copy()
    a[0].sort()
    return (a * np.arange(15.0).reshape(3, 5)).sum()


def updated_view(x):
    a = x * 1.0
    b = a[0]
    b *= 2
    return (a * a).sum()


@pytest.mark.parametrize("f", [masked_reductions, fills, broadcast_choices, norms, scaled_spectrum, whole_parts, copies, ranges, sets, items,
                               sorted_in_place, updated_view])  # fmt: skip
def test_real(f):
    check(f, vector(15).reshape(3, 5))


def sign(z):
    return np.real(np.sign(z) * (1 + 2j)).sum()


def factor(z):
    return np.real(np.linalg.cholesky(z @ z.conj().T + np.eye(3)) * (1 + 2j)).sum()


@pytest.mark.parametrize("f", [sign, factor])
def test_complex(f):
    check(f, vector(15).reshape(3, 5) + 1j * vector(15, 1).reshape(3, 5))


def test_scipy():
    stats, linalg = pytest.importorskip("scipy.stats"), pytest.importorskip("scipy.linalg")

    def density(x):
        return stats.chi2.logpdf(x, 2.5).sum()

    def unit_triangle(x):
        return (linalg.solve_triangular(np.tril(x[:, :3]), x[:, 0], lower=True, unit_diagonal=True) ** 2).sum()

    check(density, vector(15).reshape(3, 5))
    check(unit_triangle, vector(15).reshape(3, 5))


def test_copies_of_containers_hold_what_these_hold():
    assert ac.grad(lambda x: copy.copy([x, x * x])[1])(2.0) == 4.0
