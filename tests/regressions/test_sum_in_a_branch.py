"""The adjoint of what is summed in a branch only is one number only if that branch was taken."""

import numpy as np

import adjoint_compiler as ac


def summed_in_a_branch(x, y):
    z = np.sin(x)
    u = z * y
    if y > 0.5:
        return u.sum() * y
    return y * x.sum()


def test_gradients():
    for y in (0.7, 0.3):
        ac.testing.check_grads(summed_in_a_branch, (np.array([0.2, 0.9, 1.4]), y), order=1)
        one, other = (ac.grad(summed_in_a_branch, wrt=(0, 1), optimize=k)(np.ones(3), y) for k in (None, 0))
        np.testing.assert_allclose(one[0], other[0])
