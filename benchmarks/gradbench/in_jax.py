"""The problems under JAX: loops as `lax.scan`, derivatives under `jit`, in double precision."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

jax.config.update("jax_enable_x64", True)


def llsq(x, t):
    p = jax.lax.fori_loop(0, len(x), lambda k, p: p * t + x[len(x) - 1 - k], jnp.zeros_like(t))
    r = jnp.sign(t) - p
    return 0.5 * (r @ r)


def lse(x):
    a = jnp.max(x)
    return a + jnp.log(jnp.sum(jnp.exp(x - a)))


def slope(x, y):
    return jnp.concatenate([x[:1], x[1:] * y[:-1]])


def ode(x, steps):
    h = 2.0 / steps

    def step(y, _):
        k1 = slope(x, y)
        k2 = slope(x, y + h / 2 * k1)
        k3 = slope(x, y + h / 2 * k2)
        k4 = slope(x, y + h * k3)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), None

    return jax.lax.scan(step, jnp.zeros_like(x), None, length=steps)[0][-1]


def gmm(alpha, mu, q, low, x, gamma, m, constant, rows, columns):
    n, d = x.shape
    k = len(alpha)
    factors = jnp.zeros((k, d, d)).at[:, jnp.arange(d), jnp.arange(d)].set(jnp.exp(q))
    factors = factors.at[:, rows, columns].set(low)
    sum_q = jnp.sum(q, axis=1)
    scaled = (x[None, :, :] - mu[:, None, :]) @ jnp.swapaxes(factors, 1, 2)
    inner = (alpha + sum_q)[:, None] - 0.5 * jnp.sum(scaled * scaled, axis=2)
    prior = 0.5 * gamma**2 * (jnp.sum(jnp.exp(q) ** 2) + jnp.sum(low**2)) - m * jnp.sum(sum_q)
    logsumexp = jax.scipy.special.logsumexp
    return constant + jnp.sum(logsumexp(inner, axis=0)) - n * logsumexp(alpha) - prior


def kmeans(centres, points):
    distances = (
        jnp.sum(points * points, axis=1)[:, None] - 2.0 * points @ centres.T + jnp.sum(centres * centres, axis=1)
    )
    return jnp.sum(jnp.min(distances, axis=1))


def newton_direction(centres, points):
    gradient = functools.partial(jax.grad(kmeans), points=points)
    g, diagonal = jax.jvp(gradient, (centres,), (jnp.ones_like(centres),))
    return g / diagonal


def lstm(weights, biases, w_in, w_out, b_out, hidden, cells, text):
    def step(state, pair):
        h, c = state
        now, following = pair
        x = now * w_in
        new_h, new_c = [], []
        for i in range(weights.shape[0]):
            w, b = weights[i], biases[i]
            forget = jax.nn.sigmoid(x * w[0] + b[0])
            ingate = jax.nn.sigmoid(h[i] * w[1] + b[1])
            outgate = jax.nn.sigmoid(x * w[2] + b[2])
            new_c.append(c[i] * forget + ingate * jnp.tanh(h[i] * w[3] + b[3]))
            new_h.append(outgate * jnp.tanh(new_c[-1]))
            x = new_h[-1]
        y = x * w_out + b_out
        return (jnp.stack(new_h), jnp.stack(new_c)), following @ (y - jnp.log(jnp.sum(jnp.exp(y)) + 2.0))

    losses = jax.lax.scan(step, (hidden, cells), (text[:-1], text[1:]))[1]
    return -jnp.sum(losses) / (len(text) - 1)


def residual(camera, point, weight, measured):
    rotation, centre, focal, principal, radial = camera[0:3], camera[3:6], camera[6], camera[7:9], camera[9:11]
    offset = point - centre
    angle = jnp.sqrt(jnp.sum(rotation * rotation))
    axis = rotation / angle
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    rotated = offset * cosine + jnp.cross(axis, offset) * sine + axis * (axis @ offset) * (1.0 - cosine)
    projected = rotated[:2] / rotated[2]
    r2 = projected @ projected
    return weight * (focal * projected * (1.0 + radial[0] * r2 + radial[1] * r2 * r2) + principal - measured)


def blocks(cameras, points, weights, observed, measured):
    rows = jax.vmap(jax.jacrev(residual, (0, 1, 2)))(cameras[observed[:, 0]], points[observed[:, 1]], weights, measured)
    return jnp.concatenate([rows[0], rows[1], rows[2][:, :, None]], axis=2), -2.0 * weights


def minor(a, rows, columns):
    if len(rows) == 1:
        return a[rows[0], columns[0]]
    rest = [minor(a, rows[1:], columns[:k] + columns[k + 1 :]) for k in range(len(columns))]
    return sum((-1.0) ** k * a[rows[0], c] * rest[k] for k, c in enumerate(columns))


def det(a):
    """The expansion written out while it is traced."""
    return minor(a, tuple(range(len(a))), tuple(range(len(a))))


def potential(x, w):
    first = jnp.sqrt((x[0] - 10.0) ** 2 + (x[1] - 10.0 + w) ** 2)
    second = jnp.sqrt((x[0] - 10.0) ** 2 + x[1] ** 2)
    return 1.0 / first + 1.0 / second


BY_MODE = {"reverse": jax.grad, "forward": jax.jacfwd}
MOST_STEPS = 400  # reverse mode needs loops of known length, the rest of which does nothing


@functools.partial(jax.jit, static_argnums=(1, 2))
def particle(w, outer, inner):
    slope = BY_MODE[inner](potential)

    def moved(w, x, v):
        return x + 0.1 * v, v - 0.1 * slope(x, w)

    def crossing(w):
        start = jnp.array([0.0, 8.0]), jnp.array([0.75, 0.0])
        if outer == "forward":
            x, v = jax.lax.while_loop(lambda xv: (xv[0] + 0.1 * xv[1])[1] > 0.0, lambda xv: moved(w, *xv), start)
        else:

            def step(xv, _):
                following = moved(w, *xv)
                return tuple(jnp.where(following[0][1] > 0.0, b, a) for a, b in zip(xv, following)), None

            (x, v), _ = jax.lax.scan(step, start, None, length=MOST_STEPS)
        last = -x[1] / v[1]
        return (x[0] + last * v[0]) ** 2

    return BY_MODE[outer](crossing)(w)


def gap(x, y):
    return x @ x - y @ y


@functools.partial(jax.jit, static_argnums=(1, 2))
def saddle(x, outer, inner):
    slope_of = BY_MODE[inner](gap, 1)

    def shorter(x, y, slope):
        """The length of a step that helps, which has no derivative."""
        x, y, slope = map(jax.lax.stop_gradient, (x, y, slope))
        helps = lambda step: (-gap(x, y - step * slope) < -gap(x, y)) | (step <= 1e-9)
        return jax.lax.while_loop(lambda step: ~helps(step), lambda step: 0.5 * step, 1.0)

    def worst(x):
        def step(y, _):
            slope = -slope_of(x, y)
            return jnp.where(slope @ slope < 1e-10, y, y - shorter(x, y, slope) * slope), None

        return gap(x, jax.lax.scan(step, jnp.ones(2), None, length=30)[0])

    return BY_MODE[outer](worst)(x)


DERIVATIVES: dict[str, Callable[..., Any]] = {
    "llsq": jax.jit(jax.grad(llsq)),
    "lse": jax.jit(jax.grad(lse)),
    "ode": jax.jit(jax.grad(ode), static_argnums=1),
    "gmm": jax.jit(jax.grad(gmm, (0, 1, 2, 3))),
    "kmeans": jax.jit(newton_direction),
    "lstm": jax.jit(jax.grad(lstm, (0, 1, 2, 3, 4))),
    "ba": jax.jit(blocks),
    "det": jax.jit(jax.grad(det)),
    "particle": particle,
    "saddle": saddle,
}


def derivative(name: str, arguments: tuple[Any, ...]) -> Callable[[], Any] | None:
    """What computes the derivative of a problem from arrays that JAX holds already; None where there is no peer."""
    if name not in DERIVATIVES or (name == "det" and len(arguments[0]) > 6):  # written out it takes minutes to compile
        return None
    held = tuple(jnp.asarray(a) if isinstance(a, np.ndarray) else a for a in arguments)
    return lambda: jax.block_until_ready(DERIVATIVES[name](*held))
