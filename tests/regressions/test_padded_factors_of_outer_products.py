"""An outer product that is added to a part of a matrix stands where the bounds of that part are known."""

import numpy as np

import adjoint_compiler as ac

WEIGHTS = np.random.default_rng(1).random((4, 4))


def correlations(data, out):
    n, m = data.shape
    stddev = np.std(data, axis=0)
    data /= np.sqrt(n) * stddev
    for i in range(m - 1):
        out[i + 1 :, i] = out[i, i + 1 :] = data[:, i] @ data[:, i + 1 :]
    return np.sum(WEIGHTS * out)


def test_second_derivatives():
    data = np.random.default_rng(0).standard_normal((6, 4))
    ac.testing.check_grads(correlations, (data, np.zeros((4, 4))), order=2, modes=("reverse",))
