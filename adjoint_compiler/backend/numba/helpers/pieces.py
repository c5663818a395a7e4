"""Adjoints of what is put together, cut, repeated, or laid on a diagonal."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, is_number, items_of, made

__all__ = [
    "column_stack_adjoint",
    "concatenate_adjoint",
    "diag_adjoint",
    "diagonal_adjoint",
    "diff_adjoint",
    "dstack_adjoint",
    "hsplit_adjoint",
    "hstack_adjoint",
    "repeat_adjoint",
    "split_adjoint",
    "stack_adjoint",
    "vstack_adjoint",
]

concatenate_adjoint, stack_adjoint = runtime.concatenate_adjoint, runtime.stack_adjoint
hstack_adjoint, vstack_adjoint, dstack_adjoint = runtime.hstack_adjoint, runtime.vstack_adjoint, runtime.dstack_adjoint
column_stack_adjoint, repeat_adjoint = runtime.column_stack_adjoint, runtime.repeat_adjoint
split_adjoint, hsplit_adjoint, diff_adjoint = runtime.split_adjoint, runtime.hsplit_adjoint, runtime.diff_adjoint
diag_adjoint, diagonal_adjoint = runtime.diag_adjoint, runtime.diagonal_adjoint


def known_number(t: Any) -> Any:
    """The value of an argument that is a literal, or has a default; None where it is not known."""
    found = getattr(t, "literal_value", getattr(t, "value", t))
    return found if isinstance(found, int) else None


def cut(g: Any, arrays: Any, axis: Any, head: str) -> Any:
    """What cuts ``g`` along an axis into one piece for each array, in its shape; a tuple for a tuple, a list for a list.

    Arrays with fewer axes than ``g``, or that lie across the axis, are as long as one.
    """
    parts = items_of(arrays) if isinstance(arrays, types.BaseTuple) else (getattr(arrays, "dtype", None),)
    if axis is None or not is_array(g) or not all(is_array(a) and a.ndim for a in parts):
        return None
    axis = axis % g.ndim
    place = ", ".join([":"] * axis + ["at : at + n"])

    def lines(name: str, a: Any) -> str:
        long = f"{name}.shape[{axis}]" if axis < a.ndim and a.ndim == g.ndim else "1"
        piece = (
            f"g[{place}]"
            if axis == 0 and a.ndim == g.ndim
            else f"np.ascontiguousarray(g[{place}]).reshape({name}.shape)"
        )
        return f"n = {long}\n{{0}}part = {piece}\n{{0}}at += n\n"

    if isinstance(arrays, types.BaseTuple):
        body = "".join(
            "    " + lines(f"arrays[{k}]", a).replace("part =", f"part{k} =").format("    ")
            for k, a in enumerate(parts)
        )
        items = "".join(f"part{k}, " for k in range(len(parts)))
        return made(f"{head}    at = 0\n{body}    return ({items})", "parts", np=np)
    text = lines("a", parts[0]).format("        ")
    return made(
        f"{head}    at, out = 0, []\n    for a in arrays:\n        {text}        out.append(part)\n    return out",
        "parts",
        np=np,
    )


@compiled_as(concatenate_adjoint)
def _concatenate_adjoint(g: Any, arrays: Any, axis: Any = 0) -> Any:
    return cut(g, arrays, known_number(axis), "def parts(g, arrays, axis=0):\n")


@compiled_as(stack_adjoint)
def _stack_adjoint(g: Any, arrays: Any, axis: Any = 0) -> Any:
    at = known_number(axis)
    if at is None or not is_array(g):
        return None
    place = ", ".join([":"] * (at % g.ndim))
    part = f"g[{place}{', ' if place else ''}{{}}]"
    if isinstance(arrays, types.List):
        text = f"def parts(g, arrays, axis=0):\n    return [{part.format('k')} for k in range(len(arrays))]"
        return made(text, "parts")
    items = "".join(f"{part.format(k)}, " for k in range(len(arrays)))
    return made(f"def parts(g, arrays, axis=0):\n    return ({items})", "parts")


def axes_of(arrays: Any) -> int:
    """The number of axes of the first of several arrays."""
    first: Any = items_of(arrays)[0] if isinstance(arrays, types.BaseTuple) else getattr(arrays, "dtype", None)
    return first.ndim if is_array(first) else 0


@compiled_as(hstack_adjoint)
def _hstack_adjoint(g: Any, arrays: Any) -> Any:
    return cut(g, arrays, 0 if axes_of(arrays) == 1 else 1, "def parts(g, arrays):\n")


@compiled_as(vstack_adjoint)
def _vstack_adjoint(g: Any, arrays: Any) -> Any:
    return cut(g, arrays, 0, "def parts(g, arrays):\n")


@compiled_as(dstack_adjoint)
def _dstack_adjoint(g: Any, arrays: Any) -> Any:
    return cut(g, arrays, 2, "def parts(g, arrays):\n")


@compiled_as(column_stack_adjoint)
def _column_stack_adjoint(g: Any, arrays: Any) -> Any:
    return cut(g, arrays, 1, "def parts(g, arrays):\n")


def joined(g: Any, x: Any, axis: Any, head: str) -> Any:
    """What puts the adjoints of all pieces of ``x`` side by side along an axis."""
    if axis is None or not isinstance(g, types.List) or not is_array(g.dtype) or not is_array(x):
        return None
    place = ", ".join([":"] * (axis % x.ndim) + ["at : at + n"])
    body = (
        f"    for part in g:\n        n = part.shape[{axis % x.ndim}]\n        out[{place}] += part\n        at += n\n"
    )
    return made(f"{head}    at, out = 0, np.zeros_like(x)\n{body}    return out", "whole", np=np)


@compiled_as(split_adjoint)
def _split_adjoint(g: Any, x: Any, sections: Any, axis: Any = 0) -> Any:
    return joined(g, x, known_number(axis), "def whole(g, x, sections, axis=0):\n")


@compiled_as(hsplit_adjoint)
def _hsplit_adjoint(g: Any, x: Any, sections: Any) -> Any:
    return joined(g, x, 1 if is_array(x) and x.ndim > 1 else 0, "def whole(g, x, sections):\n")


@compiled_as(repeat_adjoint)
def _repeat_adjoint(g: Any, x: Any, repeats: Any, axis: Any = None) -> Any:
    """Of all elements in order: Numba repeats along no axis."""
    if not is_array(g) or not isinstance(axis, (types.NoneType, types.Omitted)) and axis is not None:
        return None
    times = "repeats" if is_number(repeats) else "repeats[k]"
    size, end = ("x.size", "out.reshape(x.shape)") if is_array(x) else ("1", "out[0]")
    text = (
        "def sums(g, x, repeats, axis=None):\n"
        f"    at, out = 0, np.zeros({size}, g.dtype)\n    for k in range({size}):\n        for _ in range({times}):\n"
        f"            out[k] += g[at]\n            at += 1\n    return {end}"
    )
    return made(text, "sums", np=np)


@numba.njit
def diagonal_bounds(x: Any, offset: Any) -> Any:
    """The row and the column where a diagonal of a matrix begins, and how long it is.

    >>> diagonal_bounds(np.zeros((3, 4)), -1)
    (1, 0, 2)
    """
    row, column = max(-offset, 0), max(offset, 0)
    return row, column, max(min(x.shape[0] - row, x.shape[1] - column), 0)


@compiled_as(diagonal_adjoint)
def _diagonal_adjoint(g: Any, x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    if not is_array(x) or x.ndim != 2:
        return None
    part = "g" if is_number(g) or not g.ndim else "g[k if g.size > 1 else 0]"
    text = (
        "def placed(g, x, offset=0, axis1=0, axis2=1):\n"
        "    out = np.zeros_like(x)\n    turned = out if axis1 % 2 == 0 else out.T\n"
        "    row, column, n = diagonal_bounds(turned, offset)\n"
        f"    for k in range(n):\n        turned[row + k, column + k] = {part}\n    return out"
    )
    return made(text, "placed", np=np, diagonal_bounds=diagonal_bounds)


@compiled_as(diag_adjoint)
def _diag_adjoint(g: Any, x: Any, k: Any = 0) -> Any:
    if not is_array(x) or not is_array(g):
        return None
    if x.ndim == 2:
        return lambda g, x, k=0: diagonal_adjoint(g, x, k, 0, 1)

    def taken(g: Any, x: Any, k: Any = 0) -> Any:
        out = np.empty(x.shape, g.dtype)
        row, column, n = diagonal_bounds(g, k)
        for i in range(n):
            out[i] = g[row + i, column + i]
        return out

    return taken


@compiled_as(diff_adjoint)
def _diff_adjoint(g: Any, x: Any, n: Any = 1, axis: Any = -1) -> Any:
    if not is_array(g) or not is_array(x) or known_number(axis) not in (-1, g.ndim - 1):
        return None

    def sums(g: Any, x: Any, n: Any = 1, axis: Any = -1) -> Any:
        if g.size == 0:
            return np.zeros(x.shape, g.dtype)
        bar = np.zeros(g.shape, g.dtype)
        bar[:] = g
        for _ in range(n):
            longer = np.zeros(bar.shape[:-1] + (bar.shape[-1] + 1,), bar.dtype)
            for place in np.ndindex(bar.shape):
                longer[place] -= bar[place]
                longer[place[:-1] + (place[-1] + 1,)] += bar[place]
            bar = longer
        return bar

    return sums
