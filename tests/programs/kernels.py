"""PolyBench-style kernels on vectors and matrices, and a few from particle and sparse codes."""

import numpy as np

from . import program

KERNEL = ("kernel",)


def normal(rng, *shape):
    return rng.standard_normal(shape)


def gemm_data(ni, nj, nk):
    return lambda rng: (1.5, 1.2, normal(rng, ni, nj), normal(rng, ni, nk), normal(rng, nk, nj))


@program(gemm_data(3, 4, 5), wrt=(0, 1, 2, 3, 4), of="C", tags=KERNEL, big=gemm_data(400, 450, 500))
def gemm(alpha, beta, C, A, B):
    C[:] = alpha * A @ B + beta * C


def gemver_data(n):
    return lambda rng: (1.5, 1.2, normal(rng, n, n), *(normal(rng, n) for _ in range(8)))


@program(gemver_data(4), wrt=tuple(range(11)), of="w", tags=KERNEL, big=gemver_data(800))
def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x


def gesummv_data(n):
    return lambda rng: (1.5, 1.2, normal(rng, n, n), normal(rng, n, n), normal(rng, n), np.zeros(n))


@program(gesummv_data(4), wrt=(0, 1, 2, 3, 4), of="y", tags=KERNEL, big=gesummv_data(1200))
def gesummv(alpha, beta, A, B, x, y):
    y[:] = alpha * A @ x + beta * B @ x


def atax_data(n):
    return lambda rng: (normal(rng, n, n), normal(rng, n), np.zeros(n))


@program(atax_data(4), wrt=(0, 1), of="y", tags=KERNEL, big=atax_data(1000))
def atax(A, x, y):
    for i in range(A.shape[0]):
        tmp = A[i] @ x
        y += A[i] * tmp


def bicg_data(m, n):
    return lambda rng: (
        normal(rng, n, m),
        normal(rng, m),
        normal(rng, n),
        np.zeros(m),
        np.zeros(n),
    )


@program(bicg_data(3, 4), wrt=(0, 1, 2), of="s", tags=KERNEL, big=bicg_data(900, 1000))
def bicg(A, p, r, s, q):
    for i in range(A.shape[0]):
        s += r[i] * A[i]
        q[i] = np.dot(A[i], p)
        s[0] += q[i] * q[i]


def mvt_data(n):
    return lambda rng: (*(normal(rng, n) for _ in range(4)), normal(rng, n, n))


@program(mvt_data(5), wrt=(0, 1, 2, 3, 4), of="x2", tags=KERNEL, big=mvt_data(2000))
def mvt(x1, x2, y_1, y_2, A):
    x1 += A @ y_1
    x2 += y_2 @ A * x1


def symm_data(m, n):
    return lambda rng: (1.5, 1.2, normal(rng, m, n), normal(rng, m, m), normal(rng, m, n))


@program(symm_data(4, 3), wrt=(0, 1, 2, 3, 4), of="C", tags=KERNEL, big=symm_data(40, 50))
def symm(alpha, beta, C, A, B):
    temp2 = np.empty((C.shape[1],), dtype=C.dtype)
    C *= beta
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            C[:i, j] += alpha * B[i, j] * A[i, :i]
            temp2[j] = B[:i, j] @ A[i, :i]
        C[i, :] += alpha * B[i, :] * A[i, i] + alpha * temp2


def syrk_data(n, m):
    return lambda rng: (1.5, 1.2, normal(rng, n, n), normal(rng, n, m))


@program(syrk_data(4, 3), wrt=(0, 1, 2, 3), of="C", tags=KERNEL, big=syrk_data(60, 40))
def syrk(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += alpha * A[i, k] * A[: i + 1, k]


def syr2k_data(n, m):
    return lambda rng: (1.5, 1.2, normal(rng, n, n), normal(rng, n, m), normal(rng, n, m))


@program(syr2k_data(4, 3), wrt=(0, 1, 2, 3, 4), of="C", tags=KERNEL, big=syr2k_data(50, 30))
def syr2k(alpha, beta, C, A, B):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += A[: i + 1, k] * alpha * B[i, k] + B[: i + 1, k] * alpha * A[i, k]


def trmm_data(m, n):
    return lambda rng: (1.5, normal(rng, m, m), normal(rng, m, n))


@program(trmm_data(4, 3), wrt=(0, 1, 2), of="B", tags=KERNEL, big=trmm_data(50, 60))
def trmm(alpha, A, B):
    for i in range(B.shape[0]):
        for j in range(B.shape[1]):
            B[i, j] += np.dot(A[i + 1 :, i], B[i + 1 :, j])
    B *= alpha


def two_mm_data(n):
    return lambda rng: (1.5, 1.2, *(normal(rng, n, n) for _ in range(4)))


@program(two_mm_data(4), wrt=(0, 1, 2, 3, 4, 5), of="D", tags=KERNEL, big=two_mm_data(350))
def two_mm(alpha, beta, A, B, C, D):
    D[:] = alpha * A @ B @ C + beta * D


def doitgen_data(nr, nq, n):
    return lambda rng: (normal(rng, nr, nq, n), normal(rng, n, n))


@program(doitgen_data(2, 3, 4), wrt=(0, 1), of="A", tags=KERNEL, big=doitgen_data(40, 30, 60))
def doitgen(A, C4):
    total = np.empty_like(A[0, 0])
    for r in range(A.shape[0]):
        for q in range(A.shape[1]):
            total[:] = A[r, q, :] @ C4
            A[r, q, :] = total


def points(n, m):
    return lambda rng: (normal(rng, n, m), np.zeros((m, m)))


@program(points(6, 4), wrt=0, of="cov", tags=KERNEL, big=points(600, 250))
def covariance(data, cov):
    mean = np.mean(data, axis=0)
    data -= mean
    for i in range(data.shape[1]):
        cov[i:, i] = cov[i, i:] = data[:, i] @ data[:, i:] / (data.shape[0] - 1.0)


@program(points(6, 4), wrt=0, of="corr", complex_step=False, tags=KERNEL, big=points(600, 250))
def correlation(data, corr):
    n, m = data.shape
    mean = np.mean(data, axis=0)
    stddev = np.std(data, axis=0)
    stddev[stddev <= 0.1] = 1.0
    data -= mean
    data /= np.sqrt(n) * stddev
    corr[...] = np.eye(m)
    for i in range(m - 1):
        corr[i + 1 :, i] = corr[i, i + 1 :] = data[:, i] @ data[:, i + 1 :]


def path_data(n):
    return lambda rng: (rng.uniform(0.1, 2.0, (n, n)), 0.3)


def soft_minimum(a, b, temperature):
    low = np.minimum(a, b)
    gap = np.exp(-np.abs(a - b) / temperature)
    return low - temperature * np.log1p(gap)


@program(path_data(4), wrt=(0, 1), of="path", complex_step=False, tags=KERNEL, big=path_data(60))
def floyd_warshall(path, temperature):
    for k in range(path.shape[0]):
        through = np.add.outer(path[:, k], path[k, :])
        path[:] = soft_minimum(path, through, temperature)


def sparse_data(n, per_row):
    def make(rng):
        counts = rng.integers(0, 2 * per_row, n)
        rows = np.concatenate([[0], np.cumsum(counts)])
        columns = rng.integers(0, n, rows[-1])
        return rows, columns, normal(rng, rows[-1]), normal(rng, n), np.zeros(n)

    return make


@program(sparse_data(6, 3), wrt=(2, 3), of="y", tags=KERNEL, big=sparse_data(1500, 20))
def spmv(A_row, A_col, A_val, x, y):
    for i in range(A_row.size - 1):
        cols = A_col[A_row[i] : A_row[i + 1]]
        vals = A_val[A_row[i] : A_row[i + 1]]
        y[i] = vals @ x[cols]


@program(sparse_data(6, 3), wrt=(2, 3), of="y", tags=KERNEL, big=sparse_data(500, 10))
def spmv_transposed(A_row, A_col, A_val, x, y):
    for i in range(x.shape[0]):
        for k in range(A_row[i], A_row[i + 1]):
            y[A_col[k]] += A_val[k] * x[i]


def bodies(n, steps):
    def make(rng):
        mass = rng.uniform(0.5, 1.5, (n, 1)) / n
        position, velocity = normal(rng, n, 3), 0.3 * normal(rng, n, 3)
        return mass, position, velocity, 0.02, np.zeros(steps + 1), np.zeros(steps + 1)

    return make


def separations(pos):
    x, y, z = pos[:, 0:1], pos[:, 1:2], pos[:, 2:3]
    return x.T - x, y.T - y, z.T - z


def acceleration(pos, mass, softening):
    dx, dy, dz = separations(pos)
    inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
    inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0] ** (-1.5)
    return np.hstack(((dx * inv_r3) @ mass, (dy * inv_r3) @ mass, (dz * inv_r3) @ mass))


def potential_energy(pos, mass):
    dx, dy, dz = separations(pos)
    inv_r = dx**2 + dy**2 + dz**2
    inv_r[inv_r > 0] = 1.0 / np.sqrt(inv_r[inv_r > 0])
    return np.sum(np.sum(np.triu(-(mass * mass.T) * inv_r, 1)))


@program(bodies(5, 3), wrt=(0, 1, 2, 3), of="PE", complex_step=False, tags=KERNEL, big=bodies(60, 20))
def nbody(mass, pos, vel, dt, KE, PE):
    vel -= np.mean(mass * vel, axis=0) / np.mean(mass)
    acc = acceleration(pos, mass, 0.1)
    KE[0] = 0.5 * np.sum(mass * vel**2)
    PE[0] = potential_energy(pos, mass)
    for i in range(KE.shape[0] - 1):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc[:] = acceleration(pos, mass, 0.1)
        vel += acc * dt / 2.0
        KE[i + 1] = 0.5 * np.sum(mass * vel**2)
        PE[i + 1] = potential_energy(pos, mass)
