"""Helpers that no first derivative calls."""

from __future__ import annotations

import numpy as np

from adjoint_compiler import runtime
from tests.rules.structural import case
from tests.rules.structural.samples import C, D, H, R

case(runtime.unbroadcast, R(2, 3), R(3))
case(runtime.unbroadcast, R(4, 2, 3), R(2, 1))
case(runtime.unbroadcast, R(3), R(2, 3))
case(runtime.unbroadcast, R(3, 1), R(1, 4))
case(runtime.unbroadcast, R(2, 3), 1.5)
case(runtime.unbroadcast, 1.5, R(2, 3))
case(runtime.cholesky_adjoint, R(3, 3), np.linalg.cholesky(D(3, 3)))
case(runtime.cholesky_tangent, R(3, 3), np.linalg.cholesky(D(3, 3)))
case(runtime.cholesky_tangent, C(3, 3), np.linalg.cholesky(H(3)))
case(runtime.cholesky_tangent, R(2, 3, 3), np.linalg.cholesky(D(2, 3, 3)))
case(runtime.shaped_like, R(2, 3), R(2, 3))
case(runtime.outer_sum, [R(3), R(3)], [R(2), R(2)])
case(runtime.products_with, R(3, 2), [R(2), R(2)])
case(runtime.sum_product, R(2, 3), R(2, 3))
case(runtime.unbroadcast_product, R(2, 3), R(2, 1), R(3))
case(runtime.unbroadcast_product, R(2, 3), R(1, 3), R(2, 1))
case(runtime.unbroadcast_product, R(2, 3), R(2, 3), R(2, 3))
case(runtime.sum_product, R(2, 3), R(3))
case(runtime.spread_adjoint, R(5, 3, 4), R(3, 4), 0)
case(runtime.spread, R(5, 4), R(3, 4), 0)
case(runtime.spread, R(5), R(3, 4))
case(runtime.stretched, R(4), R(3, 4))
case(runtime.merge_axes, R(5, 2, 3, 4), R(2, 3, 4), (0, 2))
case(runtime.merge_axes, R(2, 3), R(2, 3))
case(runtime.split_axes, R(5, 3, 8), R(2, 3, 4), (0, 2))
case(runtime.interp_steps, R(4))
case(runtime.interp_steps_adjoint, R(3), R(4))
case(runtime.interp_steps_adjoint, R(1), R(1))
case(runtime.guarded, R(3), R(3))
case(runtime.guarded, R(3), R(2, 3))
case(runtime.divide_or_zero, R(3), R(3))
case(runtime.divide_or_zero, R(2, 1), R(3))
case(runtime.reshape_like, R(3, 4), R(3, 4), R(4, 3), "F")
case(runtime.logdet_seed, 0.3, 0.7, 0.6 + 0.8j)

# Rules whose pullback makes constants of its own dtype; the engine casts the contribution.
WIDENING = {"numpy.linspace"}
