"""Definitions of scipy.spatial: distances by all metrics of real vectors, of two points and of pairs of rows.

Where points meet, a distance has the derivative zero, as a norm.

References:
    Deza and Deza, Encyclopedia of distances (2009), part V.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.spatial
from scipy.spatial import distance

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import constant, scipy_value, valued


def root(q: Any) -> Any:
    """A square root; zero, with derivative zero, of what is not positive."""
    return np.where(q > 0, np.sqrt(np.where(q > 0, q, 1.0)), 0.0)


def share(a: Any, b: Any) -> Any:
    """A quotient; zero where the divisor is."""
    return np.where(b == 0, 0.0, a / np.where(b == 0, 1.0, b))


def cosine_distance(u: Any, v: Any, w: Any) -> Any:
    """One less the cosine of the angle between vectors."""
    return 1.0 - np.sum(w * u * v, axis=-1) / np.sqrt(np.sum(w * u * u, axis=-1) * np.sum(w * v * v, axis=-1))


def information(p: Any, m: Any) -> Any:
    """The terms of the entropy of ``p`` relative to ``m``."""
    return np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0) / np.where(p > 0, m, 1.0)), 0.0)


def between(u: Any, v: Any, metric: Any, p: Any, V: Any, VI: Any, w: Any) -> Any:  # noqa: N803
    """Distances along the last axis."""
    d = u - v
    weight = 1.0 if w is None else w
    if metric == "euclidean":
        return root(np.sum(weight * d * d, axis=-1))
    if metric == "sqeuclidean":
        return np.sum(weight * d * d, axis=-1)
    if metric == "cityblock":
        return np.sum(weight * np.abs(d), axis=-1)
    if metric == "chebyshev":
        return np.max(np.abs(d), axis=-1)
    if metric == "minkowski":
        total = np.sum(weight * np.abs(d) ** constant(p), axis=-1)
        return np.where(total > 0, np.where(total > 0, total, 1.0) ** (1.0 / p), 0.0)
    if metric == "cosine":
        return cosine_distance(u, v, weight)
    if metric == "correlation":
        return cosine_distance(u - np.mean(u, axis=-1, keepdims=True), v - np.mean(v, axis=-1, keepdims=True), 1.0)
    if metric == "canberra":
        return np.sum(weight * share(np.abs(d), np.abs(u) + np.abs(v)), axis=-1)
    if metric == "braycurtis":
        return np.sum(weight * np.abs(d), axis=-1) / np.sum(weight * np.abs(u + v), axis=-1)
    if metric == "seuclidean":
        return root(np.sum(d * d / V, axis=-1))
    if metric == "mahalanobis":
        return root(np.sum((d @ VI) * d, axis=-1))
    if metric == "jensenshannon":
        first = u / np.sum(u, axis=-1, keepdims=True)
        second = v / np.sum(v, axis=-1, keepdims=True)
        middle = (first + second) / 2.0
        return root(np.sum(information(first, middle) + information(second, middle), axis=-1) / 2.0)
    raise NotImplementedError("distances of real vectors by metrics that are named are differentiated")


def spread_of(V: Any, rows: Any, metric: Any) -> Any:  # noqa: N803
    """The variances that a metric divides by."""
    if V is None and metric == "seuclidean":
        return np.var(rows, axis=0, ddof=1)
    return V


def inverse_of(VI: Any, rows: Any, metric: Any) -> Any:  # noqa: N803
    """The inverse covariance of a metric."""
    if VI is None and metric == "mahalanobis":
        return np.linalg.inv(np.cov(rows.T)).T
    return VI


def of_pairs(name: Any, arguments: Any, p: Any, V: Any, VI: Any, w: Any) -> Any:  # noqa: N803
    """What SciPy computes of pairs, with the keywords that its metric takes."""
    metric = arguments[-1]
    if metric == "minkowski":
        return (
            scipy_value(name, arguments, (("p", p),))
            if w is None
            else scipy_value(name, arguments, (("p", p), ("w", w)))
        )
    if metric == "seuclidean":
        return scipy_value(name, arguments, (("V", V),))
    if metric == "mahalanobis":
        return scipy_value(name, arguments, (("VI", VI),))
    return scipy_value(name, arguments) if w is None else scipy_value(name, arguments, (("w", w),))


@defines(distance.cdist)
def cdist(
    XA: Any, XB: Any, metric: Any = "euclidean", *, p: Any = 2.0, V: Any = None, VI: Any = None, w: Any = None  # noqa: N803
) -> Any:  # fmt: skip
    first = np.asarray(XA)
    second = np.asarray(XB)
    both = np.concatenate((first, second))
    found = between(
        first[:, None], second[None], metric, p, spread_of(V, both, metric), inverse_of(VI, both, metric), w
    )
    return valued(found, of_pairs("spatial.distance.cdist", (XA, XB, metric), p, V, VI, w))


@defines(distance.pdist)
def pdist(X: Any, metric: Any = "euclidean", *, p: Any = 2.0, V: Any = None, VI: Any = None, w: Any = None) -> Any:  # noqa: N803
    rows = np.asarray(X)
    j, k = np.triu_indices(len(rows), 1)
    found = between(rows[j], rows[k], metric, p, spread_of(V, rows, metric), inverse_of(VI, rows, metric), w)
    return valued(found, of_pairs("spatial.distance.pdist", (X, metric), p, V, VI, w))


@defines(scipy.spatial.distance_matrix)
def distance_matrix(x: Any, y: Any, p: Any = 2.0) -> Any:
    found = between(np.asarray(x)[:, None], np.asarray(y)[None], "minkowski", p, None, None, None)
    return valued(found, scipy_value("spatial.distance_matrix", (x, y, p)))


@defines(distance.minkowski)
def minkowski(u: Any, v: Any, p: Any = 2.0, w: Any = None) -> Any:
    value = scipy_value("spatial.distance.minkowski", (u, v, p, w))
    return valued(between(np.asarray(u), np.asarray(v), "minkowski", p, None, None, w), value)


@defines(distance.chebyshev)
def chebyshev(u: Any, v: Any) -> Any:
    value = scipy_value("spatial.distance.chebyshev", (u, v))
    return valued(between(np.asarray(u), np.asarray(v), "chebyshev", None, None, None, None), value)


@defines(distance.canberra)
def canberra(u: Any, v: Any, w: Any = None) -> Any:
    value = scipy_value("spatial.distance.canberra", (u, v, w))
    return valued(between(np.asarray(u), np.asarray(v), "canberra", None, None, None, w), value)


@defines(distance.braycurtis)
def braycurtis(u: Any, v: Any, w: Any = None) -> Any:
    value = scipy_value("spatial.distance.braycurtis", (u, v, w))
    return valued(between(np.asarray(u), np.asarray(v), "braycurtis", None, None, None, w), value)


@defines(distance.correlation)
def correlation(u: Any, v: Any) -> Any:
    value = scipy_value("spatial.distance.correlation", (u, v))
    return valued(between(np.asarray(u), np.asarray(v), "correlation", None, None, None, None), value)


@defines(distance.seuclidean)
def seuclidean(u: Any, v: Any, V: Any) -> Any:  # noqa: N803
    value = scipy_value("spatial.distance.seuclidean", (u, v, V))
    return valued(between(np.asarray(u), np.asarray(v), "seuclidean", None, np.asarray(V), None, None), value)


@defines(distance.jensenshannon)
def jensenshannon(p: Any, q: Any, base: Any = None, *, axis: Any = 0, keepdims: Any = False) -> Any:
    first = np.moveaxis(np.asarray(p), axis, -1)
    second = np.moveaxis(np.asarray(q), axis, -1)
    found = between(first, second, "jensenshannon", None, None, None, None)
    if base is not None:
        found = found / np.sqrt(np.log(constant(base)))
    if keepdims:
        found = np.expand_dims(found, axis)
    options = (("axis", axis), ("keepdims", keepdims))
    return valued(found, scipy_value("spatial.distance.jensenshannon", (p, q, base), options))
