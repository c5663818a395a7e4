"""Sorting, taking, selecting; constructors."""

from __future__ import annotations

import numpy as np

from tests.rules.structural import case
from tests.rules.structural.samples import MASK, C, F, P, R

for axis in (-1, 0, None):
    case(np.sort, R(4, 3), axis)
case(np.sort, R(5))
case(np.take, R(5), [0, 3, 3, -1])
case(np.take, R(5), 2)
case(np.take, R(3, 4), [[0, 5], [5, 11]])
case(np.take, R(3, 4), [[0, 2], [2, 1]], axis=0)
case(np.take, R(2, 3, 4), [0, 2], axis=1)
case(np.take, R(2, 3, 4), 1, axis=-1)
case(np.take, R(3), [5, -7], mode="wrap")
case(np.take, R(3), [5, -7], mode="clip")
case(np.take_along_axis, R(2, 3), np.array([[0, 2], [1, 1]]), 1)
case(np.take_along_axis, R(1, 3), np.array([[0, 2], [1, 1]]), axis=1)
case(np.take_along_axis, R(2, 3), np.array([[0, 1, 1]]), axis=0)
case(np.take_along_axis, R(2, 3), np.array([0, 4]), axis=None)
case(np.select, [np.array([True, False, False]), np.array([True, True, False])], [R(3), R(3)])
case(np.select, [MASK, ~MASK[0]], [R(4), 1.5], R(3, 1))
case(np.extract, np.array([True, False, True]), R(3))
case(np.interp, np.array([-1.0, 0.3, 1.7, 1.2, 5.0]), np.array([0.1, 1.0, 2.0]), R(3))
case(np.interp, 1.3, np.array([0.1, 1.0, 2.0]), R(3))
case(np.interp, P(2, 2), np.array([0.1, 1.1, 2.2, 3.0]), R(4))
case(np.interp, P(2), np.array([0.1, 1.1, 2.2, 3.0]), C(4))

# -- constructors
case(np.full, (2, 3), 1.5)
case(np.full, (2, 3), R(3))
case(np.full_like, R(2, 3), R(3))
case(np.full_like, R(2, 3), 1.5)
case(np.arange, 0.3, 2.2, 0.5)
case(np.arange, 0.3, 3)
for count in (1, 2, 5):
    case(np.linspace, 0.3, 1.2, count)
case(np.linspace, 0.3, 1.2, 4, False)
case(np.linspace, R(3), R(3), 4)
case(np.linspace, R(2, 1), R(3), 4)
case(np.linspace, 0.5, R(3), 4)
case(np.ix_, R(3), R(2))
case(np.meshgrid, R(3), R(4))
case(np.meshgrid, R(3), R(4), R(2))
case(np.meshgrid, R(3), R(4), indexing="ij")
case(np.meshgrid, R(3), R(4), sparse=True)
case(np.meshgrid, R(3))
case(np.meshgrid, 1.5, R(3))
for maker in (np.array, np.asarray, np.asanyarray, np.copy, np.ascontiguousarray, np.asfortranarray):
    case(maker, R(2, 3))
    case(maker, F(R(2, 3)))
    case(maker, R())
    case(maker, 1.5)
case(np.array, [1.5, 2.5, 3.0])
case(np.array, [[1.5, R()], [2.5, 0.5]])
case(np.array, [R(3), [1.0, 2.0, 3.0]])
case(np.array, R(3), dtype=np.complex128)
case(np.asarray, [R(2), R(2)])
