"""Bundle adjustment by sparse Jacobians: cameras and points are fitted to what the cameras saw (Gauss and Newton's method).

A residual is the distance between where a camera saw a point and where the model says that it should have: a rotation by
a vector (Rodrigues), a projection by division (Triggs, McLauchlan, Hartley and Fitzgibbon, Bundle Adjustment: A Modern
Synthesis, 2000). It depends on one camera and one point, so that nearly all of the Jacobian is zero.
"""

import numpy as np
from scipy.sparse import eye_array
from scipy.sparse.linalg import spsolve

import adjoint_compiler as ac


def residuals(parameters, cameras, points, observed, measured):
    """Two residuals for each observation, one observation after the other.

    Args:
        parameters: six numbers for each camera (a rotation vector, a centre), then three for each point.
        cameras: the number of cameras.
        points: the number of points.
        observed: the camera and the point of each observation, integers of shape (observations, 2).
        measured: where the camera saw it, of shape (observations, 2).

    Returns:
        A vector of twice as many residuals as there are observations.
    """
    poses = parameters[: 6 * cameras].reshape(cameras, 6)
    places = parameters[6 * cameras :].reshape(points, 3)
    out = np.zeros(2 * len(observed))
    for k in range(len(observed)):
        camera, point = observed[k]
        rotation, offset = poses[camera, :3], places[point] - poses[camera, 3:]
        angle = np.sqrt(np.sum(rotation * rotation))
        axis = rotation / angle
        turned = (
            offset * np.cos(angle)
            + np.cross(axis, offset) * np.sin(angle)
            + axis * (np.dot(axis, offset) * (1.0 - np.cos(angle)))
        )
        out[2 * k : 2 * k + 2] = turned[:2] / turned[2] - measured[k]
    return out


jacobian = ac.sparse_jacobian(residuals)


def problem(cameras=5, points=40, seed=0):
    """The arguments at a guess near the truth, and the truth: every camera sees most points."""
    rng = np.random.default_rng(seed)
    poses = np.concatenate([0.1 * rng.standard_normal((cameras, 3)), rng.standard_normal((cameras, 3))], axis=1)
    places = rng.standard_normal((points, 3)) + np.array([0.0, 0.0, 10.0])
    truth = np.concatenate([poses.ravel(), places.ravel()])
    observed = np.argwhere(rng.random((cameras, points)) < 0.8)
    measured = residuals(truth, cameras, points, observed, np.zeros((len(observed), 2))).reshape(-1, 2)
    guess = truth + 0.02 * rng.standard_normal(truth.size)
    return (guess, cameras, points, observed, measured), truth


def fit(arguments, steps=8, damping=1e-8):
    """The parameters by the method of Levenberg and Marquardt with a fixed damping, and the norms of the residuals."""
    parameters, *others = arguments
    norms = []
    for _ in range(steps):
        r = residuals(parameters, *others)
        norms.append(float(np.linalg.norm(r)))
        j = jacobian(parameters, *others)
        normal = (j.T @ j + damping * eye_array(parameters.size)).tocsc()
        parameters = parameters - spsolve(normal, j.T @ r)
    return parameters, norms


def main() -> None:
    arguments, _ = problem()
    print(jacobian.pattern(*arguments))
    for k, norm in enumerate(fit(arguments)[1]):
        print(f"step {k}: the norm of the residuals is {norm:.3e}")


if __name__ == "__main__":
    main()
