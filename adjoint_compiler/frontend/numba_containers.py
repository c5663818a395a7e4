"""Containers of Numba's, as Python's: a typed list is a list, a typed dict a dict, whatever types they are told."""

from __future__ import annotations

from typing import Any

import gast

CONTAINERS = {("numba.typed.typedlist", "List"): list, ("numba.typed.typeddict", "Dict"): dict}
EMPTY = ("empty", "empty_list")


def as_container(function: Any, node: Any) -> tuple[Any, Any]:
    """What stands for a class of Numba's that is called, or for its method that makes an empty one, and for the call.

    >>> as_container(len, None)
    (<built-in function len>, None)
    """
    owner = getattr(function, "__self__", None) if getattr(function, "__name__", "") in EMPTY else None
    cls = function if owner is None else owner
    found = (
        CONTAINERS.get((getattr(cls, "__module__", ""), getattr(cls, "__name__", "")))
        if isinstance(cls, type)
        else None
    )
    if found is None:
        return function, node
    args = node.args if owner is None else []
    return found, gast.copy_location(gast.Call(node.func, args, []), node)


__all__ = ["as_container"]
