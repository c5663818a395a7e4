"""Items of ``a.flat`` were refused: they are read and stored in C order, however the array lies."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing import check_grads

X = np.arange(6.0).reshape(2, 3) * 0.2 + 0.5


def of_a_transpose(x):
    v = x.T * 1.0
    s = 0.0
    for k in range(3):
        v.flat[k] = x[0, 0] * v.flat[k + 1]
        v.flat[2:4] += x[1, :2]
        s = s + v.flat[[0, 0, 5]].sum() ** 2
    v[0] *= 2.0
    return (v * v).sum() + s


def of_views_of_the_argument(x):
    x.flat[::2] = x[0, 0] * 3.0
    w = x[:, 1:]
    w.flat[1] *= x[1, 2]
    return (x * x * x).sum()


def of_all(x):
    v = x * 1.0
    v.flat = x[0, :2]
    return (v * v * v).sum() + v.flat[-1]


@pytest.mark.parametrize("f", [of_a_transpose, of_views_of_the_argument, of_all])
def test_both_modes(f):
    check_grads(f, (X,), order=2)
    assert ac.value_and_grad(f)(X)[0] == f(X.copy())


def test_the_iterator_itself_is_refused():
    def kept(x):
        v = x * 1.0
        items = v.flat
        items[1] = 3.0
        return (v * v).sum()

    with pytest.raises(ac.DifferentiationError, match="flat"):
        ac.grad(kept)(X)
