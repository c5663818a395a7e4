"""Kernels of the corpus as one must write them for JAX: stores as ``.at[].set``, loops as ``lax.fori_loop``.

Loops whose trips hang on one another stay loops, all that NumPy can do at once is done at once. Parts whose lengths hang on a
counter become masks, as shapes must be known while tracing, and inner loops run over all of a range: only those have
derivatives. Each function takes the arguments of the kernel and returns the array that the kernel's gradient is taken of.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import dynamic_slice, fori_loop

from tests.programs import Program

jax.config.update("jax_enable_x64", True)
Array = jax.Array


def trisolv(L: Array, b: Array, x: Array) -> Array:
    before = jnp.arange(x.shape[0])

    def body(i: Array, x: Array) -> Array:
        return x.at[i].set((b[i] - jnp.where(before < i, L[i] * x, 0.0).sum()) / L[i, i])

    return fori_loop(0, x.shape[0], body, x)


def thomas_solver(lower: Array, upper: Array, rhs: Array, diagonal: Array) -> Array:
    n = rhs.shape[0]

    def down(i: Array, both: tuple[Array, Array]) -> tuple[Array, Array]:
        diagonal, rhs = both
        factor = lower[i] / diagonal[i - 1]
        return diagonal.at[i].add(-factor * upper[i - 1]), rhs.at[i].add(-factor * rhs[i - 1])

    diagonal, rhs = fori_loop(1, n, down, (diagonal, rhs))
    rhs = rhs.at[n - 1].divide(diagonal[n - 1])

    def up(k: Array, rhs: Array) -> Array:
        i = n - 2 - k
        return rhs.at[i].set((rhs[i] - upper[i] * rhs[i + 1]) / diagonal[i])

    return fori_loop(0, n - 1, up, rhs)


def gauss_jordan_inverse(A: Array) -> Array:
    def body(k: Array, A: Array) -> Array:
        pivot = A[k, k]
        A = A.at[k, k].set(1.0)
        A = A.at[k].divide(pivot)
        column = A[:, k].at[k].set(0.0)
        A = A.at[:, k].set(0.0)
        A = A.at[k, k].set(1.0 / pivot)
        return A - jnp.outer(column, A[k])

    return fori_loop(0, A.shape[0], body, A)


def cholesky(A: Array) -> Array:
    n = A.shape[0]
    before = jnp.arange(n)

    def row(i: Array, A: Array) -> Array:
        def column(j: Array, A: Array) -> Array:
            new = (A[i, j] - jnp.where(before < j, A[i] * A[j], 0.0).sum()) / A[j, j]
            return A.at[i, j].set(jnp.where(j < i, new, A[i, j]))

        A = fori_loop(0, n, column, A)
        return A.at[i, i].set(jnp.sqrt(A[i, i] - jnp.where(before < i, A[i] * A[i], 0.0).sum()))

    return fori_loop(1, n, row, A.at[0, 0].set(jnp.sqrt(A[0, 0])))


def cholesky_by_columns(A: Array) -> Array:
    at = jnp.arange(A.shape[0])

    def body(k: Array, A: Array) -> Array:
        pivot = jnp.sqrt(A[k, k])
        column = jnp.where(at > k, A[:, k] / pivot, 0.0)
        A = A - jnp.outer(column, column)
        A = A.at[:, k].set(jnp.where(at > k, column, jnp.where(at == k, pivot, A[:, k])))
        return A.at[k].set(jnp.where(at > k, 0.0, A[k]))

    return fori_loop(0, A.shape[0], body, A)


def lu(A: Array) -> Array:
    n = A.shape[0]
    before = jnp.arange(n)

    def row(i: Array, A: Array) -> Array:
        def element(j: Array, A: Array) -> Array:
            new = A[i, j] - jnp.where(before < jnp.minimum(i, j), A[i] * A[:, j], 0.0).sum()
            return A.at[i, j].set(jnp.where(j < i, new / jnp.where(j < i, A[j, j], 1.0), new))

        return fori_loop(0, n, element, A)

    return fori_loop(0, n, row, A)


def jacobi_1d(TSTEPS: int, A: Array, B: Array) -> Array:
    def body(_: Array, both: tuple[Array, Array]) -> tuple[Array, Array]:
        A, B = both
        B = B.at[1:-1].set(0.33333 * (A[:-2] + A[1:-1] + A[2:]))
        return A.at[1:-1].set(0.33333 * (B[:-2] + B[1:-1] + B[2:])), B

    return fori_loop(1, TSTEPS, body, (A, B))[0]


def jacobi_2d(TSTEPS: int, A: Array, B: Array) -> Array:
    def sweep(new: Array, old: Array) -> Array:
        around = old[1:-1, :-2] + old[1:-1, 2:] + old[2:, 1:-1] + old[:-2, 1:-1]
        return new.at[1:-1, 1:-1].set(0.2 * (old[1:-1, 1:-1] + around))

    def body(_: Array, both: tuple[Array, Array]) -> tuple[Array, Array]:
        A, B = both
        B = sweep(B, A)
        return sweep(A, B), B

    return fori_loop(1, TSTEPS, body, (A, B))[0]


def heat_3d(TSTEPS: int, A: Array, B: Array) -> Array:
    def sweep(new: Array, old: Array) -> Array:
        inner = old[1:-1, 1:-1, 1:-1]
        return new.at[1:-1, 1:-1, 1:-1].set(
            0.125 * (old[2:, 1:-1, 1:-1] - 2.0 * inner + old[:-2, 1:-1, 1:-1])
            + 0.125 * (old[1:-1, 2:, 1:-1] - 2.0 * inner + old[1:-1, :-2, 1:-1])
            + 0.125 * (old[1:-1, 1:-1, 2:] - 2.0 * inner + old[1:-1, 1:-1, 0:-2])
            + inner
        )

    def body(_: Array, both: tuple[Array, Array]) -> tuple[Array, Array]:
        A, B = both
        B = sweep(B, A)
        return sweep(A, B), B

    return fori_loop(1, TSTEPS, body, (A, B))[0]


def seidel_2d(TSTEPS: int, A: Array) -> Array:
    n, m = A.shape

    def row(i: Array, A: Array) -> Array:
        above, own, below = A[i - 1], A[i], A[i + 1]
        own = own.at[1:-1].add(
            above[:-2] + above[1:-1] + above[2:] + own[2:] + below[:-2] + below[1:-1] + below[2:]
        )  # fmt: skip
        own = fori_loop(1, m - 1, lambda j, own: own.at[j].set((own[j] + own[j - 1]) / 9.0), own)
        return A.at[i].set(own)

    return fori_loop(0, TSTEPS - 1, lambda _, A: fori_loop(1, n - 1, row, A), A)


def fdtd_2d(ex: Array, ey: Array, hz: Array, _fict_: Array) -> Array:
    def body(t: Array, fields: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        ex, ey, hz = fields
        ey = ey.at[0, :].set(_fict_[t])
        ey = ey.at[1:, :].add(-0.5 * (hz[1:, :] - hz[:-1, :]))
        ex = ex.at[:, 1:].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        return ex, ey, hz.at[:-1, :-1].add(-0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]))

    return fori_loop(0, _fict_.shape[0], body, (ex, ey, hz))[2]


def conv2d(image: Array, weights: Array, output: Array) -> Array:
    n, _, _, channels = image.shape
    K = weights.shape[0]

    def row(i: Array, output: Array) -> Array:
        def column(j: Array, output: Array) -> Array:
            part = dynamic_slice(image, (0, i, j, 0), (n, K, K, channels))
            return output.at[:, i, j, :].set(jnp.sum(part[..., None] * weights[None], axis=(1, 2, 3)))

        return fori_loop(0, output.shape[2], column, output)

    return fori_loop(0, output.shape[1], row, output)


def lax_wendroff(steps: int, c: Array, q: Array) -> Array:
    def body(_: Array, q: Array) -> Array:
        flux = 0.5 * c * (q[:-1] + q[1:] + c * (q[:-1] - q[1:]))
        q = q.at[1:-1].add(flux[:-1] - flux[1:])
        q = q.at[0].set(q[-2])
        return q.at[-1].set(q[1])

    return fori_loop(0, steps, body, q)


def gramschmidt(A: Array, Q: Array, R: Array) -> Array:
    n = A.shape[1]

    def outer(k: Array, both: tuple[Array, Array]) -> tuple[Array, Array]:
        A, Q = both
        own = A[:, k] / jnp.sqrt(jnp.dot(A[:, k], A[:, k]))

        def inner(j: Array, A: Array) -> Array:
            return A.at[:, j].add(jnp.where(j > k, -own * jnp.dot(own, A[:, j]), 0.0))

        return fori_loop(0, n, inner, A), Q.at[:, k].set(own)

    return fori_loop(0, n, outer, (A, Q))[1]


def durbin(r: Array, y: Array) -> Array:
    n = r.shape[0]
    at = jnp.arange(n)

    def body(k: Array, state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        y, alpha, beta = state
        beta = beta * (1.0 - alpha * alpha)
        backwards = jnp.where(at < k, k - 1 - at, 0)
        alpha = -(r[k] + jnp.where(at < k, r[backwards] * y, 0.0).sum()) / beta
        y = y + jnp.where(at < k, alpha * y[backwards], 0.0)
        return y.at[k].set(alpha), alpha, beta

    return fori_loop(1, n, body, (y.at[0].set(-r[0]), -r[0], 1.0))[0]


def trmm(alpha: Array, A: Array, B: Array) -> Array:
    at = jnp.arange(B.shape[0])

    def row(i: Array, B: Array) -> Array:
        return B.at[i].add(jnp.where(at > i, A[:, i], 0.0) @ B)

    return alpha * fori_loop(0, B.shape[0], row, B)


def atax(A: Array, x: Array, y: Array) -> Array:
    return fori_loop(0, A.shape[0], lambda i, y: y + A[i] * (A[i] @ x), y)


WRITTEN: tuple[Callable[..., Array], ...] = (
    trisolv, thomas_solver, gauss_jordan_inverse, cholesky, cholesky_by_columns, lu, jacobi_1d, jacobi_2d, heat_3d, seidel_2d,
    fdtd_2d, conv2d, lax_wendroff, gramschmidt, durbin, trmm, atax,
)  # fmt: skip
KERNELS = {f.__name__: f for f in WRITTEN}


def derivative(entry: Program, arguments: tuple[Any, ...]) -> Callable[[], tuple[np.ndarray, ...]]:
    """A call of ``jit(grad)`` of a kernel that waits for its result.

    Args:
        entry: the kernel.
        arguments: its arguments; numbers that count are constants, others are traced.
    """
    kernel = KERNELS[entry.name]
    fixed = {k: a for k, a in enumerate(arguments) if type(a) is int}
    wrt = entry.wrt if isinstance(entry.wrt, tuple) else (entry.wrt,)
    traced = [k for k in range(len(arguments)) if k not in fixed]

    def total(*given: Any) -> Array:
        every = {**fixed, **dict(zip(traced, given, strict=True))}
        return kernel(*(every[k] for k in range(len(arguments)))).sum()

    compiled = jax.jit(jax.grad(total, argnums=tuple(traced.index(k) for k in wrt)))
    given = [jnp.asarray(arguments[k]) for k in traced]
    return partial(_waited, compiled, given)


def _waited(compiled: Callable[..., Any], given: list[Array]) -> tuple[np.ndarray, ...]:
    return jax.block_until_ready(compiled(*given))
