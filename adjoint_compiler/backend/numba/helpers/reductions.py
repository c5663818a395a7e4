"""Adjoints of reductions: how many elements a mean has, and what elements that are largest share."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_absent, is_array, made

__all__ = [
    "count",
    "nan_share",
    "share_ties",
    "share_ties_adjoint",
    "tied_share",
    "trapezoid_nodes",
    "trapezoid_weights",
]

count, share_ties, share_ties_adjoint = runtime.count, runtime.share_ties, runtime.share_ties_adjoint
trapezoid_nodes, trapezoid_weights = runtime.trapezoid_nodes, runtime.trapezoid_weights


def _axis_number(axis: Any) -> Any:
    """The value of an axis that is a literal, or has a default; None where it is not known."""
    return getattr(axis, "literal_value", getattr(axis, "value", axis if isinstance(axis, int) else None))


@compiled_as(count)
def _count(x: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False, where: Any = True) -> Any:
    if not is_array(x):
        return lambda x, axis=None, ddof=0, keepdims=False, where=True: (1 - ddof) / 1 if ddof < 1 else np.nan
    if is_array(where) and is_absent(axis) and isinstance(x.dtype, types.Float):
        return _counted_where
    if not isinstance(x.dtype, types.Float) or not (isinstance(where, types.Omitted) or where is True):
        return None
    if is_absent(axis):
        size = "x.size"
    elif isinstance(axis, types.Integer):
        size = "x.shape[axis]"
    elif isinstance(axis, types.BaseTuple):
        size = " * ".join(f"x.shape[axis[{k}]]" for k in range(len(axis))) or "1"
    else:
        return None
    text = (
        "def counted(x, axis=None, ddof=0, keepdims=False, where=True):\n"
        f"    n = {size} - ddof\n    return dtype(n) if n > 0 else dtype(np.nan)"
    )
    return made(text, "counted", np=np, dtype=np.dtype(str(x.dtype)).type)


def _counted_where(x: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False, where: Any = True) -> Any:
    n = np.sum(where) - ddof
    return n * 1.0 if n > 0 else np.nan


@numba.njit
def shared_part(g: Any, x: Any, y: Any, out: Any) -> None:
    """What the elements of ``x`` that are equal to ``y``, or are NaN where it is, share of ``g``, one as much as another."""
    number = 0
    for place in np.ndindex(x.shape):
        number += x[place] == y or (y != y and x[place] != x[place])
    share = g / number if number else g * 0.0
    for place in np.ndindex(x.shape):
        out[place] = share if x[place] == y or (y != y and x[place] != x[place]) else 0.0


@numba.njit
def shared_vector(g: Any, x: Any, y: Any, out: Any) -> None:
    """As :func:`shared_part`, of a vector."""
    number = 0
    for k in range(x.size):
        number += x[k] == y or (y != y and x[k] != x[k])
    share = g / number if number else g * 0.0
    for k in range(x.size):
        out[k] = share if x[k] == y or (y != y and x[k] != x[k]) else 0.0


@numba.njit
def tied_share(g: Any, x: Any, y: Any) -> Any:
    """What each of the elements of ``x`` receives that are equal to ``y``.

    >>> tied_share(3.0, np.array([1.0, 2.0, 2.0]), 2.0)
    1.5
    """
    number = 0
    for v in x.flat:
        number += v == y
    return g / number if number else 0.0 * g


@numba.njit
def nan_share(g: Any, x: Any, y: Any) -> Any:
    """What each of the elements of ``x`` receives that are NaN, where ``y`` is.

    >>> nan_share(3.0, np.array([1.0, np.nan]), np.nan), nan_share(3.0, np.array([1.0, np.nan]), 1.0)
    (3.0, 0.0)
    """
    if y == y:
        return 0.0 * g
    number = 0
    for v in x.flat:
        number += v != v
    return g / number if number else 0.0 * g


@compiled_as(share_ties)
def _share_ties(g: Any, x: Any, y: Any, axis: Any = None, keepdims: Any = False, where: Any = True) -> Any:
    if not (isinstance(where, types.Omitted) or where is True) or not is_array(x):
        return None
    part = "shared_vector" if x.ndim == 1 else "shared_part"
    head = "def share(g, x, y, axis=None, keepdims=False, where=True):\n    out = np.empty(x.shape, x.dtype)\n"
    names = {"np": np, "shared_part": shared_part, "shared_vector": shared_vector}
    if not is_array(y):
        flat = "g.flat[0]" if is_array(g) else "g"
        return made(f"{head}    {part}({flat}, x, y, out)\n    return out", "share", **names)
    if x.ndim == y.ndim and is_absent(axis):
        return made(f"{head}    {part}(g.flat[0], x, y.flat[0], out)\n    return out", "share", **names)
    if not isinstance(axis, types.Integer) or y.ndim not in (x.ndim, x.ndim - 1) or not is_array(g):
        return None
    # the reduced axis is moved to the end; without it g and y have the shape of the rest
    order = ", ".join(f"({k} if {k} < at else {k + 1})" for k in range(x.ndim - 1))
    rest = "(" + "".join(f"x.shape[{k} if {k} < at else {k + 1}], " for k in range(x.ndim - 1)) + ")"
    if x.ndim == 1:
        return made(f"{head}    shared_vector(g[0], x, y[0], out)\n    return out", "share", **names)
    body = (
        f"    at = axis % {x.ndim}\n    order = ({order}, at)\n    to, given = np.transpose(out, order), np.transpose(x, order)\n"
        f"    tops, parts = np.ascontiguousarray(y).reshape({rest}), np.ascontiguousarray(g).reshape({rest})\n"
        "    for place in np.ndindex(tops.shape):\n"
        "        shared_vector(parts[place], given[place], tops[place], to[place])\n    return out"
    )
    return made(head + body, "share", **names)


@numba.njit
def mean_of_ties(g: Any, x: Any, y: Any) -> Any:
    """The mean of ``g`` over the elements of ``x`` that are equal to ``y``, or are NaN where it is.

    >>> mean_of_ties(np.array([1.0, 2.0, 4.0]), np.array([0.0, 3.0, 3.0]), 3.0)
    3.0
    """
    total, number = 0.0, 0
    for place in np.ndindex(x.shape):
        if x[place] == y or (y != y and x[place] != x[place]):
            total += g[place]
            number += 1
    return total / max(number, 1)


@compiled_as(share_ties_adjoint)
def _share_ties_adjoint(g: Any, x: Any, y: Any, axis: Any = None, keepdims: Any = False, where: Any = True) -> Any:
    if not (isinstance(where, types.Omitted) or where is True) or not is_array(x) or not is_array(g):
        return None
    if not is_array(y):
        return lambda g, x, y, axis=None, keepdims=False, where=True: mean_of_ties(g, x, y)
    if not isinstance(axis, types.Integer) or y.ndim != x.ndim - 1:
        return None
    order = ", ".join(f"({k} if {k} < at else {k + 1})" for k in range(x.ndim - 1))
    text = (
        "def means(g, x, y, axis=None, keepdims=False, where=True):\n"
        f"    at, out = axis % {x.ndim}, np.empty(y.shape, g.dtype)\n    order = ({order}, at)\n"
        "    given, parts = np.transpose(x, order), np.transpose(g, order)\n"
        "    for place in np.ndindex(y.shape):\n"
        "        out[place] = mean_of_ties(parts[place], given[place], y[place])\n    return out"
    )
    return made(text, "means", np=np, mean_of_ties=mean_of_ties)


@compiled_as(trapezoid_weights)
def _trapezoid_weights(f: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    """Along the last axis."""
    if not is_array(f) or _axis_number(axis) not in (-1, f.ndim - 1) or is_array(x) and x.ndim != 1:
        return None
    step = "dx" if is_absent(x) else "x[k + 1] - x[k]"
    text = (
        "def weights(f, x=None, dx=1.0, axis=-1):\n    out = np.zeros(f.shape[-1], dtype)\n"
        f"    for k in range(out.size - 1):\n        step = {step}\n        out[k] += step / 2\n        out[k + 1] += step / 2\n"
        f"    return {'out' if f.ndim == 1 else 'np.broadcast_to(out, f.shape)'}"
    )
    return made(text, "weights", np=np, dtype=np.dtype(str(f.dtype)).type)


@compiled_as(trapezoid_nodes)
def _trapezoid_nodes(g: Any, f: Any, x: Any, axis: Any = -1) -> Any:
    if not is_array(g) or not is_array(x) or x.ndim != 1 or _axis_number(axis) not in (-1, g.ndim - 1):
        return None

    def nodes(g: Any, f: Any, x: Any, axis: Any = -1) -> Any:
        out = np.zeros(x.shape, g.dtype)
        for row in np.ndindex(g.shape[:-1]):
            for k in range(x.size - 1):
                step = (g[row + (k,)] + g[row + (k + 1,)]) / 2
                out[k + 1] += step
                out[k] -= step
        return out

    def nodes_of_vector(g: Any, f: Any, x: Any, axis: Any = -1) -> Any:
        out = np.zeros(x.shape, g.dtype)
        for k in range(x.size - 1):
            step = (g[k] + g[k + 1]) / 2
            out[k + 1] += step
            out[k] -= step
        return out

    return nodes if g.ndim > 1 else nodes_of_vector
