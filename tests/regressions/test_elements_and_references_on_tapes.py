"""A loop saves elements of an array and the array's name on tapes of their own: what one tape holds is of one type."""

import numpy as np
import pytest

import adjoint_compiler as ac


def element_then_name(v, w):
    for k in range(2):
        v[0] = w[k] * v[1]
        v = np.sin(v) * w
    return (v * v).sum()


@pytest.mark.parametrize("optimize", [None, 0])
@pytest.mark.parametrize("wrt", [0, 1])
def test_second_derivative(optimize, wrt):
    args = (np.array([0.3, 0.5, 0.7]), np.array([1.1, 0.9, 0.8]))
    seed = np.array([0.4, -1.0, 0.6])
    gradient = ac.grad(element_then_name, wrt=wrt, optimize=optimize)
    found = ac.vjp(gradient, *args, optimize=optimize)[1](seed)
    for k in range(2):
        for i in range(3):
            h = np.zeros(3)
            h[i] = 1e-6
            above, below = (gradient(*[a + s * h if j == k else a for j, a in enumerate(args)]) for s in (1, -1))
            np.testing.assert_allclose(found[k][i], (above - below) @ seed / 2e-6, rtol=1e-6, atol=1e-7)


def rows_of_a_list(x):
    rows = [[x * i * j for j in range(2)] for i in range(2)]
    rows[1][1] = rows[1][1] * rows[1][1] + x
    rows[0][0] = rows[1][1]
    return rows[0][0] * rows[1][1]


def test_items_of_a_list_and_its_name():
    """The second derivative takes numbers off lists in a loop, and records the lists: on one tape the two cannot be told apart."""
    ac.testing.check_grads(rows_of_a_list, (0.7,), order=3)
