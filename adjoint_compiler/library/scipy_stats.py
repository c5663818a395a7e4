"""Definitions of scipy.stats: statistics of samples, with their default ways of treating missing numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import scipy_value, valued


@defines(stats.entropy)
def entropy(pk: Any, qk: Any = None, base: Any = None, axis: Any = 0) -> Any:
    p = pk / np.sum(pk, axis=axis, keepdims=True)
    safe = np.where(p > 0, p, 1.0)
    if qk is None:
        total = -np.sum(safe * np.log(safe), axis=axis)
        value = scipy_value("stats.entropy", (pk, None, base, axis))
    else:
        q = qk / np.sum(qk, axis=axis, keepdims=True)
        total = np.sum(safe * np.log(safe / np.where(p > 0, q, 1.0)), axis=axis)
        value = scipy_value("stats.entropy", (pk, qk, base, axis))
    if base is not None:
        total = total / np.log(base)
    return valued(total, value)


def central(a: Any, order: Any, axis: Any) -> Any:
    """The mean of a power of what is left when the mean is taken off."""
    return np.mean((a - np.mean(a, axis=axis, keepdims=True)) ** order, axis=axis)


@defines(stats.moment)
def moment(a: Any, order: Any = 1, axis: Any = 0) -> Any:
    return valued(central(np.asarray(a), order, axis), scipy_value("stats.moment", (a, order, axis)))


@defines(stats.skew)
def skew(a: Any, axis: Any = 0, bias: Any = True) -> Any:
    x = np.asarray(a)
    n = x.shape[axis]
    ratio = central(x, 3, axis) / central(x, 2, axis) ** 1.5
    if not bias:
        ratio = ratio * (np.sqrt((n - 1.0) * n) / (n - 2.0))
    return valued(ratio, scipy_value("stats.skew", (a, axis, bias)))


@defines(stats.kurtosis)
def kurtosis(a: Any, axis: Any = 0, fisher: Any = True, bias: Any = True) -> Any:
    x = np.asarray(a)
    n = x.shape[axis]
    ratio = central(x, 4, axis) / central(x, 2, axis) ** 2
    if not bias:
        ratio = ((n**2 - 1.0) * ratio - 3 * (n - 1) ** 2.0) / ((n - 2) * (n - 3)) + 3.0
    return valued(ratio - 3.0 if fisher else ratio, scipy_value("stats.kurtosis", (a, axis, fisher, bias)))


@defines(stats.iqr)
def iqr(x: Any, axis: Any = None) -> Any:
    spread = np.percentile(x, 75, axis=axis) - np.percentile(x, 25, axis=axis)
    return valued(spread, scipy_value("stats.iqr", (x, axis)))


@defines(stats.trim_mean)
def trim_mean(a: Any, proportiontocut: Any, axis: Any = 0) -> Any:
    x = np.sort(a, axis=axis)
    n = x.shape[axis]
    cut = int(proportiontocut * n)
    kept = np.take(x, np.arange(cut, n - cut), axis=axis)
    return valued(np.mean(kept, axis=axis), scipy_value("stats.trim_mean", (a, proportiontocut, axis)))


@defines(stats.gmean)
def gmean(a: Any, axis: Any = 0) -> Any:
    return valued(np.exp(np.mean(np.log(a), axis=axis)), scipy_value("stats.gmean", (a, axis)))


@defines(stats.hmean)
def hmean(a: Any, axis: Any = 0) -> Any:
    return valued(1.0 / np.mean(1.0 / np.asarray(a), axis=axis), scipy_value("stats.hmean", (a, axis)))


@defines(stats.zscore)
def zscore(a: Any, axis: Any = 0, ddof: Any = 0) -> Any:
    x = np.asarray(a)
    away = x - np.mean(x, axis=axis, keepdims=True)
    return valued(away / np.std(x, axis=axis, ddof=ddof, keepdims=True), scipy_value("stats.zscore", (a, axis, ddof)))


class Line(NamedTuple):
    """What ``linregress`` gives."""

    slope: Any
    intercept: Any
    rvalue: Any
    pvalue: Any
    stderr: Any


def centred(x: Any) -> Any:
    """How far numbers are from their mean."""
    return np.asarray(x) - np.mean(x)


def correlation(u: Any, v: Any) -> Any:
    """The correlation of centred numbers."""
    return np.sum(u * v) / np.sqrt(np.sum(u * u) * np.sum(v * v))


@defines(stats.linregress)
def linregress(x: Any, y: Any) -> Any:
    found = scipy_value("stats.linregress", (x, y))
    u, v = centred(x), centred(y)
    n = len(u)
    slope = np.sum(u * v) / np.sum(u * u)
    r = correlation(u, v)
    t = r * np.sqrt((n - 2) / ((1.0 - r) * (1.0 + r)))
    p = 2.0 * stats.t.sf(np.abs(t), n - 2)
    error = np.sqrt((1.0 - r * r) * np.sum(v * v) / np.sum(u * u) / (n - 2))
    return Line(
        valued(slope, found[0]), valued(np.mean(y) - slope * np.mean(x), found[1]), valued(r, found[2]), valued(p, found[3]),
        valued(error, found[4]),
    )  # fmt: skip


class Correlation(NamedTuple):
    """What ``pearsonr`` gives."""

    statistic: Any
    pvalue: Any


@defines(stats.pearsonr)
def pearsonr(x: Any, y: Any) -> Any:
    found = scipy_value("stats.pearsonr", (x, y))
    u, v = centred(x), centred(y)
    half = len(u) / 2.0 - 1.0
    r = correlation(u, v)
    p = 2.0 * stats.beta.sf((np.abs(r) + 1.0) / 2.0, half, half)
    return Correlation(valued(r, found[0]), valued(p, found[1]))


@defines(stats.wasserstein_distance)
def wasserstein_distance(u_values: Any, v_values: Any) -> Any:
    u = np.asarray(u_values)
    v = np.asarray(v_values)
    every = np.sort(np.concatenate((u, v)))
    below = np.searchsorted(np.sort(u), every[:-1], side="right") / len(u)
    above = np.searchsorted(np.sort(v), every[:-1], side="right") / len(v)
    total = np.sum(np.abs(below - above) * np.diff(every))
    return valued(total, scipy_value("stats.wasserstein_distance", (u_values, v_values)))
