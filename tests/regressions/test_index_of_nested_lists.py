"""A nested list as an index has as many axes as it is deep: types said one, and sums over all axes were taken for one."""

import numpy as np

import adjoint_compiler as ac


def summed(a):
    part = a[[[0, 2], [2, 2]], 1:3]
    return a[0, 0] * part[:, 1, 0, :].sum()


def test_nested_list():
    a = np.random.default_rng(0).standard_normal((3, 4, 2))
    dense = ac.jacrev(summed)(a)
    np.testing.assert_allclose(ac.jacfwd(summed)(a), dense, rtol=1e-12)
    np.testing.assert_allclose(dense[0, 0, 0], np.full(2, 0.0) + [summed_without(a), 0.0], rtol=1e-12)


def summed_without(a):
    part = a[[[0, 2], [2, 2]], 1:3]
    return part[:, 1, 0, :].sum()
