"""Linear algebra."""

from __future__ import annotations

import numpy as np

from tests.rules.structural import case
from tests.rules.structural.samples import C, D, F, H, R, S

for shape in ((3, 3), (2, 3, 3), (1, 1), (2, 1, 2, 2)):
    case(np.linalg.inv, S(*shape))
    case(np.linalg.det, S(*shape))
    case(np.linalg.slogdet, S(*shape))
    case(np.linalg.cholesky, D(*shape))
    case(np.linalg.eigvalsh, D(*shape))
    case(np.linalg.svdvals, S(*shape))
case(np.linalg.det, np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]]))
case(np.linalg.det, np.zeros((2, 2)))
case(np.linalg.det, np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]]))
for square in (np.linalg.inv, np.linalg.det, np.linalg.slogdet):
    case(square, S(3, 3) + 1j * R(3, 3))
case(np.linalg.cholesky, H(3))
case(np.linalg.cholesky, F(D(3, 3)))
case(np.linalg.eigvalsh, H(3))
case(np.linalg.eigvalsh, D(3, 3), "U")
case(np.linalg.eigh, D(3, 3))
case(np.linalg.eigh, D(2, 3, 3))
case(np.linalg.eigh, D(3, 3), "U")
for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 2)):
    case(np.linalg.pinv, R(*shape))
    case(np.linalg.svd, R(*shape), full_matrices=False)
    case(np.linalg.svd, R(*shape), compute_uv=False)
    case(np.linalg.svdvals, R(*shape))
case(np.linalg.pinv, C(3, 2))
case(np.linalg.svd, S(3, 3))
case(np.linalg.svdvals, C(3, 2))
for shape in ((3, 3), (4, 2), (2, 4, 2), (2, 4), (2, 2, 3)):
    case(np.linalg.qr, R(*shape))
    case(np.linalg.qr, R(*shape), mode="r")
case(np.linalg.qr, C(2, 3))
for a, b in (((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (2, 3, 1)), ((2, 3, 3), (3,)), ((3, 3), (2, 3, 2)),
             ((2, 1, 3, 3), (4, 3, 2)), ((1, 1), (1,))):  # fmt: skip
    case(np.linalg.solve, S(*a), R(*b))
case(np.linalg.solve, S(3, 3) + 1j * R(3, 3), C(3))
case(np.linalg.solve, S(3, 3) + 1j * R(3, 3), R(3, 2))
VECTOR_ORDERS = [None, 2, 1, np.inf, -np.inf, 3, 2.5, 0.5, -1, 0]
for order in VECTOR_ORDERS:
    case(np.linalg.norm, R(5), order)
    case(np.linalg.norm, R(3, 4), order, axis=0)
    case(np.linalg.norm, R(3, 4), order, axis=-1, keepdims=True)
    case(np.linalg.norm, C(4), order)
for order in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
    case(np.linalg.norm, R(3, 4), order)
    case(np.linalg.norm, R(2, 3, 4), order, axis=(1, 2))
    case(np.linalg.norm, R(2, 3, 4), order, axis=(2, 0), keepdims=True)
    case(np.linalg.norm, C(3, 3), order)
case(np.linalg.norm, R(2, 3, 4))
for matrix in (np.array([[1.0, 2.0, 0.3], [0.4, -1.0, 0.7], [0.2, 0.5, 3.0]]), np.array([[0.3, 2.0, 0.1], [-1.5, 0.2, 0.7], [0.2, 0.5, 3.0]]),
               C(3, 3), np.stack([np.diag([1.0, 2.0]) + 0.3, np.diag([1.0, 4.0]) + 0.2])):  # fmt: skip
    case(np.linalg.eig, matrix)
    case(np.linalg.eigvals, matrix)
case(np.linalg.pinv, R(3, 2), rcond=1e-12)
