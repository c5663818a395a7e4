"""Products, contractions, methods of ufuncs."""

from __future__ import annotations

import numpy as np

from tests.rules.structural import case
from tests.rules.structural.samples import C, F, R

for x, z in (
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (3,)),
    ((3,), (5, 3, 2)), ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((1, 1), (1, 1)), ((0, 2, 3), (3, 4)),
):  # fmt: skip
    case(np.matmul, R(*x), R(*z))
case("operator.matmul", R(2, 3), R(3, 2))
case(np.matmul, C(2, 3), C(3, 4))
case(np.matmul, R(2, 3), C(3))
case(np.matmul, C(4, 2, 3), R(3))
case(np.matmul, F(R(2, 3)), F(R(3, 4)))
for x, z in (
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 3, 4), (4, 2)), ((2, 3), (4, 3, 2)),
    ((2, 4, 3), (5, 3, 2)), ((2, 3, 4), (4,)), ((3,), (2, 3, 4)), ((), (2, 3)), ((2, 3), ()), ((), ()),
):  # fmt: skip
    case(np.dot, R(*x), R(*z))
case(np.dot, C(2, 3), C(3, 4))
case(np.dot, C(2, 3, 4), C(5, 4, 2))
case(np.dot, 1.5, R(3))
case(np.dot, 1.5, 2.5)
for x, z in (((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 3)), ((2, 4, 3), (5, 3)), ((3,), (2, 3))):
    case(np.inner, R(*x), R(*z))
    case(np.inner, C(*x), C(*z))
case(np.inner, 1.5, 2.5)
for x, z in (((3,), (3,)), ((2, 3), (3, 2)), ((6,), (2, 3))):
    case(np.vdot, R(*x), R(*z))
    case(np.vdot, C(*x), C(*z))
for x, z in (((3,), (4,)), ((2, 3), (4,)), ((2, 2), (3, 2)), ((), (3,))):
    case(np.outer, R(*x), R(*z))
    case(np.outer, C(*x), C(*z))
case(np.outer, 1.5, R(3))
case(np.tensordot, R(2, 3, 4), R(4, 3), ([2, 1], [0, 1]))
case(np.tensordot, R(2, 3, 4), R(4, 3), ([1, 2], [1, 0]))
case(np.tensordot, R(2, 3, 4), R(4, 5), 1)
case(np.tensordot, R(2, 3), R(4), 0)
case(np.tensordot, R(2, 3), R(2, 3))
case(np.tensordot, C(2, 3), C(3, 2), axes=(-1, 0))
case(np.tensordot, R(2, 3, 4, 5), R(5, 3, 6), axes=((3, 1), (0, 1)))
for x, z in (((2,), (3,)), ((2, 3), (3, 2)), ((2, 3), (2,)), ((2,), (3, 2)), ((2, 1, 2), (1, 3))):
    case(np.kron, R(*x), R(*z))
case(np.kron, C(2, 2), C(2, 2))
case(np.cross, R(3), R(3))
case(np.cross, R(4, 3), R(3))
case(np.cross, R(1, 3), R(4, 3))
case(np.cross, C(3), C(4, 3))
case(np.cross, R(3, 5), R(4, 5, 3), axisa=0, axisc=1)
case(np.cross, R(3, 4), R(3, 4), axis=0)
for subscripts, *shape_list in (
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ij->ji", (2, 3)), ("ba", (2, 3)),
    ("ij->", (2, 3)), ("ij->j", (2, 3)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("ii->", (3, 3)),
    ("iij->j", (3, 3, 2)), ("iii->i", (2, 2, 2)), ("iji,i->j", (2, 3, 2), (2,)), ("i,i", (3,), (3,)),
    ("i,i,i", (3,), (3,), (3,)), ("i,j->ij", (3,), (2,)), (",i->i", (), (3,)), ("ij,ij->ij", (2, 3), (2, 3)),
    ("ijk,kj->i", (2, 3, 4), (4, 3)), ("ijk,kl->jl", (2, 3, 4), (4, 3)), ("ij,kl->", (2, 3), (1, 2)),
    ("...k,kj->...j", (2, 3, 4), (4, 3)), ("...ij,...jk->...ik", (2, 3, 4), (5, 1, 4, 2)),
    ("...i->...", (2, 3)), ("...i", (2, 3)), ("i...,i->...", (3, 2, 2), (3,)),
    ("i,ijk,kj,i->", (2,), (2, 3, 4), (4, 3), (2,)), ("ab,bc,cd->ad", (2, 3), (3, 2), (2, 4)),
    ("ij,j->i", (2, 1), (3,)), ("ij,j->i", (2, 3), (1,)), ("ii,i->i", (1, 1), (3,)),
    ("ij,j->i", (0, 3), (3,)), (" i j , j k -> k i", (2, 3), (3, 4)),
):  # fmt: skip
    case(np.einsum, subscripts, *(R(*s) for s in shape_list))
case(np.einsum, "ij,jk->ik", C(2, 3), C(3, 4))
case(np.einsum, "ii,ij->j", C(2, 2), C(2, 3))
case(np.einsum, "ij,jk,kl->il", R(2, 3), R(3, 2), R(2, 2), optimize=True)
case(np.linalg.tensordot, R(2, 3), R(3, 2), axes=1)
case(np.linalg.cross, R(4, 3), R(3))
case(np.linalg.trace, R(2, 3, 3), offset=1)
case(np.linalg.diagonal, R(2, 3, 3))
case(np.linalg.matrix_transpose, R(2, 3, 3))
case(np.linalg.matmul, R(2, 3), R(3, 3))
for vecdot in (np.vecdot, np.linalg.vecdot):
    case(vecdot, R(4, 3), R(3))
    case(vecdot, C(3), C(4, 3))
for ufunc in (np.add, np.multiply, np.maximum, np.minimum):
    case(ufunc.reduce, R(3, 4))
    case(ufunc.reduce, R(3, 4), axis=(0, 1))
    case(ufunc.reduce, R(3, 4), axis=1, keepdims=True)
    case(ufunc.reduce, R(3, 4), axis=None)
for ufunc in (np.add, np.multiply):
    case(ufunc.accumulate, R(3, 4))
    case(ufunc.accumulate, R(3, 4), 1)
for ufunc in (np.add, np.subtract, np.multiply, np.divide):
    case(ufunc.outer, R(3), R(2, 2))
    case(ufunc.outer, C(2), C(3))
    case(ufunc.outer, 1.5, R(2))

for m, n in ((5, 3), (3, 5), (4, 4), (3, 4), (4, 2), (1, 3), (3, 1), (2, 6)):
    for mode in ("full", "same", "valid"):
        case(np.convolve, R(m), R(n), mode)
        case(np.correlate, R(m), R(n), mode)
case(np.convolve, C(4), C(3))
case(np.correlate, C(4), C(3), "same")
case(np.correlate, C(2), C(5), "same")
case(np.convolve, R(4), C(3), "valid")
case(np.linalg.outer, C(3), C(2))
if hasattr(np, "matvec"):
    case(np.matvec, C(3, 2), C(2))
    case(np.matvec, R(4, 3, 2), R(2))
    case(np.matvec, R(3, 2), R(4, 1, 2))
    case(np.vecmat, C(3), C(3, 2))
    case(np.vecmat, R(4, 3), R(3, 2))
    case(np.vecmat, C(3), C(4, 3, 2))
