"""Every structural rule against central differences, and the helpers that pullbacks call, as they call them.

A case is a call. From it: the pullbacks, general and chosen, pair with differences; parameters without a
pullback have derivative zero; what a rule says that it does not read may be anything; linear means linear;
shapes and float32 are kept; adjoints may have a leading axis of directions. Each function that a pullback
calls is then a case itself, with the arguments it was called with, and so on: higher derivatives are right.
"""

from __future__ import annotations

import ast
import dataclasses
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.types import Type, type_of
from adjoint_compiler.rules import TABLE, lookup, table
from adjoint_compiler.rules.calls import contents_read
from adjoint_compiler.rules.expressions import RuleError, resolve_function
from adjoint_compiler.rules.methods import ATTRIBUTES, METHODS
from adjoint_compiler.rules.rule import Rule

EPS = 1e-6
rng = np.random.default_rng(7)


def R(*shape: int) -> Any:
    """A real array without ties, zeros or tiny elements."""
    return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape))


def P(*shape: int) -> Any:
    """A positive array."""
    return np.abs(R(*shape))


def C(*shape: int) -> Any:
    """A complex array."""
    return np.asarray(R(*shape) + 1j * R(*shape))


def S(*shape: int) -> Any:
    """Well-conditioned square matrices (the last two lengths agree)."""
    return R(*shape) + 3 * np.eye(shape[-1])


def D(*shape: int) -> Any:
    """Symmetric positive definite matrices."""
    a = R(*shape)
    return a @ np.swapaxes(a, -1, -2) + 2 * np.eye(shape[-1])


def H(n: int) -> Any:
    """A positive definite Hermitian matrix."""
    a = C(n, n)
    return a @ a.conj().T + 2 * np.eye(n)


def F(a: Any) -> Any:
    """The array in Fortran order."""
    return np.asfortranarray(a)


@dataclass(frozen=True)
class Case:
    """One call of an operation."""

    rule: Rule
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    name: str


CASES: list[Case] = []


def case(function: Any, *args: Any, **kwargs: Any) -> None:
    rule = TABLE.by_key[function] if isinstance(function, str) else lookup(function)
    assert rule is not None, function
    number = sum(c.rule is rule for c in CASES)
    CASES.append(Case(rule, args, kwargs, f"{rule.name}-{number}"))


MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
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

# -- shapes
case(np.reshape, R(3, 4), (2, 6))
case(np.reshape, R(3, 4), -1)
case(np.reshape, F(R(3, 4)), (4, 3))
case(np.reshape, R(3, 4), (4, 3), order="F")
for layout in (R(3, 4), F(R(3, 4)), R(12)):
    case(np.reshape, layout, (4, 3), order="A")
    case(np.ravel, layout, order="K")
    case(np.ravel, layout, order="F")
    case(np.ravel, layout)
case(np.reshape, R(), (1, 1))
case(np.reshape, 1.5, (1, 1))
case(np.reshape, R(0, 3), (3, 0))
case(np.squeeze, R(1, 3, 1))
case(np.squeeze, R(1, 3, 1), axis=0)
case(np.squeeze, R(1, 1), axis=(0, 1))
case(np.expand_dims, R(3, 4), 1)
case(np.expand_dims, R(3), (0, -1))
for atleast in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    for shape in ((), (3,), (2, 3), (2, 3, 4)):
        case(atleast, R(*shape))
    case(atleast, 2.5)
case(np.transpose, R(2, 3, 4))
case(np.transpose, R(2, 3, 4), (1, 2, 0))
case(np.transpose, R(2, 3, 4), (-1, 0, 1))
case(np.transpose, R(2, 3, 4), axes=[2, 0, 1])
case(np.transpose, R(2, 3), (0, 1))
case(np.swapaxes, R(2, 3, 4), 0, -1)
case(np.moveaxis, R(2, 3, 4), 0, -1)
case(np.moveaxis, R(2, 3, 4), (0, 1), (-1, 0))
case(np.matrix_transpose, R(2, 3, 4))
case(np.broadcast_to, R(3), (2, 3))
case(np.broadcast_to, R(2, 1), (4, 2, 3))
case(np.broadcast_to, 2.5, (2, 3))
case(np.concatenate, [R(2, 3), R(1, 3)])
case(np.concatenate, (R(2, 3), R(2, 1), R(2, 2)), axis=-1)
case(np.concatenate, [R(2, 3), R(4)], axis=None)
case(np.concatenate, R(3, 2))
case(np.concatenate, [R(2), R(0)])
case(np.concatenate, [C(2), R(2)])
case(np.concatenate, [R(2)])
case(np.stack, [R(2, 3), R(2, 3)])
case(np.stack, [R(2, 3), R(2, 3), R(2, 3)], axis=-1)
case(np.stack, [R(2), R(2)], axis=1)
case(np.stack, [1.5, 2.5])
case(np.stack, R(3, 2), axis=1)
for arrays in ([R(3), R(3)], [R(3, 1), R(3, 1)], [R(), R()], [R(2, 2, 2), R(2, 2, 2)], (R(4), R(4), R(4))):
    case(np.vstack, arrays)
    case(np.hstack, arrays)
    case(np.dstack, arrays)
    case(np.column_stack, arrays)
case(np.vstack, [R(2, 3), R(3)])
case(np.hstack, [R(2), R(3), R(1)])
case(np.hstack, [R(2, 3), R(2, 1)])
case(np.column_stack, [R(3), R(3, 2)])
case(np.dstack, [R(3), R(1, 3, 2)])
case(np.append, R(3), 1.5)
case(np.append, R(2, 3), R(4))
case(np.append, R(2, 3), R(1, 3), axis=0)
for splitter in (np.split, np.array_split):
    case(splitter, R(6), 3)
    case(splitter, R(6), [1, 4])
    case(splitter, R(2, 6), 2, axis=1)
    case(splitter, R(6), [3, 1])
    case(splitter, R(6), [2, 9])
case(np.array_split, R(7), 3)
case(np.hsplit, R(4), 2)
case(np.hsplit, R(2, 4), [1, 3])
case(np.vsplit, R(4, 2), 2)
case(np.dsplit, R(2, 2, 4), 2)
for axis in (None, 0, -1, (0, 1)):
    case(np.flip, R(3, 4), axis=axis)
case(np.fliplr, R(3, 4))
case(np.flipud, R(3, 4))
for k in (0, 1, 2, 3, -1):
    case(np.rot90, R(3, 4), k)
case(np.rot90, R(2, 3, 4), 1, (1, 2))
case(np.roll, R(3, 4), 2)
case(np.roll, R(3, 4), -1, axis=0)
case(np.roll, R(3, 4), (1, 2), axis=(0, 1))
case(np.repeat, R(3), 2)
case(np.repeat, R(2, 3), 2, axis=1)
case(np.repeat, R(2, 3), [1, 0, 3], axis=-1)
case(np.repeat, R(2, 2), [1, 0, 3, 2])
case(np.repeat, R(2, 2), 3)
case(np.repeat, 2.5, 3)
for reps in (2, (2, 3), (3, 1, 2), (1,), 0):
    case(np.tile, R(2, 3), reps)
case(np.tile, R(3), (2, 2))
case(np.tile, 2.5, 3)
case(np.pad, R(3), 2)
case(np.pad, R(2, 3), ((0, 1), (2, 0)))
case(np.pad, R(2, 3), (1, 2), constant_values=1.5)
for mode in ("edge", "reflect", "symmetric", "wrap"):
    case(np.pad, R(3, 4), ((1, 2), (0, 3)), mode)
for offset in (0, 1, -1, 5):
    case(np.diagonal, R(3, 4), offset)
    case(np.trace, R(3, 4), offset)
    case(np.diag, R(3, 4), offset)
    case(np.diag, R(3), offset)
    case(np.tril, R(3, 4), offset)
    case(np.triu, R(2, 3, 4), offset)
case(np.diagonal, R(2, 3, 4), 0, -1, 0)
case(np.diagonal, R(2, 3, 4), axis1=1, axis2=2)
case(np.trace, R(2, 3, 4), 0, 1, 2)
case(np.trace, C(3, 3))
case("attribute.T", R(3, 4))
case("attribute.T", R(2, 3, 4))
case("attribute.mT", R(2, 3, 4))
case("attribute.real", C(3))
case("attribute.imag", C(3))
case("attribute.real", R(3))
case("method.flatten", R(3, 4))
case("method.flatten", R(3, 4), order="F")
case("method.copy", R(3, 4))
case("method.conj", R(3, 4))
case("method.conj", C(3))
case("method.astype", R(3, 4), np.float64)
case("method.astype", R(3, 4), np.complex128)
case("method.astype", R(3), np.int64)
case("method.item", R(1, 1))
case("method.item", R(3, 4), 5)
case("method.item", R(3, 4), (1, -2))
case("method.tolist", R(3))
case("method.tolist", R(2, 3))

# -- indexing
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

# -- products
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

# -- linear algebra
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
for shape in ((3, 3), (4, 2), (2, 4, 2)):
    case(np.linalg.qr, R(*shape))
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

# -- helpers that no first derivative calls
case(runtime.unbroadcast, R(2, 3), R(3))
case(runtime.unbroadcast, R(4, 2, 3), R(2, 1))
case(runtime.unbroadcast, R(3), R(2, 3))
case(runtime.unbroadcast, R(3, 1), R(1, 4))
case(runtime.unbroadcast, R(2, 3), 1.5)
case(runtime.unbroadcast, 1.5, R(2, 3))
case(runtime.cholesky_adjoint, R(3, 3), np.linalg.cholesky(D(3, 3)))
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
case(runtime.guarded, R(3), R(3))
case(runtime.guarded, R(3), R(2, 3))
case(runtime.divide_or_zero, R(3), R(3))
case(runtime.divide_or_zero, R(2, 1), R(3))
case(runtime.reshape_like, R(3, 4), R(3, 4), R(4, 3), "F")
case(runtime.logdet_seed, 0.3, 0.7, 0.6 + 0.8j)

# Rules whose pullback makes constants of its own dtype; the engine casts the contribution.
WIDENING = {"numpy.linspace"}


# -- values: numbers, arrays and nested sequences of them ----------------------------------------------------


def each(function: Callable[..., Any], *values: Any) -> Any:
    """Apply to numbers and arrays, through lists and tuples."""
    if isinstance(values[0], (list, tuple)):
        return [each(function, *items) for items in zip(*values, strict=True)]
    return function(*values)


def mapped(function: Callable[[Any], Any], v: Any) -> Any:
    """``each`` that keeps tuples."""
    out = each(function, v)
    return tuple(out) if isinstance(v, tuple) else out


def flat(v: Any) -> list[Any]:
    return [x for item in v for x in flat(item)] if isinstance(v, (list, tuple)) else [v]


def inexact(v: Any) -> bool:
    numbers = (float, complex, np.ndarray, np.generic)
    return any(isinstance(x, numbers) and np.result_type(x).kind in "fc" for x in flat(v))


def direction(v: Any, seed: int = 0) -> Any:
    r = np.random.default_rng(seed)

    def leaf(x: Any) -> Any:
        if not inexact(x):
            return np.zeros(np.shape(x))[()]
        d = r.normal(size=np.shape(x)) + (1j * r.normal(size=np.shape(x)) if np.iscomplexobj(x) else 0)
        return d if np.ndim(x) else d[()]

    return each(leaf, v)


def displaced(v: Any, d: Any, step: float) -> Any:
    def leaf(x: Any, dx: Any) -> Any:
        if not inexact(x):
            return x
        out = x + step * dx
        # layout has a meaning
        return np.asfortranarray(out) if isinstance(x, np.ndarray) and x.flags.fnc else out

    out = each(leaf, v, d)
    return tuple(out) if isinstance(v, tuple) else out


def pairing(a: Any, b: Any) -> float:
    """The real inner product."""
    if isinstance(a, (list, tuple)):
        return sum(pairing(x, y) for x, y in zip(a, b, strict=True))
    return float(np.sum(np.conj(a) * b).real)


def shapes(v: Any) -> Any:
    return [shapes(x) for x in v] if isinstance(v, (list, tuple)) else np.shape(v)


def nan_like(v: Any) -> Any:
    """The value with its contents made unusable."""
    return mapped(lambda x: np.full_like(x, np.nan) if inexact(x) and isinstance(x, np.ndarray) else x, v)


def single(v: Any) -> Any:
    """The value in single precision."""

    def leaf(x: Any) -> Any:
        if not isinstance(x, (np.ndarray, np.generic)) or not inexact(x):
            return x
        return x.astype(np.complex64 if np.iscomplexobj(x) else np.float32)

    return mapped(leaf, v)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=1e-9, atol=1e-9))


# -- calls ---------------------------------------------------------------------------------------------------


def bound(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], defaults: bool = True) -> dict[str, Any]:
    """The arguments by parameter."""
    env = {p: ast.literal_eval(d) for p, d in rule.defaults.items()} if defaults else {}
    for k, p in enumerate(rule.params):
        if p.startswith("*"):
            env[p[1:]] = args[k:]
            break
        if k < len(args):
            env[p] = args[k]
    return {**env, **kwargs}


def run(rule: Rule, env: dict[str, Any], given: set[str]) -> Any:
    """The operation itself, on the arguments that were given."""
    kind, _, name = rule.name.rpartition(".")
    function: Any = rule.function or getattr(operator, name, None)
    if kind == "attribute":
        return getattr(env["x"], name)
    if kind == "method":
        holder, *rest = rule.params
        return getattr(env[holder], name)(*(env[p] for p in rest if p in given))
    args = []
    for p in rule.params:
        if p.startswith("*"):
            args += env[p[1:]]
        elif p not in rule.defaults:
            args.append(env[p])
    if (getattr(function, "__module__", None) or "").startswith("adjoint_compiler"):
        return function(*args, *(env[p] for p in rule.params if p in rule.defaults))
    return function(*args, **{p: env[p] for p in rule.params if p in rule.defaults and p in given})


def operand(v: Any, name: str) -> Operand:
    if isinstance(v, (list, tuple)):
        return Pack(type(v).__name__, tuple(operand(x, name) for x in v))
    return Name(name) if inexact(v) or isinstance(v, np.ndarray) else Const(v)


def chosen(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, str]:
    """The pullbacks for these arguments."""
    given = bound(rule, args, kwargs, defaults=False)
    types: dict[str, Type] = {p: type_of(v) for p, v in given.items()}
    operands = {p: operand(v, p) if p in rule.pullbacks else literal(v, p) for p, v in given.items()}
    return rule.pullbacks_for(types, operands)


def literal(v: Any, name: str) -> Operand:
    """An argument that no derivative goes through, numbers written out."""
    return Const(v) if isinstance(v, float) else operand(v, name)


def texts(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[dict[str, str]]:
    """The general pullbacks, and those chosen for these arguments where they differ."""
    special = chosen(rule, args, kwargs)
    if kwargs.get("compute_uv") is False:  # the general one is for the decomposition itself
        return [special]
    return [rule.pullbacks] + ([special] if special != rule.pullbacks else [])


class Recorder(dict[str, Any]):
    """The names of a rule's expression; calls are noted."""

    def __init__(self, rule: Rule, values: dict[str, Any], calls: list[Any]) -> None:
        super().__init__(values)
        self.rule, self.calls = rule, calls

    def noted(self, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((function, args, kwargs))
            return function(*args, **kwargs)

        return call

    def __missing__(self, name: str) -> Any:
        if name == "linalg":
            public = [n for n in dir(np.linalg) if not n.startswith("_")]
            return SimpleNamespace(**{n: self.noted(getattr(np.linalg, n)) for n in public})
        found = resolve_function(name, self.rule)
        return self.noted(found) if callable(found) else found


def contribution(
    rule: Rule, pullbacks: dict[str, str], param: str, env: dict[str, Any], calls: list[Any] | None = None
) -> Any:
    """What the adjoint of a parameter receives; for ``*operands`` one item for each."""

    def value(text: str, **more: Any) -> Any:
        return eval(text, Recorder(rule, {**env, **more}, [] if calls is None else calls))  # noqa: S307

    if rule.kind == "elementwise":
        return runtime.unbroadcast(env["g"] * np.conj(value(pullbacks[param])), env[param])
    if "*" + param in rule.params:
        each_text = [pullbacks.get(f"{param}[{k}]") or pullbacks[param] for k in range(len(env[param]))]
        return [value(text, k=k) for k, text in enumerate(each_text)]
    c = value(pullbacks[param])
    if isinstance(env[param], (list, tuple)) and isinstance(c, np.ndarray):
        return [c[k] for k in range(len(c))]  # an array serves as the sequence of its rows
    return c


# -- checks --------------------------------------------------------------------------------------------------


def check(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Check one call in every respect; returns the calls that its pullbacks made."""
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    y = run(rule, env, given)
    values = {**env, "g": direction(y, 1), "y": y}
    calls: list[Any] = []
    for pullbacks in texts(rule, args, kwargs):
        check_pairing(rule, values, given, pullbacks, calls)
        check_reads(rule, values, pullbacks)
        check_single(rule, env, given, pullbacks)
    check_shape_only(rule, env, given, y)
    check_linear(rule, env, given, y)
    return calls


def is_open(text: str) -> bool:
    """Whether a pullback only says that it is not implemented."""
    return text.startswith("not_differentiated")


def differences(rule: Rule, env: dict[str, Any], given: set[str], param: str, d: Any) -> Any:
    ends = [run(rule, {**env, param: displaced(env[param], d, step)}, given) for step in (EPS, -EPS)]
    return each(lambda a, b: (a - b) / (2 * EPS) if inexact(a) else np.zeros(np.shape(a)), *ends)


def check_pairing(
    rule: Rule, values: dict[str, Any], given: set[str], pullbacks: dict[str, str], calls: list[Any]
) -> None:
    """The inner product of the adjoint with differences is that of the contribution with the direction."""
    for param in (p.lstrip("*") for p in rule.params):
        v, text = values.get(param), pullbacks.get(param)
        if not inexact(v) or is_open(text or ""):
            continue
        if text is None:
            if not isinstance(v, (np.ndarray, list, tuple)):
                continue  # numbers that no derivative goes through may be places of jumps
            c = each(lambda x: 0.0, v)
        elif param not in given:
            continue
        else:
            c = contribution(rule, pullbacks, param, values, calls)
            assert shapes(c) == shapes(v), f"{rule.name}: {param} receives shape {shapes(c)}, not {shapes(v)}"
        for seed in (2, 3):
            d = direction(v, seed)
            left, right = pairing(values["g"], differences(rule, values, given, param, d)), pairing(c, d)
            assert left == pytest.approx(right, rel=2e-5, abs=2e-6), f"{rule.name}: {param} ({text})"


def check_reads(rule: Rule, values: dict[str, Any], pullbacks: dict[str, str]) -> None:
    """What a pullback does not read may hold anything."""
    for key, text in pullbacks.items():
        param = key.partition("[")[0]
        if not inexact(values.get(param)) or is_open(text):
            continue
        reads = contents_read(text, rule)
        blind = {p: v if p in reads or p == "g" else nan_like(v) for p, v in values.items()}
        found = [contribution(rule, pullbacks, param, env) for env in (values, blind)]
        assert same(*found), f"{rule.name}: the pullback of {param} reads more than {sorted(reads)}"


def check_single(rule: Rule, env: dict[str, Any], given: set[str], pullbacks: dict[str, str]) -> None:
    """Single precision stays single."""
    values = {p: single(v) for p, v in env.items()}
    y = run(rule, values, given)
    results = [np.result_type(v) for v in flat(y) if inexact(v)]
    if not results or any(t not in (np.float32, np.complex64) for t in results) or rule.name in WIDENING:
        return
    values |= {"y": y, "g": single(direction(y))}
    for param, text in pullbacks.items():
        if not isinstance(values.get(param), np.ndarray) or not inexact(values[param]) or is_open(text):
            continue
        found = np.result_type(contribution(rule, pullbacks, param, values))
        assert found in (np.float32, np.complex64), f"{rule.name}: {param} widens to {found}"


def check_shape_only(rule: Rule, env: dict[str, Any], given: set[str], y: Any) -> None:
    """What is said to be read for its shape may hold anything."""
    values = {p: nan_like(v) if p in rule.shape_only else v for p, v in env.items()}
    if rule.shape_only:
        assert same(y, run(rule, values, given)), f"{rule.name} reads more than shapes"


def check_linear(rule: Rule, env: dict[str, Any], given: set[str], y: Any) -> None:
    """Twice the linear arguments, twice the result."""
    params = [p for p in rule.linear if inexact(env.get(p))]
    if not params or not inexact(y) or any(p in given and p not in params for p in rule.linear):
        return
    if all(inexact(x) for p in params for x in flat(env[p])):
        values = {p: mapped(lambda x: 2 * x, v) if p in params else v for p, v in env.items()}
        twice = run(rule, values, given | set(params))
        assert same(each(lambda x: 2 * x, y), twice), f"{rule.name} is not linear in {sorted(rule.linear)}"


# -- the functions that pullbacks call -----------------------------------------------------------------------


def signature(rule: Rule, args: Any, kwargs: Any) -> str:
    def mark(v: Any) -> str:
        if isinstance(v, (list, tuple)):
            return f"[{', '.join(map(mark, v))}]"
        return f"{np.result_type(v)}{np.shape(v)}" if isinstance(v, np.ndarray) or inexact(v) else repr(v)

    return f"{rule.name}{mark(args)}{ {k: mark(v) for k, v in kwargs.items()} }"


def hangs_on_phases(rule: Rule, args: tuple[Any, ...]) -> bool:
    """Complex vectors have an arbitrary phase: tested below through functions that do not see it."""
    return rule.name in ("numpy.linalg.eigh", "numpy.linalg.svd") and np.iscomplexobj(args[0])


def at_kink(rule: Rule, args: tuple[Any, ...]) -> bool:
    """The median's one half is at a kink of the weights; third derivatives of det ask for regularity."""
    if rule.name.endswith(".det_hessian"):
        return bool(np.any(np.abs(np.linalg.det(args[1])) < 1e-9))
    return rule.name.endswith(".quantile_weights") and args[1:2] in ((), (0.5,))


def explore(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], seen: set[str], depth: int = 0) -> None:
    """Check a call, then the calls that its pullbacks make, and so on."""
    for function, inner_args, inner_kwargs in check(rule, args, kwargs):
        callee = lookup(function)
        assert callee is not None, f"{rule.name}: no rule for {function}"
        if callee.kind != "structural" or not any(map(inexact, [*inner_args, *inner_kwargs.values()])):
            continue
        if hangs_on_phases(callee, inner_args) or at_kink(callee, inner_args):
            continue
        key = signature(callee, inner_args, inner_kwargs)
        if key not in seen and depth < 3:
            seen.add(key)
            explore(callee, inner_args, inner_kwargs, seen, depth + 1)


SEEN: set[str] = set()


@pytest.mark.parametrize("c", CASES, ids=[c.name for c in CASES])
def test_case(c: Case) -> None:
    with np.errstate(all="ignore"):
        explore(c.rule, c.args, c.kwargs, SEEN)


# -- what the table promises beyond single calls -------------------------------------------------------------

# Rules whose general pullback takes no adjoint with a leading axis: an axis that they name, or None, would be
# the adjoint's own.
NO_DIRECTIONS = {
    "adjoint_compiler.runtime.broadcasting.unbroadcast", "adjoint_compiler.runtime.broadcasting.unbroadcast_product",
    "adjoint_compiler.runtime.linalg.cholesky_adjoint", "attribute.T", "method.item", "numpy.arange",
    "numpy.ascontiguousarray", "numpy.asfortranarray", "numpy.atleast_1d", "numpy.atleast_2d",
    "numpy.atleast_3d", "numpy.average", "numpy.broadcast_to", "numpy.cumprod", "numpy.expand_dims",
    "numpy.extract", "numpy.flip", "numpy.fliplr", "numpy.flipud", "numpy.full", "numpy.full_like",
    "numpy.linalg.solve", "numpy.linalg.vecdot", "numpy.linspace", "numpy.moveaxis",
    "numpy.outer", "numpy.percentile", "numpy.quantile", "numpy.roll",
    "numpy.rot90", "numpy.select", "numpy.squeeze", "numpy.swapaxes", "numpy.trapezoid", "numpy.vdot",
    "numpy.vecdot",
}  # fmt: skip


def test_adjoints_with_a_leading_axis() -> None:
    """The general pullbacks take two adjoints at once, but for the rules listed."""
    assert {c.rule.name for c in CASES if not takes_directions(c)} == NO_DIRECTIONS


def takes_directions(c: Case) -> bool:
    env, given = bound(c.rule, c.args, c.kwargs), set(bound(c.rule, c.args, c.kwargs, defaults=False))
    y = run(c.rule, env, given)
    if c.rule.kind == "elementwise" or isinstance(y, (list, tuple)) or c.kwargs.get("compute_uv") is False:
        return True

    def received(param: str, g: Any) -> Any:
        return contribution(c.rule, c.rule.pullbacks, param, {**env, "y": y, "g": g})

    one, two = direction(y, 1), direction(y, 2)
    for param in c.rule.pullbacks:
        if isinstance(env.get(param), (np.ndarray, float)) and inexact(env[param]):
            with np.errstate(all="ignore"):
                try:
                    both = received(param, np.stack([one, two]))
                except (ValueError, TypeError, IndexError, AttributeError):
                    return False
                if np.ndim(both) == 0 or not same(list(both), [received(param, one), received(param, two)]):
                    return False
    return True


def test_result_types() -> None:
    """What a rule says of its result's type is the type of the result."""
    for c in CASES:
        given = bound(c.rule, c.args, c.kwargs, defaults=False)
        if c.rule.result is None:
            continue
        types = {p: type_of(v) for p, v in given.items()}
        said = c.rule.result(types, {p: operand(v, p) for p, v in given.items()})
        with np.errstate(all="ignore"):
            found = type_of(run(c.rule, bound(c.rule, c.args, c.kwargs), set(given)))
        if said is not None and not (said.kind == found.kind == "list" and len(said.items) == 1):
            if said.kind == "array" and said.ndim is None:
                found = dataclasses.replace(found, ndim=None)
            assert said == found, f"{c.name}: {said}, not {found}"


def test_every_rule_is_a_case() -> None:
    """The structural rules of these modules are cases; helpers are called by one."""
    modules = ("constructors", "contractions", "indexing", "linalg", "reductions", "shaping")
    source = "".join((Path(table.__file__).parent / f"{m}.py").read_text() for m in modules)
    helpers = tuple(f"adjoint_compiler.runtime.{m}." for m in (
        "broadcasting", "contractions", "indexing", "linalg", "reductions", "shaping"))  # fmt: skip
    covered: set[str] = set()
    with np.errstate(all="ignore"):
        for c in CASES:
            reach(c.rule, c.args, c.kwargs, covered)
    for rule in TABLE.by_key.values():
        methods = {key for key, _ in METHODS.values() if key.startswith("method.")}
        own = rule.name.startswith(helpers) or rule.name in methods
        own = (
            own
            or rule.name.startswith("numpy.")
            and re.search(rf"\bnp\.{rule.name.removeprefix('numpy.')}\b", source) is not None
        )
        if own and rule.kind == "structural":
            assert rule.name in covered or all(map(is_open, rule.pullbacks.values())), rule.name


def reach(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], covered: set[str]) -> None:
    """Note the rules that a case comes to, by its pullbacks and by theirs."""
    new = rule.name not in covered or rule.name.startswith("numpy.")
    covered.add(rule.name)
    if not new:
        return
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    y = run(rule, env, given)
    calls: list[Any] = []
    for param in given & rule.pullbacks.keys():
        if inexact(env[param]) and rule.kind == "structural" and kwargs.get("compute_uv") is not False:
            if not is_open(rule.pullbacks[param]):
                contribution(rule, rule.pullbacks, param, {**env, "g": direction(y), "y": y}, calls)
    for function, inner_args, inner_kwargs in calls:
        callee = lookup(function)
        if callee is not None and callee.name not in covered:
            reach(callee, inner_args, inner_kwargs, covered)


# Derivatives of higher order end here: matrix norms other than Frobenius', p-norms with p < 1, and
# p-norms of complex arrays.
def ends_early(c: Case) -> bool:
    if c.rule.name != "numpy.linalg.norm" or c.args[1:] in ((), (None,), ("fro",)):
        return False
    order, matrix = c.args[1], np.ndim(c.args[0]) > 1 and not isinstance(c.kwargs.get("axis"), int)
    return matrix or np.iscomplexobj(c.args[0]) and order != 2 or order not in (1, 2) and not 1 < abs(order)


@pytest.mark.parametrize("c", CASES, ids=[c.name for c in CASES])
def test_pullbacks_have_derivatives(c: Case) -> None:
    """No chosen pullback ends at what is not implemented, three orders on, but where it is said."""
    with np.errstate(all="ignore"):
        assert ends(c.rule, c.args, c.kwargs, 3) == ends_early(c)


def ends(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], depth: int) -> bool:
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    y = run(rule, env, given)
    calls: list[Any] = []
    pullbacks = chosen(rule, args, kwargs)
    for param in rule.pullbacks:
        if param in given and inexact(env[param]) and rule.kind == "structural":
            if is_open(pullbacks[param]):
                return True
            contribution(rule, pullbacks, param, {**env, "g": direction(y), "y": y}, calls)
    inner = [(lookup(f), a, k) for f, a, k in calls]
    return depth > 0 and any(ends(r, a, k, depth - 1) for r, a, k in inner if r and any(map(inexact, a)))


# -- deliberately wrong rules are noticed --------------------------------------------------------------------

WRONG: list[tuple[Any, tuple[Any, ...], dict[str, Any], dict[str, str]]] = [
    (np.sum, (R(3, 4),), {"axis": 0}, {"a": "2 * spread(g, a, axis)"}),
    (np.sum, (R(3, 4),), {"axis": 0}, {"a": "g"}),
    (np.mean, (R(3, 4),), {"axis": 0}, {"a": "spread(g / 4, a, axis)"}),
    (np.max, (R(3, 4),), {"axis": 1}, {"a": "spread(g, a, axis)"}),
    (np.matmul, (R(3, 3), R(3, 3)), {}, {"x": "g @ z", "z": "x.T @ g"}),
    (np.matmul, (C(2, 3), C(3, 4)), {}, {"x": "g @ z.T", "z": "conj(x).T @ g"}),
    (np.matmul, (C(2, 3), C(3, 4)), {}, {"x": "g @ conj(z).T"}),
    (np.concatenate, ([R(3), R(3)],), {}, {"arrays": "concatenate_adjoint(g, arrays, axis)[::-1]"}),
    (np.sort, (np.array([3.0, 1.0, 2.0]),), {}, {"a": "sort_as(g, a, axis)"}),
    (np.linalg.solve, (S(3, 3), R(3)), {}, {"a": "-outer(g, y)", "b": "linalg.solve(a, g)"}),
    (np.linalg.inv, (S(3, 3),), {}, {"a": "y.T @ g @ y.T"}),
    (np.einsum, ("ij,jk->ik", R(3, 3), R(3, 3)), {},
     {"operands": "einsum_adjoint(g, subscripts, operands, 1 - k)"}),
    (np.linalg.norm, (R(4),), {}, {"x": "g * x"}),
    (np.std, (R(4),), {}, {"a": "g * (a - mean(a)) / (a.size * y * y)"}),
    (np.roll, (R(4), 1), {}, {"a": "roll(g, shift, axis)"}),
    (np.transpose, (R(2, 2, 2), (1, 2, 0)), {}, {"a": "transpose(g, axes)"}),
    (np.linalg.cholesky, (D(3, 3),), {}, {"a": "tril(g)"}),
]  # fmt: skip


@pytest.mark.parametrize("function, args, kwargs, wrong", WRONG, ids=[w[0].__name__ for w in WRONG])
def test_wrong_pullbacks_are_noticed(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], wrong: dict[str, str]
) -> None:
    rule = lookup(function)
    assert rule is not None
    bad = dataclasses.replace(rule, pullbacks=wrong, cases=(), specialise=None)
    with pytest.raises(AssertionError):
        check(bad, args, kwargs)


def test_wrong_declarations_are_noticed() -> None:
    for function, args, change in (
        (runtime.cumsum_adjoint, (R(3), R(3)), {"shape_only": frozenset({"g_"})}),
        (np.prod, (R(3),), {"linear": frozenset({"a"})}),
        (np.take, (R(3), [0, 1]), {"pullbacks": {}}),
    ):
        rule = lookup(function)
        assert rule is not None
        with pytest.raises(AssertionError):
            check(dataclasses.replace(rule, **change), args, {})  # type: ignore[arg-type]


# -- what the chosen pullbacks look like ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "function, args, kwargs, expected",
    [
        (np.sum, (R(3),), {}, {"a": "spread(g, a)"}),
        (np.sum, (R(3, 4),), {"axis": 0}, {"a": "spread(g, a, axis)"}),
        (np.mean, (R(3),), {}, {"a": "spread(g / count(a), a)"}),
        (np.matmul, (R(2, 3), R(3)), {}, {"x": "outer(g, conj(z))", "z": "conj(x).T @ g"}),
        (np.reshape, (R(3, 4), (12,)), {}, {"a": "reshape(g, a.shape)"}),
        (np.transpose, (R(3, 4),), {}, {"a": "g.T"}),
        (np.transpose, (R(2, 3, 4), (1, 2, 0)), {}, {"a": "transpose(g, (2, 0, 1))"}),
        (np.roll, (R(4), 1), {}, {"a": "roll(g, -shift)"}),
        (np.linalg.norm, (R(4),), {}, {"x": "divide_or_zero(g, y) * x"}),
        (np.linalg.solve, (S(3, 3), R(3)), {}, {
            "a": "-outer(linalg.solve(conj(a).T, g), conj(y))", "b": "linalg.solve(conj(a).T, g)"}),
        (np.array, (R(3),), {}, {"a": "g"}),
        (np.linspace, (0.0, 1.0, 5), {}, {
            "start": "(1 - linspace(0.0, 1.0, num)) @ g", "stop": "linspace(0.0, 1.0, num) @ g"}),
    ],
)  # fmt: skip
def test_chosen_text(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], expected: dict[str, str]) -> None:
    rule = lookup(function)
    assert rule is not None and chosen(rule, args, kwargs) == expected


def test_einsum_text() -> None:
    rule = lookup(np.einsum)
    assert rule is not None
    found = chosen(rule, ("ij,jk->ik", R(2, 3), R(3, 4)), {})
    assert found["operands[0]"] == "unbroadcast(einsum('ik,jk->ij', g, conj(operands[1])), operands[0])"


def test_refusals() -> None:
    for function, args, kwargs in (
        (np.pad, (R(3), 1, "linear_ramp"), {}),
        (np.linalg.qr, (R(3, 3), "complete"), {}),
        (np.einsum, (R(3), [0]), {}),
    ):
        rule = lookup(function)
        assert rule is not None
        with pytest.raises(RuleError):
            chosen(rule, args, kwargs)
    rule = lookup(np.array)
    assert rule is not None and rule.result is not None
    with pytest.raises(RuleError):
        rule.result({}, {"copy": Const(None)})


# -- edges ---------------------------------------------------------------------------------------------------


def pulled(function: Any, *args: Any, g: Any = 1.0, **kwargs: Any) -> Any:
    """The contribution to the first argument, by the chosen pullback; no warning may be given."""
    rule = lookup(function)
    assert rule is not None
    env = bound(rule, args, kwargs)
    y = run(rule, env, set(bound(rule, args, kwargs, defaults=False)))
    with np.errstate(all="raise"):
        return contribution(rule, chosen(rule, args, kwargs), rule.params[0], {**env, "g": g, "y": y})


def test_kinks() -> None:
    zero = np.zeros(3)
    for order in (None, 1, 2, 3, np.inf):
        assert np.array_equal(pulled(np.linalg.norm, zero, order), zero)
    assert np.array_equal(pulled(np.std, np.ones(3)), zero)
    assert np.array_equal(pulled(np.max, np.array([1.0, 3.0, 3.0])), [0, 0.5, 0.5])
    assert np.array_equal(pulled(np.min, np.array([1.0, 1.0, 3.0]), g=4.0), [2, 2, 0])
    assert np.array_equal(pulled(np.ptp, np.array([1.0, 1.0, 3.0])), [-0.5, -0.5, 1])
    assert np.array_equal(pulled(np.max, np.array([1.0, np.nan])), [0, 1])
    assert np.array_equal(pulled(np.median, np.array([1.0, 2.0, 2.0, 5.0])), [0, 0.5, 0.5, 0])
    assert np.array_equal(pulled(np.sort, np.array([2.0, 1.0, 2.0]), g=np.array([1.0, 2.0, 3.0])), [2, 1, 3])
    assert np.array_equal(pulled(np.prod, np.array([0.0, 2.0, 3.0])), [6, 0, 0])
    assert np.array_equal(pulled(np.prod, np.array([0.0, 2.0, 0.0])), [0, 0, 0])


def test_singular_matrices() -> None:
    singular = np.array([[1.0, 2.0], [2.0, 4.0]])
    assert np.allclose(pulled(np.linalg.det, singular), [[4, -2], [-2, 1]])
    rule = lookup(np.linalg.slogdet)
    assert rule is not None
    env = {"a": np.zeros((2, 2)), "g": [0.0, 1.0]}
    assert np.all(np.isinf(contribution(rule, chosen(rule, (env["a"],), {}), "a", env)))


def test_guard() -> None:
    g, inf = np.array([0.0, 1.0, 0.0]), np.array([np.inf, np.inf, 2.0])
    with np.errstate(all="ignore"):  # as the reverse sweep says around guards
        assert np.array_equal(runtime.guarded(g, g * inf), [0, np.inf, 0])
        assert np.array_equal(runtime.let_through(g, g * inf), [0, 1, 1])


# -- eigenvectors and singular vectors of complex matrices, through what has no phase ------------------------


def test_complex_eigenvectors() -> None:
    a, b = H(3), C(3, 3)

    def value(m: Any) -> float:
        w, v = np.linalg.eigh(m)
        return float(np.sum(np.conj(b) * ((v * np.sin(w)) @ v.conj().T)).real)

    w, v = np.linalg.eigh(a)
    g = [np.real(np.diag(v.conj().T @ b @ v)) * np.cos(w), (b + b.conj().T) @ v * np.sin(w)]
    rule = lookup(np.linalg.eigh)
    assert rule is not None
    c = contribution(rule, rule.pullbacks, "a", {"a": a, "UPLO": "L", "y": (w, v), "g": g})
    d = C(3, 3)
    assert pairing(c, d) == pytest.approx((value(a + EPS * d) - value(a - EPS * d)) / (2 * EPS), rel=1e-6)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
def test_complex_singular_vectors(shape: tuple[int, int]) -> None:
    a, b = C(*shape), C(*shape)

    def value(m: Any) -> float:
        u, s, vh = np.linalg.svd(m, full_matrices=False)
        return float(np.sum(np.conj(b) * ((u * np.sin(s)) @ vh)).real)

    u, s, vh = np.linalg.svd(a, full_matrices=False)
    inner = np.conj(u).T @ b @ np.conj(vh).T
    g = [b @ np.conj(vh).T * np.sin(s), np.real(np.diag(inner)) * np.cos(s)]
    g.append(np.sin(s)[:, None] * (np.conj(u).T @ b))
    rule = lookup(np.linalg.svd)
    assert rule is not None
    c = contribution(rule, rule.pullbacks, "a", {"a": a, "y": (u, s, vh), "g": g})
    d = C(*shape)
    assert pairing(c, d) == pytest.approx((value(a + EPS * d) - value(a - EPS * d)) / (2 * EPS), rel=1e-6)


# -- methods -------------------------------------------------------------------------------------------------

X = Name("x")
TWO = Pack("tuple", (Const(2), Const(3)))


@pytest.mark.parametrize(
    "method, args, kwargs, key, positional, keywords",
    [
        ("sum", (Const(0),), {}, "numpy.sum", (X,), {"axis": Const(0)}),
        ("sum", (Const(0), Const(None), Const(None), Const(True)), {}, "numpy.sum", (X,),
         {"axis": Const(0), "dtype": Const(None), "keepdims": Const(True)}),
        ("max", (Const(0), Name("out")), {}, "numpy.max", (X,), {"axis": Const(0), "out": Name("out")}),
        ("reshape", (Const(2), Const(3)), {}, "numpy.reshape", (X, TWO), {}),
        ("reshape", (TWO,), {"order": Const("F")}, "numpy.reshape", (X, TWO), {"order": Const("F")}),
        ("transpose", (), {}, "numpy.transpose", (X,), {}),
        ("transpose", (Const(2), Const(3)), {}, "numpy.transpose", (X, TWO), {}),
        ("clip", (), {"max": Const(1.0)}, "numpy.clip", (X, Const(None), Const(1.0)), {}),
        ("dot", (Name("b"),), {}, "numpy.dot", (X, Name("b")), {}),
        ("take", (Name("i"),), {"axis": Const(1)}, "numpy.take", (X, Name("i")), {"axis": Const(1)}),
        ("astype", (Name("d"),), {}, "method.astype", (X, Name("d")), {}),
        ("item", (Const(2), Const(3)), {}, "method.item", (X, TWO), {}),
        ("flatten", (), {}, "method.flatten", (X,), {}),
        ("round", (Const(2),), {}, "numpy.round", (X,), {"decimals": Const(2)}),
    ],
)  # fmt: skip
def test_methods(method: str, args: Any, kwargs: Any, key: str, positional: Any, keywords: Any) -> None:
    found, adapt = METHODS[method]
    assert found == key and adapt is not None and adapt(X, args, kwargs) == (positional, keywords)


def test_methods_and_attributes_have_rules() -> None:
    assert {key for key, _ in METHODS.values()} | set(ATTRIBUTES.values()) <= TABLE.by_key.keys()
    assert all(hasattr(np.ndarray, name) for name in [*METHODS, *ATTRIBUTES])
