"""The patterns of typical programs are exact: no entry more than there is."""

import numpy as np
import pytest
import scipy.sparse

import adjoint_compiler as ac


def three_point(u):
    """A residual on a line, by slices."""
    r = np.zeros_like(u)
    r[1:-1] = u[:-2] - 2 * u[1:-1] + u[2:] + u[1:-1] ** 3
    r[0], r[-1] = u[0], u[-1] ** 2
    return r


def three_point_by_loops(u):
    r = np.zeros(len(u))
    for i in range(len(u)):
        r[i] = u[i] ** 3
        if i > 0:
            r[i] += u[i - 1]
        if i < len(u) - 1:
            r[i] += u[i + 1]
    return r


def five_point(u):
    """A residual on a grid of 6 by 5."""
    grid = u.reshape(6, 5)
    out = np.zeros((6, 5))
    out[1:-1, 1:-1] = (
        grid[:-2, 1:-1] + grid[2:, 1:-1] + grid[1:-1, :-2] + grid[1:-1, 2:] - 4 * grid[1:-1, 1:-1] - np.exp(grid[1:-1, 1:-1])
    )  # fmt: skip
    out[0] = grid[0] ** 2
    out[-1] = grid[-1] ** 2
    out[1:-1, 0] = grid[1:-1, 0] ** 2
    out[1:-1, -1] = grid[1:-1, -1] ** 2
    return out.ravel()


def banded(x):
    """Bands beside the diagonal by sums of shifted arrays."""
    padded = np.concatenate((np.zeros(2), x, np.zeros(2)))
    out = np.zeros_like(x)
    for k in range(5):
        out += padded[k : k + len(x)] ** (k + 1)
    return out


def shifted_by_roll(x):
    return x * np.roll(x, 1) + np.roll(x, -1)


def arrow(x):
    out = x**2
    out[0] += np.sum(x[1:] ** 3)
    out[1:] += x[0]
    return out


def blocks(x):
    """Four blocks of three, each by a matrix of its own."""
    matrices = np.arange(1.0, 37.0).reshape(4, 3, 3)
    return np.einsum("kij,kj->ki", matrices, x.reshape(4, 3) ** 2).ravel()


def blocks_in_a_loop(x):
    parts = []
    for k in range(4):
        part = x[3 * k : 3 * k + 3]
        parts.append(np.dot(part, part) * np.ones(2))
    return np.concatenate(parts)


def gathered(x):
    left, right = np.array([0, 3, 5, 7]), np.array([1, 4, 6, 8])
    return np.sin(x[left]) * x[right]


def upwind(u):
    """Which neighbour counts hangs on the data."""
    flux = np.where(u[:-1] > 0, u[:-1], u[1:]) ** 2
    return np.diff(flux)


JACOBIANS = [three_point, three_point_by_loops, banded, shifted_by_roll, arrow, blocks_in_a_loop]


@pytest.mark.parametrize("f", [*JACOBIANS, five_point, blocks, gathered])
def test_jacobian(f):
    n = 30 if f is five_point else 12
    x = np.random.default_rng(0).uniform(0.5, 1.5, n)
    sparse = ac.sparse_jacobian(f)
    dense = ac.jacobian(f)(x)
    np.testing.assert_allclose(sparse(x).toarray(), dense, rtol=1e-12, atol=1e-13)
    np.testing.assert_array_equal(sparse.pattern(x).matrix.toarray() != 0, dense != 0)


def test_a_choice_counts_with_both_of_its_parts():
    x = np.array([0.5, -0.7, 0.9, -1.1, 1.2])
    sparse = ac.sparse_jacobian(upwind)
    assert sparse.pattern(x).matrix.nnz == 9
    np.testing.assert_allclose(sparse(x).toarray(), ac.jacobian(upwind)(x))


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def separable(x):
    return np.sum(np.exp(x) * x)


def with_a_shared_factor(x):
    return x[0] ** 2 * np.sum(x[1:] ** 2)


def pairs(x):
    return np.sum((x.reshape(6, 2)[:, 0] * x.reshape(6, 2)[:, 1]) ** 2)


@pytest.mark.parametrize("f, band", [(rosenbrock, 1), (separable, 0), (with_a_shared_factor, None), (pairs, None)])
def test_hessian(f, band):
    x = np.random.default_rng(1).uniform(0.5, 1.5, 12)
    sparse = ac.sparse_hessian(f)
    dense = ac.hessian(f)(x)
    found = sparse.pattern(x).matrix.toarray() != 0
    np.testing.assert_allclose(sparse(x).toarray(), dense, rtol=1e-11, atol=1e-12)
    np.testing.assert_array_equal(found, dense != 0)
    if band is not None:
        assert np.array_equal(found, scipy.sparse.diags_array(
            [np.ones(12 - abs(k)) for k in range(-band, band + 1)], offsets=range(-band, band + 1)
        ).toarray() != 0)  # fmt: skip
