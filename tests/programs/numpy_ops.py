"""NumPy functions and methods: one program per family of rules."""

import numpy as np

from . import program


def matrix(rng):
    return (rng.uniform(0.5, 1.5, (3, 4)),)


def square(rng):
    return (rng.uniform(-1, 1, (4, 4)) + 3 * np.eye(4),)


def matrix_and_vector(rng):
    return rng.uniform(0.5, 1.5, (3, 4)), rng.uniform(0.5, 1.5, 4)


def cube_and_matrix(rng):
    return rng.uniform(0.5, 1.5, (2, 3, 4)), rng.uniform(0.5, 1.5, (4, 3))


@program(matrix)
def elementwise_functions(x):
    a = np.exp(-x) * np.log(x) + np.sin(x) / np.cos(0.5 * x) - np.tan(x - 1)
    b = np.sqrt(x) + np.square(x) * np.reciprocal(x) + np.power(x, 1.5) - np.positive(x)
    c = np.sinh(x) * np.tanh(x) + np.cosh(x) - np.log1p(x) * np.expm1(x)
    d = np.arcsin(0.5 * x) + np.arctan(x) * np.arcsinh(x) + np.arccosh(1 + x)
    return a * b + c / d + np.negative(np.log2(x)) * np.log10(x) + np.exp2(x)


@program(matrix_and_vector, wrt=(0, 1), complex_step=False)
def elementwise_of_two(x, y):
    a = np.arctan2(x, y) * np.hypot(x, y) + np.logaddexp(x, -y)
    b = np.maximum(x, y) - np.minimum(x, 1.0) * np.fmax(y, x)
    c = np.fmod(5 * x, 0.7) + np.remainder(-x, y) + np.copysign(x, -y) + x // 0.3
    d = np.abs(x - y) * np.sign(x - y) + np.float_power(x, y) + np.floor(x) + np.deg2rad(y)
    return a * b + c * d + np.cbrt(x) * np.heaviside(x - y, 0.5)


@program(matrix_and_vector, wrt=(0, 1))
def broadcasting(a, v):
    column = a[:, :1]
    b = v * column + a * 2 + 1 / v[None, :]
    c = (column - v) ** 2 * a[0, 0]
    return b**v + c / (column.T[0, 1] + a) - v[1] * np.ones((2, 3, 1))


@program(matrix)
def sums_and_means(a):
    b = a.sum(axis=0) * np.mean(a, axis=-2, keepdims=True)
    c = np.sum(a * a, axis=(0, 1)) + a.mean() * a.sum(axis=1, keepdims=True)
    return c - b * np.sum(a[:, 1]) + np.average(a, axis=0, weights=[0.2, 0.3, 0.5])


@program(matrix)
def products_and_cumulations(a):
    b = np.cumsum(a, axis=0) * a.cumsum(axis=1) + np.prod(a, axis=0)
    c = np.cumprod(a, axis=1) - a.prod() / a[:, :2].prod(axis=1, keepdims=True)
    return b * c + np.cumsum(a)[::4][:, None] + np.diff(a, axis=0)[0]


@program(matrix, complex_step=False)
def extremes_and_spread(a):
    low, high = a.min(axis=0), np.max(a, axis=1, keepdims=True)
    spread = np.var(a, axis=0) + a.std(axis=1, ddof=1, keepdims=True)
    scaled = (a - low) / (high - low.min() + 1) + np.ptp(a) * np.median(a[0])
    return scaled * spread + a.var() * np.std(a, axis=(0, 1)) - np.sort(a, axis=1) * a


@program(matrix, complex_step=False)
def softmax_and_logsumexp(a):
    top = np.max(a, axis=1, keepdims=True)
    weights = np.exp(a - top)
    total = weights.sum(axis=1, keepdims=True)
    return weights / total * (top + np.log(total))


@program(cube_and_matrix, wrt=(0, 1))
def matrix_products(a, b):
    stacked = a @ b
    c = np.dot(b, a[0]) + np.matmul(a[1].T, b.T)
    d = b[0].dot(stacked[1]) * np.dot(a, b[:, 0])[0]
    return stacked @ d + c[0, :3] @ stacked[0].T * np.dot(b[1], b[2])


@program(cube_and_matrix, wrt=(0, 1))
def tensor_products(a, b):
    c = np.tensordot(a, b, axes=([2, 1], [0, 1]))
    d = np.tensordot(a, b, axes=1)
    e = np.outer(c, a[0, 1]) + np.kron(c, b[:2, 0])
    return np.inner(d, b)[:, :, 0] + np.trace(d[0]) * e[:, :3] * np.multiply.outer(c, b[0])


@program(cube_and_matrix, wrt=(0, 1))
def einsum_forms(a, b):
    c = np.einsum("ijk,kj->i", a, b)
    d = np.einsum("ijk,kl->jl", a, b)
    e = np.einsum("ii", d) * np.einsum("ij->ji", d) + np.einsum("i,j->ij", d[0], b[1])
    return np.einsum("...k,kj->...j", a, b) * e + np.einsum("i,ijk,kj,i->", c, a, b, c)


@program(matrix_and_vector, wrt=(0, 1))
def joining_arrays(a, v):
    b = np.concatenate([a, v[None, :], a[::-1] * 2], axis=0)
    c = np.stack([v, a[0], v * v], axis=1)
    d = np.vstack([a, v]) * np.hstack([c, c[:, :1]])
    e = np.column_stack((v, a.T)) + np.concatenate((c, c[:, 1:2]), axis=-1)
    return b[:4] * d - e + np.append(v, 1.0)[1:] + np.array([v[0], 2.0, a[1, 1] ** 2, v[3]])


@program(cube_and_matrix, wrt=(0, 1))
def reshaping_values(a, b):
    c = a.reshape(2, 12).T + a.transpose(1, 2, 0).reshape((-1, 2))
    d = np.transpose(a)[1:, :, 0].ravel() * np.squeeze(a[:, :1], axis=1).flatten()[-1]
    e = np.expand_dims(b, (0, 2)).swapaxes(0, 1)[:, 0, 0] * np.moveaxis(a, 0, 1)[0, 0, :, None]
    return c[:9, 0] * d + np.reshape(e, -1)[3:] + np.broadcast_to(b[0, 0], 9)


@program(matrix)
def rearranging_values(a):
    b = np.flip(a) + np.flip(a, axis=1) * np.fliplr(a) + np.roll(a, 1) * np.roll(a, -2, axis=0)
    c = np.repeat(a, 2, axis=0)[1:4] * np.repeat(a[:, 0], [1, 0, 2])[:, None]
    d = np.tile(a[0], 3).reshape(3, 4) + np.tile(a, (2, 2))[2:5, 3:7]
    return b * c + d + np.rot90(a)[0, 0] * np.pad(a[:, 1:3], ((0, 0), (1, 1)))


@program(matrix)
def triangles_and_diagonals(a):
    b = a @ a.T
    c = np.tril(b) * np.triu(b, 1).T + np.diag(b) * np.diag(a[:, 1])
    return c + np.diag(a, 1)[:, None] * np.eye(3) + np.diagonal(a, 1)


@program(matrix, complex_step=False)
def selecting_values(a):
    b = np.where(a > 1, a * a, np.where(a < 0.8, -a, 0.5))
    c = np.clip(a, 0.7, a[0, 0] + 0.3) * np.clip(a, None, 1.1).clip(0.9, None)
    d = np.maximum(0.0, a - 1) + np.select([a > 1.2, a > 0.9], [a, a**2], default=0.1)
    return b + c * d + np.where([True, False, True, False], a, a.mean()) * np.max(b)


@program(matrix)
def constructors(a):
    n, m = a.shape
    b = np.zeros_like(a) + np.ones((n, 1)) * np.arange(m) / a.size
    b[:, 1] = np.linspace(0.0, 1.0, n) * a[:, 0]
    b += np.full_like(a, 0.5) + np.eye(n, m) * a
    c = np.full(m, a[1, 1]) * np.arange(0.5, 2.5, 0.5) + np.ones(m)
    grid, _ = np.meshgrid(a[0], np.arange(n))
    return b * c * np.identity(len(c))[2] + grid * a[-1] + np.full((n, m), 2.0)


@program(lambda rng: (0.5, 2.0), wrt=(0, 1), complex_step=False)
def grids_from_active_ends(low, high):
    points = np.linspace(low, high, 7)
    even = np.arange(4) * (high - low) + low
    return np.trapezoid(np.sin(points) * points, points) + np.interp(1.1, even, even**2)


@program(square)
def solving_linear_systems(a):
    x = np.linalg.solve(a, a[0] ** 2)
    y = np.linalg.solve(a.T, a[:, :2])
    inverse = np.linalg.inv(a)
    return inverse @ y * np.linalg.det(a) + (x @ inverse)[:, None]


@program(square, complex_step=False)
def factoring_and_norms(a):
    spd = a @ a.T + np.eye(4)
    lower = np.linalg.cholesky(spd)
    sign, logdet = np.linalg.slogdet(a)
    norms = np.linalg.norm(a) + np.linalg.norm(a, axis=1, keepdims=True) + np.linalg.norm(a, 1)
    return lower * norms * sign + logdet * np.linalg.norm(a[0], ord=3) + np.vdot(a, spd)


@program(matrix)
def array_methods(a):
    b = a.copy().astype(np.float64 if a.dtype == float else a.dtype)
    b[0] = a.T.ravel()[:4].reshape(4) * a.item(5)
    c = b.sum(0) * b.mean(axis=0) + b.prod(axis=0) - b.cumsum(axis=0)[1]
    d = a.take([0, 5, 5, 11]) * a.flatten()[::3].repeat(2)[2:6] + a.trace()
    return c * d.squeeze() + a.dot(c)[0] * a.shape[0] / a.ndim + len(a) * a.size


@program(matrix, tags=("complex",), complex_step=False)
def complex_inside(a):
    z = a + 1j * a[::-1]
    w = z * np.conj(z[0]) + np.exp(1j * a)
    return (w * w.conj()).real + w.imag * np.abs(z) + np.angle(z)


@program(matrix, tags=("ufunc-method",))
def ufunc_methods(a):
    b = np.add.reduce(a, axis=0) * np.multiply.accumulate(a, axis=1)
    return b + np.add.accumulate(a[0]) + np.subtract.outer(a[:, 0], a[1])


@program(square)
def power_iteration(a):
    x = np.ones(len(a)) / len(a)
    for _ in range(5):
        y = a.T @ (a @ x)
        scale = np.sqrt(y @ y)
        x = y / scale
    return scale, x
