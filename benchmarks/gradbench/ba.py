"""Bundle adjustment: residuals of observations by cameras of points, and their sparse Jacobian (ADBench).

A residual depends on one camera (11 numbers), one point (3) and one weight: a row of the Jacobian has 15 elements that are not
zero. Two pullbacks give them all.
"""

from __future__ import annotations

import numpy as np

import adjoint_compiler as ac
from benchmarks.gradbench import Problem


def residuals(cameras, points, weights, measured):
    """Residuals of observations, given the camera, the point and the weight of each: (observations, 2)."""
    rotation, centre = cameras[:, 0:3], cameras[:, 3:6]
    focal, principal, radial = cameras[:, 6:7], cameras[:, 7:9], cameras[:, 9:11]
    offset = points - centre
    square = np.sum(rotation * rotation, axis=1, keepdims=True)
    angle = np.sqrt(square)
    axis = rotation / angle
    cosine, sine = np.cos(angle), np.sin(angle)
    along = np.sum(axis * offset, axis=1, keepdims=True) * (1.0 - cosine)
    rotated = offset * cosine + np.cross(axis, offset) * sine + axis * along
    projected = rotated[:, 0:2] / rotated[:, 2:3]
    r2 = np.sum(projected * projected, axis=1, keepdims=True)
    distorted = projected * (1.0 + radial[:, 0:1] * r2 + radial[:, 1:2] * r2 * r2)
    return weights[:, None] * (focal * distorted + principal - measured)


def jacobian(cameras, points, weights, observed, measured):
    """The 2 x 15 blocks of the Jacobian, and the derivative of 1 - w^2 per weight."""
    given = cameras[observed[:, 0]], points[observed[:, 1]], weights
    _, pullback = ac.vjp(residuals, *given, measured)
    n = len(observed)
    blocks = np.empty((n, 2, 15))
    for row in range(2):
        seed = np.zeros((n, 2))
        seed[:, row] = 1.0
        camera_bar, point_bar, weight_bar, _ = pullback(seed)
        blocks[:, row, :11], blocks[:, row, 11:14], blocks[:, row, 14] = camera_bar, point_bar, weight_bar
    return blocks, -2.0 * weights


def objective(cameras, points, weights, observed, measured):
    """All residuals: the errors, and 1 - w^2."""
    return residuals(cameras[observed[:, 0]], points[observed[:, 1]], weights, measured), 1.0 - weights**2


def problem(cameras: int, points: int, observations: int) -> Problem:
    rng = np.random.default_rng(0)
    camera = np.concatenate(
        [0.1 * rng.standard_normal((cameras, 3)), rng.standard_normal((cameras, 3)), 500 + rng.random((cameras, 1)),
         rng.standard_normal((cameras, 2)), 0.01 * rng.standard_normal((cameras, 2))], axis=1,
    )  # fmt: skip
    point = rng.standard_normal((points, 3)) + np.array([0.0, 0.0, 10.0])
    observed = np.stack([rng.integers(0, cameras, observations), rng.integers(0, points, observations)], axis=1)
    arguments = (camera, point, rng.random(observations), observed, rng.standard_normal((observations, 2)))
    return Problem("ba", f"{cameras} {points} {observations}", objective, jacobian, arguments)


SIZES = [(49, 7776, 31_843)]
