"""What is added to or taken from places that index arrays name."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_absent, is_array, items_of, made

__all__ = [
    "cumsum_adjoint",
    "item_adjoint",
    "last_writer",
    "reshape_adjoint",
    "reshape_like",
    "scatter_add",
    "take_adjoint",
    "transpose_adjoint",
]

take_adjoint, reshape_adjoint, reshape_like = runtime.take_adjoint, runtime.reshape_adjoint, runtime.reshape_like
transpose_adjoint, cumsum_adjoint, item_adjoint, last_writer = (
    runtime.transpose_adjoint, runtime.cumsum_adjoint, runtime.item_adjoint, runtime.last_writer,
)  # fmt: skip


def scatter_add(target: Any, index: Any, value: Any) -> None:
    """``np.add.at(target, index, value)``: what repeats in an index is added as often.

    >>> a = np.zeros(2)
    >>> scatter_add(a, np.array([1, 1]), 2.0)
    >>> a
    array([0., 4.])
    """
    np.add.at(target, index, value)


@compiled_as(scatter_add)
def _scatter_add(target: Any, index: Any, value: Any) -> Any:
    parts = items_of(index) if isinstance(index, types.BaseTuple) else (index,)
    arrays = [k for k, p in enumerate(parts) if is_array(p)]
    if not arrays:
        return _added_part
    if any(isinstance(parts[k].dtype, types.Boolean) for k in arrays):
        return _masked(target, parts, value)
    if any(parts[k].ndim != 1 for k in arrays) or any(
        not isinstance(p, types.Integer) for p in parts if not is_array(p)
    ):
        return None
    rank = target.ndim - len(parts) + 1
    own = is_array(value) and value.ndim == rank
    if is_array(value) and value.ndim > rank:
        return None
    names = [f"index[{k}]" if isinstance(index, types.BaseTuple) else "index" for k in range(len(parts))]
    at = ", ".join(f"{n}[k]" if is_array(p) else n for n, p in zip(names, parts))
    count = names[arrays[0]]
    what = "value[k if value.shape[0] > 1 else 0]" if own else "value"
    text = f"def add(target, index, value):\n    for k in range({count}.size):\n        target[{at}] += {what}"
    return made(text, "add")


def _added_part(target: Any, index: Any, value: Any) -> None:
    target[index] += value


def _masked(target: Any, parts: Any, value: Any) -> Any:
    mask = parts[0]
    if len(parts) != 1 or mask.ndim != target.ndim or (is_array(value) and value.ndim != 1):
        return None

    def number(target: Any, index: Any, value: Any) -> None:
        for place in np.ndindex(target.shape):
            if index[place]:
                target[place] += value

    def vector(target: Any, index: Any, value: Any) -> None:
        k = 0
        for place in np.ndindex(target.shape):
            if index[place]:
                target[place] += value[k]
                k += 1

    return vector if is_array(value) else number


@compiled_as(take_adjoint)
def _take_adjoint(g: Any, x: Any, indices: Any, axis: Any = None, mode: Any = "raise") -> Any:
    if is_array(x) and x.ndim == 1 and isinstance(indices, types.Integer) and not is_array(g):

        def put(g: Any, x: Any, indices: Any, axis: Any = None, mode: Any = "raise") -> Any:
            out = np.zeros_like(x)
            out[indices] = g
            return out

        return put
    if not is_array(x) or x.ndim != 1 or not is_array(indices) or indices.ndim != 1:
        return None

    def added(g: Any, x: Any, indices: Any, axis: Any = None, mode: Any = "raise") -> Any:
        out = np.zeros(x.shape, g.dtype)
        for k in range(indices.size):
            out[indices[k]] += g[k]
        return out

    return added


@compiled_as(reshape_adjoint)
def _reshape_adjoint(g: Any, x: Any, y: Any, order: Any = "C") -> Any:
    if not isinstance(order, (types.Omitted, str)) and getattr(order, "literal_value", "C") != "C":
        return None
    if not is_array(g):
        return None
    return lambda g, x, y, order="C": np.ascontiguousarray(g).reshape(x.shape)


@compiled_as(reshape_like)
def _reshape_like(v: Any, x: Any, y: Any, order: Any = "C") -> Any:
    if not isinstance(order, (types.Omitted, str)) or not is_array(v):
        return None
    return lambda v, x, y, order="C": np.ascontiguousarray(v).reshape(y.shape)


@compiled_as(transpose_adjoint)
def _transpose_adjoint(g: Any, x: Any, axes: Any = None) -> Any:
    if is_absent(axes):
        return lambda g, x, axes=None: g.T
    if isinstance(axes, types.UniTuple) and is_array(g) and len(axes) == g.ndim:
        places = ", ".join(f"axes[{k}] % {g.ndim}" for k in range(g.ndim))
        text = (
            f"def turned(g, x, axes=None):\n    order = np.argsort(np.array([{places}]))\n"
            f"    return np.transpose(g, ({''.join(f'order[{k}], ' for k in range(g.ndim))}))"
        )
        return made(text, "turned", np=np)
    return None


@compiled_as(cumsum_adjoint)
def _cumsum_adjoint(g: Any, x: Any, axis: Any = None) -> Any:
    return (lambda g, x, axis=None: np.cumsum(g[::-1])[::-1].copy()) if is_array(x) and x.ndim == 1 else None


@compiled_as(item_adjoint)
def _item_adjoint(g: Any, x: Any, at: Any = None) -> Any:
    if not is_array(x) or not is_absent(at):
        return None

    def placed(g: Any, x: Any, at: Any = None) -> Any:
        out = np.zeros_like(x)
        out.flat[0] = g
        return out

    return placed


@compiled_as(last_writer)
def _last_writer(a: Any, index: Any) -> Any:
    if isinstance(index, (types.Integer, types.SliceType)):
        return lambda a, index: True
    if not is_array(index) or index.ndim != 1 or not isinstance(index.dtype, types.Integer):
        return None
    extra = ", None" * (a.ndim - 1)
    text = (
        "def find(a, index):\n    last = np.full(a.shape[0], -1)\n    for k in range(index.size):\n        last[index[k]] = k\n"
        "    out = np.empty(index.size, np.bool_)\n    for k in range(index.size):\n        out[k] = last[index[k]] == k\n"
        f"    return out{f'[:{extra}]' if extra else ''}"
    )
    return made(text, "find", np=np)
