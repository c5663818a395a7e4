"""Adjoints of what is moved, chosen or filled: by labels, by conditions, on a diagonal, between points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.broadcasting import unbroadcast
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, is_number, items_of

__all__ = [
    "interp_inside",
    "interp_nodes",
    "interp_part",
    "interp_place",
    "interp_steps",
    "interp_steps_adjoint",
    "labels",
    "moved_adjoint",
    "no_labels",
    "select_adjoint",
    "with_diagonal",
]

interp_inside, interp_part, interp_place = runtime.interp_inside, runtime.interp_part, runtime.interp_place
interp_steps, interp_steps_adjoint, interp_nodes = (
    runtime.interp_steps,
    runtime.interp_steps_adjoint,
    runtime.interp_nodes,
)
labels, moved_adjoint, no_labels = runtime.labels, runtime.moved_adjoint, runtime.no_labels
select_adjoint, with_diagonal = runtime.select_adjoint, runtime.with_diagonal


@compiled_as(labels)
def _labels(x: Any) -> Any:
    if is_number(x):
        return lambda x: 1
    return (lambda x: np.arange(1, x.size + 1).reshape(x.shape)) if is_array(x) else None


@compiled_as(no_labels)
def _no_labels(x: Any) -> Any:
    if is_number(x):
        return lambda x: 0
    return (lambda x: np.zeros(x.shape, np.int64)) if is_array(x) else None


@compiled_as(interp_inside)
def _interp_inside(x: Any, xp: Any) -> Any:
    if is_number(x):
        return lambda x, xp: 1.0 if xp[0] <= x <= xp[-1] else 0.0
    return (lambda x, xp: ((x >= xp[0]) & (x <= xp[-1])).astype(np.float64)) if is_array(x) else None


@compiled_as(interp_place)
def _interp_place(x: Any, xp: Any) -> Any:
    if is_number(x):
        return lambda x, xp: min(max(np.searchsorted(xp, x, side="right") - 1, min(len(xp) - 2, 0)), len(xp) - 2)
    if not is_array(x):
        return None

    def places(x: Any, xp: Any) -> Any:
        out = np.empty(x.shape, np.int64)
        for place in np.ndindex(x.shape):
            out[place] = min(max(np.searchsorted(xp, x[place], side="right") - 1, min(len(xp) - 2, 0)), len(xp) - 2)
        return out

    return places


@compiled_as(interp_steps)
def _interp_steps(v: Any) -> Any:
    return (lambda v: np.diff(v) if len(v) > 1 else np.zeros_like(v)) if is_array(v) else None


@compiled_as(interp_steps_adjoint)
def _interp_steps_adjoint(g: Any, v: Any) -> Any:
    if not is_array(g) or not is_array(v):
        return None

    def sums(g: Any, v: Any) -> Any:
        out = np.zeros_like(v)
        if v.size > 1:
            for k in range(g.size):
                out[k] -= g[k]
                out[k + 1] += g[k]
        return out

    return sums


@compiled_as(interp_nodes)
def _interp_nodes(g: Any, x: Any, xp: Any) -> Any:
    if is_number(x) and is_number(g):

        def one(g: Any, x: Any, xp: Any) -> Any:
            out, k, part = np.zeros_like(xp), interp_place(x, xp), interp_part(x, xp)
            out[k] -= g * (1.0 - part)
            out[k + 1] -= g * part
            return out

        return one
    if not is_array(x) or not is_array(g):
        return None

    def each(g: Any, x: Any, xp: Any) -> Any:
        out = np.zeros_like(xp)
        for place in np.ndindex(x.shape):
            k, part = interp_place(x[place], xp), interp_part(x[place], xp)
            out[k] -= g[place] * (1.0 - part)
            out[k + 1] -= g[place] * part
        return out

    return each


@compiled_as(interp_part)
def _interp_part(x: Any, xp: Any) -> Any:
    if is_number(x):
        return _part
    if not is_array(x):
        return None

    def parts(x: Any, xp: Any) -> Any:
        out = np.empty(x.shape, np.float64)
        for place in np.ndindex(x.shape):
            out[place] = interp_part(x[place], xp)
        return out

    return parts


def _part(x: Any, xp: Any) -> Any:
    k = interp_place(x, xp)
    if k < 0:  # there is one point
        return 0.0
    part = (x - xp[k]) / (xp[k + 1] - xp[k])
    return 0.0 if part < 0.0 else 1.0 if part > 1.0 else part


@compiled_as(moved_adjoint)
def _moved_adjoint(g: Any, x: Any, source: Any) -> Any:
    if not (is_array(g) and is_array(source)) or g.ndim != source.ndim or not (is_array(x) or is_number(x)):
        return None
    if is_number(x):

        def total(g: Any, x: Any, source: Any) -> Any:
            out = 0.0
            for place in np.ndindex(source.shape):
                if source[place] == 1:
                    out += g[place]
            return out

        return total

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
