"""Definitions of scipy.stats: statistics of samples, with their default ways of treating missing numbers."""

from __future__ import annotations

from typing import Any

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
