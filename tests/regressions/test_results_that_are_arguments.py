"""Operations that give a view, or the argument itself, for some operands only: stores through them are seen."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler import DifferentiationError
from adjoint_compiler.testing.gradcheck import check_grads

from . import check, vector


def matrix():
    return vector(16).reshape(4, 4)


def einsum_transposes(a):
    b = np.einsum("ij->ji", a)
    b[0] *= 3 * b[1]
    return (a * a).sum() * b[0, 1]


def einsum_of_the_diagonal(a):
    np.einsum("ii->i", a)[...] = a[0]
    d = np.einsum("ii->i", a)
    d *= d[::-1]
    return (a * a).sum()


def einsum_read_before_a_store(a):
    b = np.einsum("ij->ji", a)
    y = (b * b).sum()
    a[0] = 3.0
    return (b * b * b).sum() + y


def einsum_that_sums(a):
    b = np.einsum("ij->i", a)
    b[0] *= a[1, 1]
    return (a * a).sum() * b.sum()


def conjugates(a):
    b = a.conj()
    b[0] = a[1] * 3
    b.conjugate()[2] *= 2.0
    return (a * a).sum() * b[0, 0]


def no_difference(a):
    b = np.diff(a, n=0)
    b[0] = 3.0
    return (a * a).sum() + np.diff(a, axis=0).prod()


def casts(a):
    b = np.float64(a)
    b[0] = 3 * a[1]
    return (a * a).sum() * b[0, 0]


def diagonal_before_and_after(a):
    d = np.diagonal(a)
    s = (d * d).sum()
    a[0, 0] = 3 * a[1, 1]
    return s + (d**3).sum() + a.diagonal(1).sum() * a[1, 0]


def open_mesh(a):
    index = np.array([0, 1])
    i, j = np.ix_(index, index)
    a[i, j] *= a[2, 2]
    index[0] = 2
    a[i, j] *= a[3, 3]
    return (a * a).sum()


PROGRAMS = (
    einsum_transposes, einsum_of_the_diagonal, einsum_read_before_a_store, einsum_that_sums, conjugates, no_difference,
    casts, diagonal_before_and_after, open_mesh,
)  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_stores(f):
    check(f, matrix())


def test_conjugate_of_complex_numbers_is_new():
    def f(z):
        w = z.conj()
        w[0] = z[1] * 2j
        return (w * z.conj()).real.sum()

    check_grads(f, (vector(4) + 1j * vector(4, 1),), order=1, modes=("reverse",))


def test_arguments_are_kept():
    a = matrix()
    y, pullback = ac.vjp(lambda a: np.einsum("ij->ji", a) ** 2, a)
    expected = pullback(np.ones_like(y))[0]
    a[...] = np.nan
    np.testing.assert_array_equal(pullback(np.ones_like(y))[0], expected)


def transposed(x):
    y = x.T
    y *= 2.0
    return (x * x).sum()


def real_part(x):
    y = x.real
    y *= x[0]
    return (x * x).sum()


def view_of_a_new_array(x):
    y = x * 1.0
    z = y.T
    z += x
    return (y * x).sum()


def slot(x):
    items = [x]
    items[0] *= 2.0
    return (x * x).sum()


@pytest.mark.parametrize("f", [transposed, real_part, view_of_a_new_array, slot])
def test_untyped_updates_through_views_ask(f):
    with pytest.raises(DifferentiationError, match="AC003"):
        _ = ac.grad(f).source
    check(f, vector(3))
