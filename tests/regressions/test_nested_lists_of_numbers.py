"""``np.array([[q]])`` in a loop: adjoints of lists of lists of numbers are in no array's memory.

They were taken for views of the adjoint that they were taken from, and second derivatives (reverse over reverse) lacked them.
"""

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([0.4, 0.7])
V = np.array([1.0, 0.3])
Z = np.array([0.3, -0.5])


def one_number(theta):
    s = 0.0
    for _ in Z:
        S = np.array([[theta[0]]])
        s += 1.0 / S[0, 0]
    return s


def a_matrix_of_numbers(theta):
    q, r = theta
    x = np.ones(2)
    for z in Z:
        F = np.array([[q, z], [q * r, 1.0]])
        x = np.linalg.solve(F + 3.0 * np.eye(2), x * r)
    return x @ x


def rows_that_are_arrays(theta):
    q, r = theta
    x = np.array([q, r])
    for z in Z:
        A = np.array([[x, x * q], [x * z, np.sin(x)]])
        A[0] = A[1] * r
        x = A[0, 0] + A[1, 1] * x
    return x @ x


def rows_that_are_stacked(theta):
    q, r = theta
    x = np.array([q, r])
    for z in Z:
        A = np.vstack([[q, z], x, [r, q * r]])
        x = A.T @ (A @ x)
    return x @ x


def numbers_stored_one_by_one(theta):
    q, r = theta
    S = np.array([[q, 0.0], [0.0, r]])
    for z in Z:
        T = np.array([[S[0, 0] * z, r], [q, S[1, 1]]])
        S[0] = T[1] * S[0]
        S[1, 0] = T[0, 0] ** 2
    return np.sum(S**2)


@pytest.mark.parametrize(
    "f", [one_number, a_matrix_of_numbers, rows_that_are_arrays, rows_that_are_stacked, numbers_stored_one_by_one]
)
def test_second_derivatives_by_reverse_mode_twice(f):
    slope = ac.grad(f)
    h = 1e-5
    want = [V @ (slope(X + h * e) - slope(X - h * e)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(ac.grad(lambda x: slope(x) @ V)(X), want, rtol=1e-6)
    np.testing.assert_allclose(ac.hvp(f)(X, V), want, rtol=1e-6)
