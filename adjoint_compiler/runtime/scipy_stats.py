"""Helpers of emitted code for programs that use ``scipy.stats``: the shapes that its multivariate distributions accept."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.optional import scipy

__all__ = [
    "centred_points", "column_of", "completed", "covariance_adjoint", "covariance_like", "matrix_rows", "point_weights",
    "poisson_log_moment", "shortened",
]  # fmt: skip


def centred_points(x: Any, mean: Any, cov: Any) -> Any:
    """The points ``x`` minus their mean, along at least one axis, as ``multivariate_normal`` reads them.

    >>> centred_points(np.array([1.0, 2.0]), None, 1.0).shape, centred_points(np.array([1.0, 2.0]), np.ones(2), 1.0).shape
    ((2, 1), (1, 2))
    """
    ndim = np.ndim(cov)
    k = np.size(mean) if mean is not None else np.shape(cov)[0] if ndim == 2 else 1
    points = np.reshape(x, (-1, k)) if np.ndim(x) < 2 else np.asarray(x)
    return points - (0.0 if mean is None else np.reshape(mean, k))


def point_weights(g_: Any, points: Any) -> Any:
    """An adjoint of what a density gives for points, along the axes of the points: SciPy drops those of length one.

    >>> point_weights(1.0, np.zeros((1, 3))).shape, point_weights(np.ones(2), np.zeros((2, 1, 3))).shape
    ((1, 1), (2, 1, 1))
    """
    return np.reshape(g_, (*np.shape(points)[:-1], 1))


def covariance_like(cov: Any, like: Any) -> Any:
    """A covariance, given as a number, a diagonal or a lower triangle, as the matrix for points like ``like``.

    >>> covariance_like(2.0, np.zeros((5, 2)))
    array([[2., 0.],
           [0., 2.]])
    """
    k = 1 if np.ndim(like) == 0 else np.shape(like)[-1]
    if np.ndim(cov) == 0:
        return np.diag(np.full(k, cov))
    return np.diag(cov) if np.ndim(cov) == 1 else np.tril(cov) + np.tril(cov, -1).T


def covariance_adjoint(g_: Any, cov: Any) -> Any:
    """What a covariance receives from the adjoint of its matrix.

    >>> float(covariance_adjoint(np.array([[1.0, 5.0], [6.0, 2.0]]), 3.0))
    3.0
    """
    if np.ndim(cov) == 0:
        return np.trace(g_)
    if np.ndim(cov) == 1:
        return np.diagonal(g_).copy()
    return np.tril(g_) + np.triu(g_, 1).T


def matrix_rows(x: Any) -> Any:
    """All vectors along the last axis as the rows of a matrix.

    >>> matrix_rows(np.zeros((2, 3, 4))).shape, matrix_rows(np.zeros(4)).shape
    ((6, 4), (1, 4))
    """
    return np.reshape(x, (-1, np.shape(x)[-1]))


def column_of(alpha: Any, x: Any) -> Any:
    """The parameters of ``dirichlet`` along the first axis of its points.

    >>> column_of(np.ones(3), np.ones((3, 5))).shape
    (3, 1)
    """
    return np.reshape(alpha, (np.size(alpha), *(1,) * (np.ndim(x) - 1)))


def completed(x: Any, alpha: Any, total: float = 1.0) -> Any:
    """Points of ``dirichlet`` with their last coordinate, where that is left out: what is missing to ``total``.

    >>> completed(np.array([0.25, 0.25]), np.ones(3))
    array([0.25, 0.25, 0.5 ])
    """
    x = np.asarray(x)
    return x if len(x) == len(alpha) else np.concatenate([x, total - np.sum(x, axis=0, keepdims=True)])


def shortened(g_: Any, x: Any) -> Any:
    """What points of ``dirichlet`` receive from the adjoint of the completed ones.

    >>> shortened(np.array([1.0, 2.0, 5.0]), np.array([0.25, 0.25]))
    array([-4., -3.])
    """
    return g_ if len(g_) == len(x) else g_[:-1] - g_[-1:]


def poisson_log_moment(mu: Any, order: int = 0) -> Any:
    """The mean of the ``order``-th difference of ``log(k + 1)`` for Poisson's ``k``: each is the derivative of the one before it.

    >>> float(round(poisson_log_moment(3.0), 9))
    1.281043137
    """
    m = np.asarray(mu, np.result_type(mu, 1.0))
    top = np.max(m, initial=0.0)
    k = np.arange(int(top + 12 * np.sqrt(top)) + 40)
    shares = np.exp(scipy.special.xlogy(k, m[..., None]) - m[..., None] - scipy.special.gammaln(k + 1))
    return (shares @ np.diff(np.log(np.arange(1.0, len(k) + order + 1)), order)).astype(m.dtype)[()]
