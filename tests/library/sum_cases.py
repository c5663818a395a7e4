"""Calls of functions of scipy.integrate, scipy.spatial and scipy.fft that have definitions."""

from __future__ import annotations

import numpy as np
import scipy.spatial
from scipy import fft, integrate
from scipy.spatial import distance

from tests.library.cases import case
from tests.rules.structural.samples import P, R

for _n in (2, 3, 4, 5, 6):
    case(lambda y, h: integrate.simpson(y, x=np.cumsum(h)), R(_n), P(_n))
case(lambda y, h: integrate.simpson(y, dx=h[0], axis=0), R(4, 2), P(1))
case(lambda y, h: integrate.cumulative_trapezoid(y, np.cumsum(h), axis=0), R(4, 2), P(4))
case(lambda y, h: integrate.cumulative_trapezoid(y, dx=h[0], initial=0), R(2, 4), P(1))
case(lambda y, h: integrate.cumulative_simpson(y, dx=h[0], initial=0), R(5), P(1))

ROWS, OTHERS = P(3, 4), P(2, 4) + np.arange(4.0)
for _metric in ("cosine", "correlation", "canberra", "braycurtis", "jensenshannon", "chebyshev", "seuclidean"):
    case(lambda x, y, m=_metric: distance.cdist(x, y, m), ROWS, OTHERS)
    case(lambda x, m=_metric: distance.pdist(x, m), ROWS + np.arange(3.0)[:, None] * np.arange(4.0))
case(lambda x, y: distance.cdist(x, y, "minkowski", p=3), ROWS, OTHERS)
case(lambda x, y, w: distance.cdist(x, y, "minkowski", p=1.5, w=w), ROWS, OTHERS, P(4))
case(lambda x, y, v: distance.cdist(x, y, "seuclidean", V=v), ROWS, OTHERS, P(4))
case(lambda x, y, v: distance.cdist(x, y, "mahalanobis", VI=v @ v.T), ROWS, OTHERS, R(4, 4))
case(lambda x, y, w: distance.cdist(x, y, "euclidean", w=w), ROWS, OTHERS, P(4))
case(lambda x, y: scipy.spatial.distance_matrix(x, y, p=3), ROWS, OTHERS)
case(lambda u, v: distance.minkowski(u, v, 3), P(4), P(4) + 1.0)
case(lambda u, v: distance.chebyshev(u, v), P(4), P(4) + np.arange(4.0))
case(lambda u, v, w: distance.canberra(u, v, w), P(4), P(4) + 1.0, P(4))
case(lambda u, v: distance.braycurtis(u, v), P(4), P(4) + 1.0)
case(lambda u, v: distance.correlation(u, v), P(4), R(4))
case(lambda u, v, s: distance.seuclidean(u, v, s), P(4), P(4) + 1.0, P(4))
case(lambda u, v: distance.jensenshannon(u, v, 2.0, axis=1), P(2, 4), P(2, 4) + np.arange(4.0))

case(lambda x: fft.fftshift(x, axes=0), R(3, 2))
case(lambda x: fft.ifftshift(x), R(5))
case(lambda x: fft.dct(x, n=6), R(4))
case(lambda x: fft.dct(x, 2, 3, 0, "ortho"), R(4, 2))
case(lambda x: fft.idct(x, n=3), R(4))
case(lambda x: fft.dst(x, 3, n=6), R(2, 4))
case(lambda x: fft.idst(x, 1, 3, 0), R(4, 2))
