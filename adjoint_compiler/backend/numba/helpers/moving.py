"""Adjoints of what is moved, chosen or filled: by labels, by conditions, on a diagonal, between points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.broadcasting import unbroadcast
from adjoint_compiler.backend.numba.helpers.shadows import extent
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, is_number, items_of

__all__ = ["interp_place", "moved_adjoint", "select_adjoint", "with_diagonal"]

interp_place, moved_adjoint = runtime.interp_place, runtime.moved_adjoint
select_adjoint, with_diagonal = runtime.select_adjoint, runtime.with_diagonal


@compiled_as(np.may_share_memory)
def _may_share_memory(a: Any, b: Any) -> Any:
    """Whether the bytes between the first and the last of one array meet those of the other."""
    if not is_array(a) or not is_array(b):
        return None

    def meet(a: Any, b: Any) -> bool:
        low, size = extent(a)
        other, length = extent(b)
        low, other = low + a.ctypes.data, other + b.ctypes.data
        return size > 0 and length > 0 and low < other + length and other < low + size

    return meet


@compiled_as(interp_place)
def _interp_place(x: Any, xp: Any) -> Any:
    if is_number(x):
        return lambda x, xp: min(max(np.searchsorted(xp, x, side="right") - 1, 0), max(len(xp) - 2, 0))
    if not is_array(x):
        return None

    def places(x: Any, xp: Any) -> Any:
        out = np.empty(x.shape, np.int64)
        for place in np.ndindex(x.shape):
            out[place] = min(max(np.searchsorted(xp, x[place], side="right") - 1, 0), max(len(xp) - 2, 0))
        return out

    return places


@compiled_as(moved_adjoint)
def _moved_adjoint(g: Any, x: Any, source: Any) -> Any:
    if not (is_array(g) and is_array(x) and is_array(source)) or g.ndim != source.ndim:
        return None

    def added(g: Any, x: Any, source: Any) -> Any:
        out = np.zeros(x.size + 1, g.dtype)
        for place in np.ndindex(source.shape):
            out[source[place]] += g[place]
        return out[1:].reshape(x.shape)

    return added


@compiled_as(with_diagonal)
def _with_diagonal(a: Any, val: Any, wrap: Any = False) -> Any:
    if not is_array(a):
        return None

    def filled(a: Any, val: Any, wrap: Any = False) -> Any:
        out = a.copy()
        np.fill_diagonal(out, val, wrap)
        return out

    return filled


@compiled_as(select_adjoint)
def _select_adjoint(g: Any, condlist: Any, choicelist: Any) -> Any:
    """Of lists, or tuples of one type, of arrays."""
    lists = isinstance(condlist, (types.List, types.UniTuple)) and isinstance(choicelist, (types.List, types.UniTuple))
    if not lists or not is_array(g) or not all(is_array(_item(t)) for t in (condlist, choicelist)):
        return None

    def parts(g: Any, condlist: Any, choicelist: Any) -> Any:
        earlier = np.zeros(g.shape, np.bool_)
        out = [unbroadcast(g * 0.0, choicelist[0])]
        out.pop()
        for k in range(len(condlist)):
            chosen = np.zeros_like(g)
            wanted = np.broadcast_to(condlist[k], g.shape)
            for place in np.ndindex(g.shape):
                if wanted[place] and not earlier[place]:
                    chosen[place] = g[place]
                    earlier[place] = True
            out.append(unbroadcast(chosen, choicelist[k]))
        return out

    return parts


def _item(t: Any) -> Any:
    return t.dtype if isinstance(t, types.List) else items_of(t)[0]
