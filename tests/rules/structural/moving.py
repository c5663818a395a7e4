"""Functions that move elements: inserting, choosing, orders and sets, windows, stores made by functions."""

from __future__ import annotations

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.rules.table import present
from tests.rules.structural import case
from tests.rules.structural.samples import MASK, C, F, R

case(np.insert, R(4), 2, 1.5)
case(np.insert, R(4), [0, 2], R(2))
case(np.insert, R(4), slice(0, 2), R(2))
case(np.insert, R(3, 4), 1, R(4), axis=0)
case(np.insert, R(3, 4), -1, R(3), axis=1)
case(np.insert, F(R(3, 4)), 5, 0.5)
case(np.insert, C(3), 1, C(2))
case(np.delete, R(4), 2)
case(np.delete, R(4), [0, 0, 2])
case(np.delete, R(3, 4), slice(0, 2), axis=1)
case(np.delete, R(3, 4), -1, axis=0)
case(np.delete, R(3, 4), 5)
case(np.compress, [True, False, True], R(3))
case(np.compress, [True, False, True], R(3, 4), axis=0)
case(np.compress, [True, False], R(3, 4), axis=-1)
case(np.compress, MASK[0], C(4))
case(np.resize, R(3), (2, 4))
case(np.resize, R(2, 3), 4)
case(np.choose, np.array([1, 0, 2]), [R(3), R(3), 0.5])
case(np.choose, np.array([[1], [0]]), [R(3), R(3)])
case(np.choose, np.array([1, 0, 1]), R(2, 3))
case(np.choose, np.array([5, -1, 2]), [R(3), R(3), R(3)], mode="wrap")
case(np.choose, np.array([5, -1, 2]), [R(3), R(3), R(3)], mode="clip")
case(np.block, [R(2), R(3)])
case(np.block, [[R(2, 2), R(2, 3)], [R(1, 2), R(1, 3)]])
case(np.block, [[R(2, 2), R(2, 1)], [1.5, 2.5, 0.5]])
case(np.block, [C(2), 1.5])

for axis in (-1, 0, None):
    case(np.partition, R(4, 3), 1, axis)
case(np.partition, R(5), (1, 3))
case(np.sort_complex, R(4))
case(np.sort_complex, C(4))
case(np.sort_complex, C(2, 3))
case(np.unique, R(5))
case(np.unique, R(2, 3))
case(np.unique, R(5), return_index=True)
case(np.unique, R(5), return_counts=True, return_inverse=True)
case(np.unique, C(3))
case(np.unique, R(0))
for function in (np.unique_values, np.unique_counts, np.unique_all, np.unique_inverse):
    case(function, R(5))
    case(function, R(2, 2))
for function in (np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d):
    case(function, R(3), R(2))

case(np.rollaxis, R(2, 3, 4), 2)
case(np.rollaxis, R(2, 3, 4), 0, 3)
case(np.rollaxis, R(2, 3, 4), -1, 1)
case(np.diagflat, R(3))
case(np.diagflat, R(2, 2), 1)
case(np.diagflat, 1.5, -1)
for function in present(np, "unstack"):
    case(function, R(2, 3))
    case(function, R(2, 3), axis=1)
case(np.broadcast_arrays, R(3), R(2, 1))
case(np.ix_, np.array([0.4, 1.2, 0.9]), np.array([0.7, 1.1]))
case(np.broadcast_arrays, 1.5, R(2, 1))
WINDOWS = np.lib.stride_tricks.sliding_window_view
case(WINDOWS, R(5), 3)
case(WINDOWS, R(4, 5), (2, 2))
case(WINDOWS, R(4, 5), 2, axis=1)
case(WINDOWS, R(4, 5), (2, 2), axis=(1, 1))

for array in (R(3, 4), F(R(3, 4)), R(4, 3).T, R(3, 4)[::-1], C(3, 4)):
    case(runtime.with_put, array, [0, 5, 0], R(3))
    case(runtime.with_flat, array, slice(1, 9, 2), R(2))
    case(runtime.with_diagonal, array, R(3))
case(runtime.with_put, R(4), [1, 2, 3], R(2))
case(runtime.with_put, R(4), [5, -7], 0.5, "wrap")
case(runtime.with_put, R(4), 2, 0.5)
case(runtime.with_flat, R(3, 4), 5, 1.5)
case(runtime.with_flat, R(3, 4), [1, 5, 1], R(3))
case(runtime.with_flat, R(3, 4), ..., R(12))
case(runtime.with_put_along, R(2, 3), np.array([[2], [0]]), R(2, 1), 1)
case(runtime.with_put_along, R(2, 3), np.array([[0, 1, 0]]), 1.5, 0)
case(runtime.with_put_along, R(2, 3), np.array([5, 0]), R(2), None)
case(runtime.with_masked, R(3, 4), MASK, R(3, 4))
case(runtime.with_masked, R(3, 4), MASK, R(2))
case(runtime.with_masked, R(3, 4), MASK, 1.5)
case(runtime.with_placed, R(3, 4), MASK, R(2))
case(runtime.with_placed, R(3, 4), MASK, [1.5, 2.5])
case(runtime.with_diagonal, R(5, 2), 1.5, True)
case(runtime.with_diagonal, R(3, 3, 3), 0.5)

STRIDED = np.lib.stride_tricks.as_strided
case(STRIDED, R(6), (4, 3), (8, 8))
case(STRIDED, R(3, 4), (3,), (40,))
case(runtime.strided, R(3, 4), runtime.strided_places(R(3, 4), (2, 4), (32, 8)), (2, 4), (32, 8))
case(runtime.listed_adjoint, [1.5, 2.5, 0.5], R(3))
case(runtime.listed_adjoint, [R(2), R(2)], R(2, 2))
