"""Factorizations and triangular solvers, written out in place."""

import numpy as np

from . import program

KERNEL = ("kernel",)


def positive_definite(rng, n):
    A = rng.uniform(-1, 1, (n, n))
    return A @ A.T / n + 2 * np.eye(n)


def one_matrix(n):
    return lambda rng: (positive_definite(rng, n),)


@program(one_matrix(4), of="A", tags=KERNEL, big=one_matrix(70))
def cholesky(A):
    A[0, 0] = np.sqrt(A[0, 0])
    for i in range(1, A.shape[0]):
        for j in range(i):
            A[i, j] -= np.dot(A[i, :j], A[j, :j])
            A[i, j] /= A[j, j]
        A[i, i] -= np.dot(A[i, :i], A[i, :i])
        A[i, i] = np.sqrt(A[i, i])


@program(one_matrix(4), of="A", tags=KERNEL, big=one_matrix(250))
def cholesky_by_columns(A):
    n = A.shape[0]
    for k in range(n):
        A[k, k] = A[k, k] ** 0.5
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k + 1 :, k])
        A[k, k + 1 :] = 0.0


@program(one_matrix(4), of="A", complex_step=False, tags=KERNEL, big=one_matrix(600))
def cholesky_by_numpy(A):
    A[:] = np.linalg.cholesky(A) + np.triu(A, k=1)


@program(one_matrix(4), of="A", tags=KERNEL, big=one_matrix(60))
def lu(A):
    for i in range(A.shape[0]):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, A.shape[0]):
            A[i, j] -= A[i, :i] @ A[:i, j]


def general_matrix(n):
    return lambda rng: (rng.uniform(-1, 1, (n, n)), np.arange(n))


@program(general_matrix(5), of="A", complex_step=False, tags=KERNEL, big=general_matrix(200))
def lu_with_pivoting(A, order):
    n = A.shape[0]
    for k in range(n - 1):
        pivot = k + np.argmax(np.abs(A[k:, k]))
        if pivot != k:
            A[[k, pivot]] = A[[pivot, k]]
            order[[k, pivot]] = order[[pivot, k]]
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= A[k + 1 :, k, None] * A[k, k + 1 :]


def system(n):
    return lambda rng: (positive_definite(rng, n), rng.uniform(0.5, 1.5, n), np.zeros(n))


@program(system(4), wrt=(0, 1), of="x", tags=KERNEL, big=system(60))
def ludcmp(A, b, x):
    n = A.shape[0]
    y = np.zeros_like(b)
    for i in range(n):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[:j, j]) / A[j, j]
        for j in range(i, n):
            A[i, j] -= A[i, :i] @ A[:i, j]
    for i in range(n):
        y[i] = b[i] - A[i, :i] @ y[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]


@program(system(5), wrt=(0, 1), of="x", tags=KERNEL, big=system(1000))
def trisolv(L, b, x):
    for i in range(x.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]


def system_and_tolerance(n, tolerance):
    return lambda rng: (*system(n)(rng), tolerance)


@program(
    system_and_tolerance(5, 1e-3),
    wrt=(0, 1),
    of="x",
    complex_step=False,
    tags=KERNEL,
    big=system_and_tolerance(1500, 1e-8),
)
def conjugate_gradients(A, b, x, tolerance):
    residual = b - A @ x
    direction = residual.copy()
    old = residual @ residual
    for _ in range(50):
        product = A @ direction
        step = old / (direction @ product)
        x += step * direction
        residual -= step * product
        new = residual @ residual
        if new < tolerance:
            break
        direction *= new / old
        direction += residual
        old = new


def tall_matrix(m, n):
    return lambda rng: (rng.uniform(-1, 1, (m, n)), np.zeros((m, n)), np.zeros((n, n)))


@program(tall_matrix(5, 3), wrt=0, of="Q", tags=KERNEL, big=tall_matrix(100, 60))
def gramschmidt(A, Q, R):
    for k in range(A.shape[1]):
        nrm = np.dot(A[:, k], A[:, k])
        R[k, k] = np.sqrt(nrm)
        Q[:, k] = A[:, k] / R[k, k]
        for j in range(k + 1, A.shape[1]):
            R[k, j] = np.dot(Q[:, k], A[:, j])
            A[:, j] -= Q[:, k] * R[k, j]


def one_vector(n):
    return lambda rng: (rng.uniform(-0.5, 0.5, n) / n, np.zeros(n))


@program(one_vector(6), wrt=0, of="y", tags=KERNEL, big=one_vector(600))
def durbin(r, y):
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha


def bands(n):
    return lambda rng: (*(rng.uniform(0.2, 0.6, n) for _ in range(3)), np.full(n, 2.5))


@program(bands(6), wrt=(0, 1, 2, 3), of="rhs", tags=KERNEL, big=bands(4000))
def thomas_solver(lower, upper, rhs, diagonal):
    n = rhs.shape[0]
    for i in range(1, n):
        factor = lower[i] / diagonal[i - 1]
        diagonal[i] -= factor * upper[i - 1]
        rhs[i] -= factor * rhs[i - 1]
    rhs[n - 1] /= diagonal[n - 1]
    for i in range(n - 2, -1, -1):
        rhs[i] = (rhs[i] - upper[i] * rhs[i + 1]) / diagonal[i]


@program(one_matrix(4), of="A", tags=KERNEL, big=one_matrix(150))
def gauss_jordan_inverse(A):
    for k in range(A.shape[0]):
        pivot = A[k, k]
        A[k, k] = 1.0
        A[k] /= pivot
        column = A[:, k].copy()
        column[k] = 0.0
        A[:, k] = 0.0
        A[k, k] = 1.0 / pivot
        A -= np.outer(column, A[k])
