"""Definitions of scipy.stats: densities that are estimated from samples (Silverman, Density estimation, 1986, section 3.4 and 4.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import object_value, valued


@defines(stats.gaussian_kde)
class gaussian_kde:
    """A sum of normal densities, one for each column of a sample."""

    def __init__(self, dataset: Any, bw_method: Any = None, weights: Any = None) -> None:
        self.dataset = np.atleast_2d(np.asarray(dataset))
        self.d, self.n = self.dataset.shape
        self.bw_method = bw_method
        self.given = weights
        if weights is None:
            self.weights = np.ones(self.n) / self.n
        else:
            self.weights = np.atleast_1d(weights) / np.sum(weights)
        self.neff = 1.0 / np.dot(self.weights, self.weights)
        scott = np.power(self.neff, -1.0 / (self.d + 4))
        if bw_method is None:
            self.factor = scott
        elif isinstance(bw_method, str):
            self.factor = scott
            if bw_method == "silverman":
                self.factor = np.power(self.neff * (self.d + 2.0) / 4.0, -1.0 / (self.d + 4))
        else:
            self.factor = bw_method
        away = self.dataset - np.sum(self.dataset * self.weights, axis=1)[:, None]
        spread = (away * self.weights) @ away.T / (1.0 - np.sum(self.weights * self.weights))
        self.covariance = spread * self.factor**2

    def logs(self, points: Any) -> Any:
        """The logarithms of the terms: a row for each point."""
        at = np.atleast_2d(np.asarray(points))
        if at.shape[0] != self.d:
            at = np.reshape(at, (self.d, 1))
        away = at[:, :, None] - self.dataset[:, None, :]
        squares = np.sum(away * np.tensordot(np.linalg.inv(self.covariance), away, axes=1), axis=0)
        return -0.5 * squares - 0.5 * np.linalg.slogdet(2 * np.pi * self.covariance)[1]

    def evaluate(self, points: Any) -> Any:
        value = object_value("stats.gaussian_kde", (self.dataset, self.bw_method, self.given), (points,))
        return valued(np.sum(np.exp(self.logs(points)) * self.weights, axis=1), value)

    def __call__(self, points: Any) -> Any:
        return self.evaluate(points)

    def pdf(self, x: Any) -> Any:
        return self.evaluate(x)

    def logpdf(self, x: Any) -> Any:
        value = object_value("stats.gaussian_kde", (self.dataset, self.bw_method, self.given), (x,), method="logpdf")
        return valued(special.logsumexp(self.logs(x), b=self.weights, axis=1), value)
