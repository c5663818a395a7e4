"""Calls of library functions that have definitions: each with arrays that it is differentiated by."""

from __future__ import annotations

import numpy as np

from tests.rules.structural.samples import C, D, P, R, S

CASES = []


def case(f, *args):
    CASES.append((f, args))


case(lambda x: np.ediff1d(x), R(2, 3))
case(lambda x, e: np.ediff1d(x, to_begin=e, to_end=[1.0, 2.0]), R(4), R(2))
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
