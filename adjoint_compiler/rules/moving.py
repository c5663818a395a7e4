"""Functions that only move elements, or put some in the places of others; stores made by functions.

Where a pullback calls the function itself on labels (:mod:`adjoint_compiler.runtime.moving`), these say where each
element of the result came from; whatever the arguments mean for the elements, they mean for the labels.

A function that changes its first argument in place is a function of what is there, and a store of its result:
``np.put(a, i, v)`` is ``a[...] = with_put(a[...], i, v)``. ``IN_PLACE`` says which.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import array_type
from adjoint_compiler.rules.shapes import Operands, Types, common_dtype, flattened, length, like, listed, moved
from adjoint_compiler.rules.table import cite, complex_valued, function_key, inert, present, structural


def _windows(types: Types, operands: Operands) -> Any:
    """``sliding_window_view`` of literal arguments: an axis more for each window."""
    t, shape = types.get("x"), operands.get("window_shape")
    if t is None or t.ndim is None or t.kind != "array":
        return None
    count = (
        1 if isinstance(shape, Const) else len(shape.items) if shape is not None and hasattr(shape, "items") else None
    )
    return None if count is None else array_type(t.dtype, t.ndim + count)


def _strided(types: Types, operands: Operands) -> Any:
    """``as_strided``: as many axes as the shape has lengths."""
    t = types.get("x")
    if t is None or t.kind != "array":
        return None
    n = length(operands["shape"], types.get("shape")) if operands.get("shape", Const(None)) != Const(None) else t.ndim
    return array_type(t.dtype, n)


def _vector(param: str) -> Any:
    """A vector with the dtype of one parameter."""

    def result(types: Types, operands: Operands) -> Any:
        dtype = common_dtype(types.get(param))
        return None if dtype is None else array_type(dtype, 1)

    return result


def _with_extras(types: Types, operands: Operands) -> dict[str, str] | None:
    """With indices, inverses or counts the result is a tuple, its first item the elements."""
    extra = [operands.get(f"return_{n}", Const(False)) for n in ("index", "inverse", "counts")]
    if all(e == Const(False) for e in extra):
        return None
    return {"ar": "moved_adjoint(g[0], ar, first_found(ar, y[0]))"}


def _unique(types: Types, operands: Operands) -> Any:
    extra = [operands.get(f"return_{n}", Const(False)) for n in ("index", "inverse", "counts")]
    return _vector("ar")(types, operands) if all(e == Const(False) for e in extra) else None


# fmt: off
# -- labels, and what is done with them
inert("labels(x)", runtime.labels, runtime.no_labels, shape_only="x")
structural("moved(v, x, source)", runtime.moved, v="moved_adjoint(g, x, source)", shape_only="x", linear="v",
           result=like("source", "v"))
structural("moved_adjoint(g_, x, source)", runtime.moved_adjoint, g_="moved(g, x, source)", shape_only="x",
           shape_of="x", linear="g_", result=like("x", "g_"))
inert("arrangement(x, y_, axis=-1)", runtime.arrangement)
inert("first_found(x, y_)", runtime.first_found)
structural("block_adjoint(g_, arrays)", runtime.block_adjoint, g_="block(filled(g, arrays))", shape_only="arrays",
           linear="g_", result=listed("arrays", "g_"))
structural("choose_adjoint(g_, a, choices, mode='raise')", runtime.choose_adjoint,
           g_="choose(a, filled(g, choices), mode=mode)", shape_only="choices", linear="g_",
           result=listed("choices", "g_"))

# -- inserting, deleting, choosing
structural("insert(arr, obj, values, axis=None)", np.insert, linear="arr values", result=flattened("arr"),
           arr="moved_adjoint(g, arr, insert(labels(arr), obj, no_labels(values), axis))",
           values="moved_adjoint(g, values, insert(no_labels(arr), obj, labels(values), axis))")
structural("delete(arr, obj, axis=None)", np.delete, linear="arr", result=flattened("arr"),
           arr="moved_adjoint(g, arr, delete(labels(arr), obj, axis))")
structural("compress(condition, a, axis=None)", np.compress, linear="a", result=flattened("a"),
           a="moved_adjoint(g, a, compress(condition, labels(a), axis))")
structural("resize(a, new_shape)", np.resize, linear="a", a="moved_adjoint(g, a, resize(labels(a), new_shape))")
inert("trimmed_bounds(x, trim='fb', axis=0)", runtime.trimmed_bounds)
structural("choose(a, choices, *, mode='raise')", np.choose, choices="choose_adjoint(g, a, choices, mode)",
           linear="choices")
structural("block(arrays)", np.block, arrays="block_adjoint(g, arrays)", linear="arrays")

# -- orders and sets
structural("partition(a, kth, axis=-1, kind='introselect')", np.partition, shape_of="a", result=flattened("a", axis=-1),
           a="moved_adjoint(g, a, take_along_axis(labels(a), arrangement(a, y, axis), axis))",
           note="equal elements keep their order")
complex_valued(np.sort_complex)
structural("sort_complex(a)", np.sort_complex, a="sort_adjoint(g, a)", note="equal elements keep their order")
structural("unique(ar, return_index=False, return_inverse=False, return_counts=False, *, equal_nan=True)", np.unique,
           ar="moved_adjoint(g, ar, first_found(ar, y))", specialise=_with_extras, result=_unique, several=True,
           note="of equal elements, the first one")
structural("unique_values(x)", np.unique_values, x="moved_adjoint(g, x, first_found(x, y))",
           result=_vector("x"), note="of equal elements, the first one")
structural("unique_all(x)", np.unique_all, np.unique_counts, np.unique_inverse, several=True,
           x="moved_adjoint(g[0], x, first_found(x, y[0]))", note="of equal elements, the first one")
_SECOND = "moved_adjoint(where(first_found({0}, y) == 0, g, 0.0), {1}, first_found({1}, y))"
structural("union1d(ar1, ar2)", np.union1d, ar1="moved_adjoint(g, ar1, first_found(ar1, y))",
           ar2=_SECOND.format("ar1", "ar2"), note="of equal elements, the first one")
structural("intersect1d(ar1, ar2, assume_unique=False)", np.intersect1d,
           ar1="moved_adjoint(g, ar1, first_found(ar1, y))", note="all to the first argument")
structural("setdiff1d(ar1, ar2, assume_unique=False)", np.setdiff1d,
           ar1="moved_adjoint(g, ar1, first_found(ar1, y))", note="of equal elements, the first one")
structural("setxor1d(ar1, ar2, assume_unique=False)", np.setxor1d,
           ar1="moved_adjoint(g, ar1, first_found(ar1, y))", ar2=_SECOND.format("ar1", "ar2"),
           note="of equal elements, the first one")

# -- axes, windows, broadcasting
structural("rollaxis(a, axis, start=0)", np.rollaxis, view="a", linear="a", result=moved,
           a="moved_adjoint(g, a, rollaxis(labels(a), axis, start))")
structural("diagflat(v, k=0)", np.diagflat, v="moved_adjoint(g, v, diagflat(labels(v), k))", linear="v")
structural("unstack(x, *, axis=0)", *present(np, "unstack"), view="x", linear="x", several=True,
           x="restacked(filled(g, y), x, axis)")
structural("restacked(g_, x, axis=0)", runtime.restacked, g_="moveaxis(g, axis, 0)", shape_only="x", linear="g_", result=like("x", "g_"))
structural("ix_(*args)", np.ix_, args="reshape(g[k], shape(args[k]))", linear="args", view="args", several=True)
structural("broadcast_arrays(*args)", np.broadcast_arrays, args="unbroadcast(g[k], args[k])", linear="args",
           view="args", several=True)
structural("as_strided(x, shape=None, strides=None, *, writeable=True)", np.lib.stride_tricks.as_strided, view="x", linear="x",
           result=_strided, x="moved_adjoint(g, x, strided_places(x, shape, strides))", note="of memory that the array itself shows")
structural("strided(x, places, shape=None, strides=None, writeable=True)", runtime.strided, view="x", linear="x", result=_strided,
           x="moved_adjoint(g, x, places)")
inert("strided_places(x, shape=None, strides=None)", runtime.strided_places, cheap=False)
structural("sliding_window_view(x, window_shape, axis=None, *, writeable=False)", np.lib.stride_tricks.sliding_window_view, view="x",
           linear="x", result=_windows,
           x="moved_adjoint(g, x, lib.stride_tricks.sliding_window_view(labels(x), window_shape, axis))")

# -- what functions store
structural("with_put(a, ind, v, mode='raise')", runtime.with_put, shape_of="a", linear="a v", result=moved,
           a="moved_adjoint(g, a, with_put(labels(a), ind, no_labels(v), mode))",
           v="moved_adjoint(g, v, with_put(no_labels(a), ind, labels(v), mode))")
structural("with_put_along(arr, indices, values, axis=-1)", runtime.with_put_along, shape_of="arr", linear="arr values",
           result=moved,
           arr="moved_adjoint(g, arr, with_put_along(labels(arr), indices, no_labels(values), axis))",
           values="moved_adjoint(g, values, with_put_along(no_labels(arr), indices, labels(values), axis))")
structural("with_masked(a, mask, values)", runtime.with_masked, shape_of="a", linear="a values", result=moved,
           a="moved_adjoint(g, a, with_masked(labels(a), mask, no_labels(values)))",
           values="moved_adjoint(g, values, with_masked(no_labels(a), mask, labels(values)))")
structural("with_placed(arr, mask, vals)", runtime.with_placed, shape_of="arr", linear="arr vals", result=moved,
           arr="moved_adjoint(g, arr, with_placed(labels(arr), mask, no_labels(vals)))",
           vals="moved_adjoint(g, vals, with_placed(no_labels(arr), mask, labels(vals)))")
structural("with_diagonal(a, val, wrap=False)", runtime.with_diagonal, shape_of="a", linear="a val", result=moved,
           a="moved_adjoint(g, a, with_diagonal(labels(a), no_labels(val), wrap))",
           val="moved_adjoint(g, val, with_diagonal(no_labels(a), labels(val), wrap))")
structural("with_flat(a, index, values)", runtime.with_flat, shape_of="a", linear="a values", result=moved,
           a="moved_adjoint(g, a, with_flat(labels(a), index, no_labels(values)))",
           values="moved_adjoint(g, values, with_flat(no_labels(a), index, labels(values)))")
# fmt: on

# Functions that change their first argument, and the operation whose result is stored into it.
IN_PLACE: tuple[tuple[Any, str], ...] = (
    (np.put, function_key(runtime.with_put)),
    (np.put_along_axis, function_key(runtime.with_put_along)),
    (np.putmask, function_key(runtime.with_masked)),
    (np.place, function_key(runtime.with_placed)),
    (np.fill_diagonal, function_key(runtime.with_diagonal)),
)

cite(
    "Griewank and Walther, Evaluating Derivatives (2008), section 3.2: what is gathered is scattered; stores: what is overwritten receives nothing"
)
