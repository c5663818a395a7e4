"""The problems under PyTorch, run eagerly, in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.gradbench.det import minor

torch.set_num_threads(1)


def llsq(x, t):
    p = torch.zeros_like(t)
    for j in range(len(x) - 1, -1, -1):
        p = p * t + x[j]
    r = torch.sign(t) - p
    return 0.5 * (r @ r)


def lse(x):
    return torch.logsumexp(x, 0)


def slope(x, y):
    return torch.cat([x[:1], x[1:] * y[:-1]])


def ode(x, steps):
    h = 2.0 / steps
    y = torch.zeros_like(x)
    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x, y + h / 2 * k1)
        k3 = slope(x, y + h / 2 * k2)
        k4 = slope(x, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y[-1]


def gmm(alpha, mu, q, low, x, gamma, m, constant, rows, columns):
    n, d = x.shape
    factors = torch.zeros((len(alpha), d, d), dtype=x.dtype)
    factors[:, torch.arange(d), torch.arange(d)] = torch.exp(q)
    factors[:, rows, columns] = low
    sum_q = torch.sum(q, 1)
    scaled = (x[None, :, :] - mu[:, None, :]) @ factors.transpose(1, 2)
    inner = (alpha + sum_q)[:, None] - 0.5 * torch.sum(scaled * scaled, 2)
    prior = 0.5 * gamma**2 * (torch.sum(torch.exp(q) ** 2) + torch.sum(low**2)) - m * torch.sum(sum_q)
    return constant + torch.sum(torch.logsumexp(inner, 0)) - n * torch.logsumexp(alpha, 0) - prior


def kmeans(centres, points):
    distances = torch.sum(points * points, 1)[:, None] - 2.0 * points @ centres.T + torch.sum(centres * centres, 1)
    return torch.sum(torch.amin(distances, 1))


def newton_direction(centres, points):
    (g,) = torch.autograd.grad(kmeans(centres, points), centres, create_graph=True)
    return g.detach() / torch.autograd.grad(torch.sum(g), centres)[0]


def lstm(weights, biases, w_in, w_out, b_out, hidden, cells, text):
    h, c = list(hidden), list(cells)
    total = torch.zeros((), dtype=text.dtype)
    for t in range(len(text) - 1):
        x = text[t] * w_in
        for i in range(weights.shape[0]):
            w, b = weights[i], biases[i]
            forget = torch.sigmoid(x * w[0] + b[0])
            ingate = torch.sigmoid(h[i] * w[1] + b[1])
            outgate = torch.sigmoid(x * w[2] + b[2])
            c[i] = c[i] * forget + ingate * torch.tanh(h[i] * w[3] + b[3])
            h[i] = outgate * torch.tanh(c[i])
            x = h[i]
        y = x * w_out + b_out
        total = total + text[t + 1] @ (y - torch.log(torch.sum(torch.exp(y)) + 2.0))
    return -total / (len(text) - 1)


def residuals(cameras, points, weights, measured):
    rotation, centre = cameras[:, 0:3], cameras[:, 3:6]
    focal, principal, radial = cameras[:, 6:7], cameras[:, 7:9], cameras[:, 9:11]
    offset = points - centre
    angle = torch.sqrt(torch.sum(rotation * rotation, 1, keepdim=True))
    axis = rotation / angle
    cosine, sine = torch.cos(angle), torch.sin(angle)
    along = torch.sum(axis * offset, 1, keepdim=True) * (1.0 - cosine)
    rotated = offset * cosine + torch.linalg.cross(axis, offset) * sine + axis * along
    projected = rotated[:, 0:2] / rotated[:, 2:3]
    r2 = torch.sum(projected * projected, 1, keepdim=True)
    distorted = projected * (1.0 + radial[:, 0:1] * r2 + radial[:, 1:2] * r2 * r2)
    return weights[:, None] * (focal * distorted + principal - measured)


def blocks(cameras, points, weights, observed, measured):
    given = [a.detach().requires_grad_() for a in (cameras[observed[:, 0]], points[observed[:, 1]], weights)]
    r = residuals(*given, measured)
    rows = []
    for row in range(2):
        seed = torch.zeros_like(r)
        seed[:, row] = 1.0
        c, p, w = torch.autograd.grad(r, given, seed, retain_graph=row == 0)
        rows.append(torch.cat([c, p, w[:, None]], 1))
    return torch.stack(rows, 1), -2.0 * weights


def det(a):
    n = a.shape[0]
    return minor(a, n, n, [*range(1, n + 1), 0], [*range(1, n + 1), 0])


def potential(x, w):
    first = torch.sqrt((x[0] - 10.0) ** 2 + (x[1] - 10.0 + w) ** 2)
    second = torch.sqrt((x[0] - 10.0) ** 2 + x[1] ** 2)
    return 1.0 / first + 1.0 / second


BY_MODE = {"reverse": torch.func.grad, "forward": torch.func.jacfwd}


def particle(w, outer, inner):
    slope = BY_MODE[inner](potential)

    def crossing(w):
        x = torch.tensor([0.0, 8.0], dtype=torch.float64)
        v = torch.tensor([0.75, 0.0], dtype=torch.float64)
        while True:
            force = -slope(x, w)
            after = x + 0.1 * v
            if after[1] <= 0.0:
                break
            x = after
            v = v + 0.1 * force
        last = -x[1] / v[1]
        return (x[0] + last * v[0]) ** 2

    return BY_MODE[outer](crossing)(torch.tensor(w, dtype=torch.float64))


def gap(x, y):
    return x @ x - y @ y


def saddle(x, outer, inner):
    slope_of = BY_MODE[inner](gap, 1)

    def worst(x):
        y = torch.ones(2, dtype=torch.float64)
        for _ in range(30):
            slope = -slope_of(x, y)
            if slope @ slope < 1e-10:
                break
            step, now = 1.0, -gap(x, y)
            while -gap(x, y - step * slope) >= now and step > 1e-9:
                step *= 0.5
            y = y - step * slope
        return gap(x, y)

    return BY_MODE[outer](worst)(x)


def gradient(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        found = torch.autograd.grad(function(*arguments), arguments[:count])
        return found if count > 1 else found[0]

    return run


# what computes each derivative, and by how many of its arguments
DERIVATIVES: dict[str, tuple[Callable[..., Any], int]] = {
    "llsq": (gradient(llsq, 1), 1),
    "lse": (gradient(lse, 1), 1),
    "ode": (gradient(ode, 1), 1),
    "gmm": (gradient(gmm, 4), 4),
    "kmeans": (newton_direction, 1),
    "lstm": (gradient(lstm, 5), 5),
    "ba": (blocks, 3),
    "det": (gradient(det, 1), 1),
    "particle": (particle, 0),
    "saddle": (saddle, 0),
}


def derivative(name: str, arguments: tuple[Any, ...]) -> Callable[[], Any] | None:
    """What computes the derivative of a problem from tensors; None where there is no peer."""
    if name not in DERIVATIVES:
        return None
    run, count = DERIVATIVES[name]
    held = [torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in arguments]
    held = [a.clone().requires_grad_() if k < count else a for k, a in enumerate(held)]
    return lambda: run(*held)
