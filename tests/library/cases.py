"""Calls of library functions that have definitions: each with arrays that it is differentiated by."""

from __future__ import annotations

import numpy as np

from tests.rules.structural.samples import C, D, P, R, S

CASES = []


def case(f, *args):
    CASES.append((f, args))


case(lambda x: np.real(np.real_if_close(x + 0j)) * np.real_if_close(x), R(3))
case(lambda x: np.ediff1d(x), R(2, 3))
case(lambda x, e: np.ediff1d(x, to_begin=e, to_end=[1.0, 2.0]), R(4), R(2))
case(lambda x: np.trim_zeros(x * np.array([0.0, 1.0, 0.0, 1.0, 0.0])), R(5))
case(lambda x: np.trim_zeros(x * np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]])), R(3, 2))
case(lambda x: np.trim_zeros(x * np.array([0.0, 1.0, 0.0]), "b"), R(3))
KNOWN = np.arange(6).reshape(2, 3) != 4
case(lambda x: np.nansum(np.where(KNOWN, x, np.nan), axis=0, initial=1.5, where=x < 9), R(2, 3))
case(lambda x: np.nanprod(np.where(KNOWN, x, np.nan), axis=1, keepdims=True, initial=2.0), R(2, 3))
case(lambda x: np.nanmean(np.where(KNOWN, x, np.nan), axis=1, where=np.array([True, True, False])), R(2, 3))
_own = np.random.default_rng(11)  # what comes after draws what it did


def Q(*shape):
    return _own.uniform(0.3, 2.0, shape)


def QC(*shape):
    return _own.normal(size=shape) + 1j * _own.normal(size=shape)


HALF = np.array([True, True, False])
case(lambda x: np.nanvar(np.where(KNOWN, x, np.nan), axis=1, where=HALF), Q(2, 3))
case(lambda x: np.nanstd(np.where(KNOWN, x, np.nan), axis=0, mean=0.3, keepdims=True), Q(2, 3))
case(lambda x: np.nanmax(np.where(KNOWN, x, np.nan), axis=1, where=HALF, initial=-9.0), Q(2, 3))
case(lambda x: np.nanmin(np.where(KNOWN, x, np.nan), axis=0, where=HALF, initial=9.0), Q(2, 3))
case(lambda x: np.nan_to_num(x * 1.0, copy=False), Q(3))
case(lambda x: np.array(x, ndmin=3), Q(2))
case(lambda x: np.reshape(x, (3, 2), copy=True), Q(2, 3))
case(lambda x: np.asarray(x, copy=True) * x, Q(3))
case(lambda x, y: np.hstack((x, y), dtype=np.complex128), Q(2), Q(3))
case(lambda x, y: np.vstack((x, y), dtype=np.complex128, casting="safe"), Q(2, 3), Q(3))
case(lambda x, y: np.linalg.vecdot(x, y, axis=0), QC(3, 2), QC(3, 2))
case(lambda x: np.linalg.pinv(x, rtol=1e-10), Q(3, 2))
case(lambda x: np.median(x, axis=0, overwrite_input=False) * np.nanmedian(x, overwrite_input=False), Q(3, 2))
case(
    lambda x: np.quantile(x, 0.3, overwrite_input=False) * np.percentile(x, [30, 40], axis=0, overwrite_input=False)[1],
    Q(3, 2),
)
case(lambda x, y: np.atleast_1d(x, y)[0] * np.atleast_2d(x, y)[1], Q(), Q(3))
case(lambda x: np.pad(x, {0: (1, 2)}), R(2, 3))
case(lambda x: np.pad(x, {-1: 2}, mode="maximum"), R(2, 3))
case(lambda x: np.interp([0.3, 1.1, 5.0], np.cumsum(np.abs(x) + 0.1), x), R(5))
case(lambda x: np.interp([0.3, 1.1], [1.0], x), R(1))
case(lambda x, y: np.cross(x, y), R(4, 2), R(2))
case(lambda x, y: np.cross(x, y, axis=0), R(3, 4), R(2, 4))
case(lambda x: np.add.reduceat(np.tile(x.T, (2, 1)), [0, 1, 0], axis=1), R(4, 3))
case(lambda x: np.logaddexp.reduce(x, axis=None), R(2, 3))
case(lambda x: np.hypot.reduce(x, axis=(0, -1), keepdims=True), R(2, 3, 2))
case(lambda x: np.cov(x), R(3, 5))
case(lambda x: np.cov(x), R(5))
case(lambda x, y: np.cov(x, y), R(5), R(5))
case(lambda x: np.cov(x, rowvar=False, bias=True), R(5, 3))
case(lambda x, a: np.cov(x, aweights=a, ddof=0), R(2, 5), P(5))
case(lambda x, a: np.cov(x, fweights=np.array([1, 2, 3, 1, 1]), aweights=a), R(2, 5), P(5))
case(lambda x: np.cov(x), C(2, 4))
case(lambda x: np.corrcoef(x), R(3, 5))
case(lambda x, y: np.corrcoef(x, y), R(5), R(5))
case(lambda x: np.corrcoef(x, rowvar=False), R(5, 3))
case(lambda f: np.gradient(f), R(6))
case(lambda f, h: np.gradient(f, h), R(6), P())
case(lambda f: np.gradient(f)[1], R(3, 4))
case(lambda f, x: np.gradient(f, x), R(6), np.cumsum(P(6)))
case(lambda f, x: np.gradient(f, x), R(6), np.arange(6.0))
case(lambda f, x: np.gradient(f, x, edge_order=2), R(6), np.cumsum(P(6)))
case(lambda f: np.gradient(f, 0.5, axis=1, edge_order=2), R(3, 4))
case(lambda f, x, y: np.gradient(f, x, y), R(3, 4), np.cumsum(P(3)), np.cumsum(P(4)))
case(lambda f: np.gradient(f, 0.3, 0.7, axis=(1, 0)), R(3, 4))
case(lambda x: np.cumulative_sum(x, include_initial=True), R(4))
case(lambda x: np.cumulative_sum(x, axis=1), R(2, 3))
case(lambda x: np.cumulative_prod(x, axis=0, include_initial=True), R(2, 3))
case(lambda a, b: np.logspace(a, b, 5), R(), R())
case(lambda a, b, c: np.logspace(a, b, num=4, base=c, endpoint=False), R(), R(), P())
case(lambda a, b: np.geomspace(a, b, 5), P(), P() + 2)
case(lambda a, b: np.geomspace(a, b, num=4, endpoint=False), -P(), -P() - 2)
case(lambda b: np.kaiser(6, b), P())
POINTS = R(8)
case(lambda w: np.histogram(POINTS, weights=w, bins=3)[0], R(8))
case(lambda w: np.histogram(POINTS, bins=[-1.0, 0.0, 1.5], weights=w, density=True)[0], P(8))
case(lambda x: np.histogram(x, bins=3)[1], R(8))
case(lambda x: np.histogram(x, bins=3, density=True)[0], R(8))
case(lambda w: np.histogram2d(POINTS, POINTS[::-1], bins=2, weights=w)[0], R(8))
case(lambda w: np.histogram2d(POINTS, POINTS[::-1], bins=2, weights=w, density=True)[0], P(8))
PAIRS = R(8, 2)
case(lambda w: np.histogramdd(PAIRS, bins=(2, 3), weights=w)[0], R(8))
case(lambda w: np.histogramdd([POINTS, POINTS[::-1], POINTS], 2, weights=w, density=True)[0], P(8))
case(lambda x, y: np.frompyfunc(lambda s, t: s * t + s, 2, 1)(x, y).astype(float), R(3), R(2, 3))

for n in (-3, -1, 0, 1, 2, 3, 5, 6):
    case(lambda a, n=n: np.linalg.matrix_power(a, n), S(3, 3))
case(lambda a: np.linalg.matrix_power(a, 4), S(2, 2, 2))
case(lambda a, b: np.linalg.multi_dot([a, b]), R(2, 3), R(3, 2))
case(lambda a, b, c: np.linalg.multi_dot([a, b, c]), R(3), R(3, 4), R(4))
case(lambda a, b, c, d: np.linalg.multi_dot((a, b, c, d)), R(2, 3), R(3, 2), R(2, 4), R(4, 2))
case(lambda a: np.linalg.tensorinv(a, ind=1), R(4, 2, 2))
case(lambda a: np.linalg.tensorinv(a), R(2, 2, 4))
case(lambda a, b: np.linalg.tensorsolve(a, b), R(2, 3, 6), R(2, 3))
for p in (None, 2, -2, "fro", 1, np.inf):
    case(lambda a, p=p: np.linalg.cond(a, p), S(3, 3))
case(lambda a: np.linalg.matrix_norm(a), R(2, 3, 4))
case(lambda a: np.linalg.matrix_norm(a, ord="nuc", keepdims=True), R(3, 4))
case(lambda a: np.linalg.vector_norm(a), R(3, 4))
case(lambda a: np.linalg.vector_norm(a, axis=1, ord=3), R(3, 4))
case(lambda a: np.linalg.vector_norm(a, keepdims=True), R(3, 4))
case(lambda a, b: np.linalg.lstsq(a, b)[0], R(5, 3), R(5))
case(lambda a, b: np.linalg.lstsq(a, b, rcond=None)[1], R(5, 3), R(5, 2))
case(lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0], R(2, 4), R(2))
case(lambda a, b: np.linalg.lstsq(a, b)[3], R(4, 2), R(4))
case(lambda a, b: np.linalg.lstsq(a, b)[0], C(4, 2), C(4))

case(lambda p, x: np.polyval(p, x), R(4), R(2, 3))
case(lambda p, x: np.polyval([p[0], 2.0, p[1]], x), R(4), R())
case(lambda p, q: np.polyadd(p, q), R(4), R(2))
case(lambda p, q: np.polysub(p, q), R(2), R(4))
case(lambda p, q: np.polysub(p, q), R(3), R(3))
case(lambda p, q: np.polymul(p, q), R(3), np.array([0.7, 1.5, 2.0]))
case(lambda p: np.polyder(p), R(4))
case(lambda p: np.polyder(p, 2), R(5))
case(lambda p: np.polyint(p), R(4))
case(lambda p, k: np.polyint(p, 2, k), R(3), R(2))
case(lambda p, q: np.polydiv(p, q)[0], R(5), R(3))
case(lambda p, q: np.polydiv(p, q)[1], R(5), R(3))
case(lambda x: np.vander(x), R(3))
case(lambda x: np.vander(x, 4, increasing=True), C(3))
case(lambda r: np.poly(r), R(3))
case(lambda a: np.poly(a), D(3, 3))
case(lambda p: np.roots(p), np.array([1.0, -6.0, 11.0, -6.3]))
case(lambda p: np.roots(p), np.array([1.0, 0.3, 2.0, 0.7]))
case(lambda x, y: np.polyfit(x, y, 2), R(6), R(6))
case(lambda x, y, w: np.polyfit(x, y, 1, w=w), R(5), R(5), P(5))
case(lambda c, t: (np.poly1d(c) * np.poly1d([1.0, 2.0]) + 3.0).deriv()(t), P(4), R())
case(lambda c, t: (2 * np.poly1d(c)).integ()(t) - np.poly1d(c).c[1] * np.poly1d(c).order, P(4), R())
case(lambda r, t: np.poly1d(r, True)(t) / 2.0, R(3), R())
