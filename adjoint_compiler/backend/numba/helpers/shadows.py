"""Shadows that are found by memory, for names that may mean one of several arrays.

A table of shadows is a tuple of lists that grow, which all functions share: the memory of allocations, that of their
shadows, and a hash table of the addresses where allocations begin.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, inlined, is_array, items_of, made

__all__ = ["enter_memory", "shadow", "shadow_table", "to_shadows"]

shadow, to_shadows = runtime.shadow, runtime.to_shadows
BYTES = types.Array(types.uint8, 1, "C")
MEMINFO = ir.LiteralStructType([ir.IntType(64), *[ir.IntType(8).as_pointer()] * 3, ir.IntType(64)])


@inlined
def memory_of(context: Any, x: Any) -> Any:
    """All the memory that ``x`` lies in, as bytes; no bytes where it was not allocated by compiled code."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        data = cgutils.alloca_once_value(builder, builder.bitcast(array.data, ir.IntType(8).as_pointer()))
        size = cgutils.alloca_once_value(builder, context.get_constant(types.intp, 0))
        with builder.if_then(cgutils.is_not_null(builder, array.meminfo)):  # constants have none
            info = builder.bitcast(array.meminfo, MEMINFO.as_pointer())
            builder.store(builder.load(cgutils.gep(builder, info, 0, 3)), data)
            builder.store(builder.load(cgutils.gep(builder, info, 0, 4)), size)
        return _bytes(context, builder, array, builder.load(data), builder.load(size))

    return BYTES(x), generate


@inlined
def bytes_at(context: Any, x: Any, first: Any, size: Any) -> Any:
    """``size`` bytes of memory from the element of ``x`` on, ``first`` bytes away."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        data = builder.gep(builder.bitcast(array.data, ir.IntType(8).as_pointer()), [args[1]])
        return _bytes(context, builder, array, data, args[2])

    return BYTES(x, types.int64, types.int64), generate


def _bytes(context: Any, builder: Any, array: Any, data: Any, size: Any) -> Any:
    """An array of bytes that keeps alive what ``array`` keeps alive."""
    out = context.make_array(BYTES)(context, builder)
    one = context.get_constant(types.intp, 1)
    context.populate_array(
        out, data=builder.bitcast(data, out.data.type), shape=(size,), strides=(one,), itemsize=one,
        meminfo=array.meminfo, parent=array.parent,
    )  # fmt: skip
    return impl_ret_borrowed(context, builder, BYTES, out._getvalue())


@inlined
def like_in(context: Any, x: Any, memory: Any, first: Any) -> Any:
    """An array of the type, the shape and the strides of ``x`` in other memory, from byte ``first`` on."""
    result = x.copy(readonly=False)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        memory = context.make_array(BYTES)(context, builder, args[1])
        out = context.make_array(signature.return_type)(context, builder)
        data = builder.gep(memory.data, [args[2]])
        context.populate_array(
            out, data=builder.bitcast(data, out.data.type), shape=array.shape, strides=array.strides,
            itemsize=array.itemsize, meminfo=memory.meminfo, parent=memory.parent,
        )  # fmt: skip
        return impl_ret_borrowed(context, builder, signature.return_type, out._getvalue())

    return result(x, BYTES, types.int64), generate


@numba.njit
def shadow_table() -> Any:
    """A table without shadows: memory, shadows, and where each allocation begins (-1: nowhere)."""
    nothing = np.empty(0, np.uint8)
    held, made = [nothing], [nothing]
    held.pop()
    made.pop()
    return held, made, [np.full(16, -1)]


@numba.njit
def extent(x: Any) -> Any:
    """Where the memory that an array shows begins, relative to its first element, and how many bytes it has."""
    low, high = 0, x.itemsize
    for n, stride in zip(x.shape, x.strides):
        if n == 0:
            return 0, 0
        low += min((n - 1) * stride, 0)
        high += max((n - 1) * stride, 0)
    return low, high - low


@numba.njit
def slot(places: Any, held: Any, address: Any) -> Any:
    """The place in the hash table for an address: its own, or the free one where it can be entered."""
    at = (address >> 4) * 0x9E3779B1 % places.size
    while places[at] >= 0 and held[places[at]].ctypes.data != address:
        at = (at + 1) % places.size
    return at


@numba.njit
def enter(shadows: Any, memory: Any) -> Any:
    """A new allocation in a table; its number."""
    held, made, tables = shadows
    held.append(memory)
    made.append(np.zeros(memory.size, np.uint8))
    if 2 * len(held) > tables[0].size:
        tables[0] = np.full(2 * tables[0].size, -1)
        for k in range(len(held) - 1):
            tables[0][slot(tables[0], held, held[k].ctypes.data)] = k
    tables[0][slot(tables[0], held, memory.ctypes.data)] = len(held) - 1
    return len(held) - 1


@numba.njit
def number_of(shadows: Any, memory: Any, address: Any) -> Any:
    """The number of the allocation at an address; ``memory`` is all of it, or empty: then it is one from outside."""
    held, _, tables = shadows
    if memory.size:
        found = tables[0][slot(tables[0], held, memory.ctypes.data)]
        return found if found >= 0 else enter(shadows, memory)
    for k in range(len(held)):
        low = held[k].ctypes.data
        if low <= address < low + held[k].size:
            return k
    return -1


@compiled_as(shadow)
def _shadow(shadows: Any, x: Any) -> Any:
    if not is_array(x):
        return None

    def find(shadows: Any, x: Any) -> Any:
        address = x.ctypes.data
        k = number_of(shadows, memory_of(x), address)
        if k < 0:
            low, size = extent(x)
            k = enter(shadows, bytes_at(x, low, size))
        return like_in(x, shadows[1][k], address - shadows[0][k].ctypes.data)

    return find


def enter_memory(shadows: Any, arrays: Any) -> None:
    """Enter allocations that come from outside into a table, before anything asks for the shadow of a part of them."""


@compiled_as(enter_memory)
def _enter_memory(shadows: Any, arrays: Any) -> Any:
    if isinstance(arrays, types.BaseTuple):
        lines = "".join(f"    enter_memory(shadows, arrays[{k}])\n" for k in range(len(items_of(arrays))))
        return made(f"def enter_all(shadows, arrays):\n{lines or '    pass'}", "enter_all", enter_memory=enter_memory)
    if not is_array(arrays):
        return lambda shadows, arrays: None

    def enter_one(shadows: Any, arrays: Any) -> None:
        if memory_of(arrays).size == 0:
            low, size = extent(arrays)
            if number_of(shadows, memory_of(arrays), arrays.ctypes.data) < 0:
                enter(shadows, bytes_at(arrays, low, size))

    return enter_one


@compiled_as(to_shadows)
def _to_shadows(shadows: Any, x: Any, g: Any, depths: Any, depth: Any = 0) -> Any:
    """Only of arrays; one that shows a place of its memory several times receives all that these do."""
    if (
        not is_array(x)
        or not isinstance(depths, types.BaseTuple)
        or len(depths) != 1
        or isinstance(depth, types.Integer)
    ):
        return None

    def add(shadows: Any, x: Any, g: Any, depths: Any, depth: Any = 0) -> None:
        if depths[0] == 0:
            target, given = shadow(shadows, x), np.broadcast_to(g, x.shape)
            for place in np.ndindex(x.shape):
                target[place] += given[place]

    return add
