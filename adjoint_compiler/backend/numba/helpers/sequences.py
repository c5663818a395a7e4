"""Tuples and lists: which item is largest, and what each receives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.dicts import each_value
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_absent, is_array, is_number, items_of, made

__all__ = [
    "array_adjoint", "filled", "index_of_largest", "index_of_smallest", "pick_at", "share_at", "slot_adjoint",
    "zeros_like",
]  # fmt: skip

index_of_largest, index_of_smallest, share_at = runtime.index_of_largest, runtime.index_of_smallest, runtime.share_at
array_adjoint, filled, zeros_like = runtime.array_adjoint, runtime.filled, runtime.zeros_like
pick_at, slot_adjoint = runtime.pick_at, runtime.slot_adjoint


@compiled_as(index_of_largest)
def _index_of_largest(args: Any) -> Any:
    return _first_by(">", args)


@compiled_as(index_of_smallest)
def _index_of_smallest(args: Any) -> Any:
    return _first_by("<", args)


def _first_by(sign: str, args: Any) -> Any:
    """The number of the first item that no other one beats."""
    items = "args[0]" if len(args) == 1 else "args"
    if len(args) > 1 and not isinstance(args, types.UniTuple):
        lines = "".join(
            f"    if args[{k}] {sign} best:\n        at, best = {k}, args[{k}]\n" for k in range(1, len(args))
        )
        text = f"def find(args):\n    at, best = 0, 1.0 * args[0]\n{lines}    return at"
    else:
        text = (
            f"def find(args):\n    items = {items}\n    at = 0\n    for k in range(1, len(items)):\n"
            f"        if items[k] {sign} items[at]:\n            at = k\n    return at"
        )
    return made(text, "find")


@compiled_as(share_at)
def _share_at(v: Any, args: Any, place: Any, at: Any) -> Any:
    if len(args) > 1:
        return lambda v, args, place, at: v if place == at else 0.0
    if is_array(args[0]):

        def one(v: Any, args: Any, place: Any, at: Any) -> Any:
            out = np.zeros_like(args[0])
            out[at] = v
            return out

        return one
    return None


@compiled_as(filled)
def _filled(g: Any, like: Any) -> Any:
    if not isinstance(like, types.BaseTuple) or not isinstance(g, types.BaseTuple) or len(g) != len(like):
        return None
    items = "".join(f"slot_adjoint(g[{k}], like[{k}]), " for k in range(len(like)))
    return made(f"def parts(g, like):\n    return ({items})", "parts", slot_adjoint=slot_adjoint)


@compiled_as(array_adjoint)
def _array_adjoint(g: Any, like: Any) -> Any:
    if not is_array(g) or not isinstance(like, (types.BaseTuple, types.List)):
        return lambda g, like: g
    if isinstance(like, types.List):
        return (lambda g, like: [g[k] for k in range(len(like))]) if not isinstance(like.dtype, types.List) else None
    items = "".join(f"array_adjoint(g[{k}], like[{k}]), " for k in range(len(like)))
    return made(f"def parts(g, like):\n    return ({items})", "parts", array_adjoint=array_adjoint)


@compiled_as(pick_at)
def _pick_at(v: Any, args: Any, place: Any, at: Any) -> Any:
    if len(args) > 1:
        return lambda v, args, place, at: v if place == at else 0.0
    return lambda v, args, place, at: v[at]


@compiled_as(slot_adjoint)
def _slot_adjoint(g: Any, x: Any) -> Any:
    if is_number(g) and (is_array(x) or isinstance(x, (types.BaseTuple, types.List))) or is_absent(g):
        return lambda g, x: zeros_like(x)
    return lambda g, x: g


@compiled_as(zeros_like)
def _zeros_like(x: Any) -> Any:
    if is_array(x):
        return (lambda x: np.zeros_like(x)) if isinstance(x.dtype, (types.Float, types.Complex)) else lambda x: None
    if isinstance(x, types.Complex):
        return lambda x: 0j
    if is_number(x):
        return lambda x: 0.0
    if isinstance(x, types.BaseTuple):
        items = "".join(f"zeros_like(x[{k}]), " for k in range(len(items_of(x))))
        return made(f"def zeros(x):\n    return ({items})", "zeros", zeros_like=zeros_like)
    if isinstance(x, types.DictType):
        return each_value(x, zeros_like)
    return (lambda x: [zeros_like(v) for v in x]) if isinstance(x, types.List) else None
