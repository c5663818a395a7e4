"""Shadows of lists of numbers, found by which list it is, for names that may mean one of several.

A table of them is a tuple of lists that grow: the lists, their shadows, their addresses, and a hash table of these.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types
from numba.cpython.listobj import ListInstance

from adjoint_compiler.backend.numba.helpers.typed import compiled_as, inlined

__all__ = ["list_shadow", "list_table"]


@inlined
def address_of(context: Any, x: Any) -> Any:
    """Where a list lies; it stays there when it grows."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        instance = ListInstance(context, builder, signature.args[0], args[0])
        return builder.ptrtoint(instance._list.meminfo, context.get_value_type(types.int64))

    return (types.int64(x), generate) if isinstance(x, types.List) else None


@numba.njit
def list_table() -> Any:
    """A table without shadows."""
    held, made, addresses = [[0.0]], [[0.0]], [0]
    held.pop()
    made.pop()
    addresses.pop()
    return held, made, addresses, [np.full(16, -1)]


@numba.njit
def list_slot(places: Any, addresses: Any, address: Any) -> Any:
    """The place in the hash table for an address: its own, or the free one where it can be entered."""
    at = (address >> 4) * 0x9E3779B1 % places.size
    while places[at] >= 0 and addresses[places[at]] != address:
        at = (at + 1) % places.size
    return at


@numba.njit
def list_number(shadows: Any, x: Any) -> Any:
    """The number of a list, which is entered when it is first asked for."""
    held, made, addresses, tables = shadows
    address = address_of(x)
    found = tables[0][list_slot(tables[0], addresses, address)]
    if found >= 0:
        return found
    held.append(x)
    made.append([0.0] * len(x))
    addresses.append(address)
    if 2 * len(held) > tables[0].size:
        tables[0] = np.full(2 * tables[0].size, -1)
        for k in range(len(held) - 1):
            tables[0][list_slot(tables[0], addresses, addresses[k])] = k
    tables[0][list_slot(tables[0], addresses, address)] = len(held) - 1
    return len(held) - 1


def list_shadow(shadows: Any, x: Any) -> None:
    """The shadow of a list: zeros when first asked for."""


@compiled_as(list_shadow)
def _list_shadow(shadows: Any, x: Any) -> Any:
    if not isinstance(x, types.List) or x.dtype != types.float64:
        return None
    return lambda shadows, x: shadows[1][list_number(shadows, x)]
