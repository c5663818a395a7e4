"""Reductions, running sums and products, integrals."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.structural import case
from tests.rules.structural.samples import MASK, C, F, P, R

AXES: list[dict[str, Any]] = [
    {}, {"axis": None}, {"axis": 0}, {"axis": -1}, {"axis": 1, "keepdims": True}, {"keepdims": True},
    {"axis": (0, 1)}, {"axis": (-1, 0), "keepdims": True}, {"axis": (0,)},
]  # fmt: skip
REDUCTIONS = [np.sum, np.mean, np.prod, np.max, np.min, np.amax, np.amin, np.var, np.std, np.ptp, np.median]
REDUCTIONS += [np.nansum, np.nanmax, np.nanmin]
for reduction in REDUCTIONS:
    for options in AXES:
        case(reduction, R(3, 4), **options)
    case(reduction, R(2, 3, 4), axis=(0, -1))
    case(reduction, R(2, 3, 4), axis=1)
    case(reduction, R(5))
    case(reduction, R(1), axis=0)
    case(reduction, R())
    case(reduction, 1.5)
    case(reduction, F(R(3, 4)), axis=0)
    case(reduction, R(0, 3), axis=1)
    if reduction not in (np.median, np.ptp):
        case(reduction, R(0, 3, 2), axis=(1, 2), keepdims=True)
for reduction in (np.sum, np.mean, np.var, np.std):
    case(reduction, R(3, 4), where=MASK)
    case(reduction, R(3, 4), axis=0, where=MASK)
    case(reduction, R(3, 4), axis=1, where=MASK, keepdims=True)
    case(reduction, R(3, 4), axis=1, where=np.array([True, False, True, True]))
    case(reduction, C(3, 4), axis=0)
    case(reduction, R(3, 4), axis=0, dtype=np.float64)
for reduction in (np.sum, np.prod):
    case(reduction, R(0))
    case(reduction, R(0, 3), axis=0)
case(np.prod, C(3, 4), axis=0)
case(np.prod, np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 4.0]]), axis=1)
case(np.prod, np.array([0.0, 2.0, 3.0]))
case(np.prod, np.array([0.0, 2.0, 0.0]))
for ddof in (1, 0.5):
    case(np.var, R(3, 4), ddof=ddof)
    case(np.std, R(3, 4), ddof=ddof, axis=0)
case(np.std, C(4))
case(np.var, C(4))
case(np.nanmean, np.array([[1.0, np.nan, 4.0], [2.0, 3.0, 5.0]]), axis=1)
case(np.nanmean, np.array([[1.0, np.nan, 4.0], [2.0, 3.0, 5.0]]), axis=0, keepdims=True)
case(np.nanmean, R(3))
case(np.nansum, np.array([[1.0, np.nan], [2.0, 3.0]]), axis=0)
case(np.nanmax, np.array([[1.0, np.nan], [2.0, 3.0]]), axis=1)
for q in (0.3, 0, 1):
    case(np.quantile, R(5), q)
case(np.quantile, R(3, 4), 0.4, axis=0)
case(np.quantile, R(3, 4), 0.4, axis=(0, 1), keepdims=True)
case(np.percentile, R(3, 4), 35.0, axis=1)
case(np.percentile, R(1), 35.0)
case(np.average, R(3, 4))
case(np.average, R(3, 4), axis=0, weights=P(3))
case(np.average, R(3, 4), axis=1, weights=P(3, 4))
case(np.average, R(3, 4), weights=P(3, 4), keepdims=True)
case(np.average, R(3, 4), axis=0, weights=[0.2, 0.3, 0.5])
case(np.average, R(2, 3, 4), axis=(2, 0), weights=P(4, 2))
case(np.average, C(3), weights=P(3))
for scan in (np.cumsum, np.cumprod):
    for options in ({}, {"axis": 0}, {"axis": -1}, {"axis": 1}, {"axis": None}):
        case(scan, R(3, 4), **options)
    case(scan, R(5))
    case(scan, R(5), axis=0)
    case(scan, C(3, 2), axis=0)
    case(scan, R(2, 3, 4), axis=1)
    case(scan, R(0))
    case(scan, R(1))
case(np.cumprod, np.array([2.0, 0.0, 3.0, 0.0, 4.0]))
for options in ({}, {"n": 2}, {"axis": 0}, {"n": 0}, {"n": 2, "axis": -2}, {"n": 4}, {"n": 5}):
    case(np.diff, R(3, 4), **options)
case(np.diff, R(1))
case(np.diff, R(0))
case(np.trapezoid, R(5))
case(np.trapezoid, R(5), dx=0.3)
case(np.trapezoid, R(5), R(5))
case(np.trapezoid, R(5), R(5), 0.3)
case(np.trapezoid, R(3, 5), R(5))
case(np.trapezoid, R(3, 5), R(3), axis=0)
case(np.trapezoid, R(3, 5), R(3, 5), axis=0)
case(np.trapezoid, R(3, 5), R(1, 5), axis=1)
case(np.trapezoid, R(2, 3, 4), dx=0.7, axis=1)
case(np.trapezoid, C(4), R(4))
case(np.trapezoid, R(1))

GAPS = np.array([[1.0, np.nan, 4.0, 2.5], [2.0, 3.0, 5.0, -1.0], [np.nan, 0.5, np.nan, 1.5]])
for axis in (None, 0, 1, (0, 1)):
    case(np.nanprod, GAPS, axis)
    case(np.nanvar, GAPS, axis)
    case(np.nanstd, GAPS, axis, keepdims=True)
    case(np.nanmedian, GAPS, axis)
    case(np.nanquantile, GAPS, 0.3, axis)
    case(np.quantile, R(3, 4), np.array([0.3, 0.8]), axis)
case(np.nanvar, GAPS, 1, ddof=1)
case(np.nanpercentile, GAPS, np.array([30.0, 80.0]), 1, keepdims=True)
case(np.nancumsum, GAPS, 1)
case(np.nancumsum, GAPS)
case(np.nancumprod, GAPS, 0)
case(np.nancumprod, np.array([2.0, np.nan, 0.0, 3.0]))
case(np.percentile, R(5), np.array([[10.0, 45.0, 80.0]]))
case(np.median, R(2, 3, 4), axis=(0, 2))
case(np.median, np.array(2.5))
for method in ("lower", "higher", "midpoint", "nearest", "hazen", "weibull", "median_unbiased", "normal_unbiased",
               "inverted_cdf", "interpolated_inverted_cdf", "averaged_inverted_cdf", "closest_observation"):  # fmt: skip
    case(np.quantile, R(7), 0.37, method=method)
    case(np.quantile, R(4, 3), 0.61, axis=1, method=method)
case(np.bincount, np.array([0, 2, 2, 1]), weights=R(4))
case(np.bincount, np.array([0, 2, 2, 1]), weights=R(4), minlength=6)
case(np.prod, GAPS[1], where=np.array([True, False, True, True]), initial=2.0)
