"""`A_bar[::2] -= t` read `t`, a view of what had been set to zero before."""

import numpy as np

import adjoint_compiler as ac


def mirrored(A, v):
    A[::2] = v[1] - A[::2]
    A[1:] = A[0] - 2.0 * A[1:]
    return (A * A).sum()


def test_gradients():
    A, v = np.arange(12.0).reshape(4, 3) / 7.0, np.array([0.3, 0.8])
    ac.testing.check_grads(mirrored, (A, v), order=1)
    np.testing.assert_allclose(ac.grad(mirrored)(A, v), ac.grad(mirrored, optimize=0)(A, v))
