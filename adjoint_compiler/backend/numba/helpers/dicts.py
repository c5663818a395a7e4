"""Dicts of one type of keys and one of values, as Numba has them: with the same keys, made of other values."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.typed import Dict

from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_number

__all__ = ["entry_of"]


def entry_of(d: Any, key: Any) -> Any:
    """An entry of a dict, to be put back later; where there is none, anything of its type: nothing will read it."""


@compiled_as(entry_of)
def _entry_of(d: Any, key: Any) -> Any:
    if not isinstance(d, types.DictType):
        return None
    value = d.value_type
    return (lambda d, key: d[key] if key in d else value(0)) if is_number(value) else None


def each_value(x: Any, change: Any, value: Any = None) -> Any:
    """What makes a dict whose values are ``change`` of those of a dict of type ``x``; None where they have no such type.

    Args:
        x: the type.
        change: a function that Numba compiles.
        value: the type of its results; None: that of zeros.
    """
    kept, made = x.key_type, zeros_type(x.value_type) if value is None else value
    if made is None:
        return None

    def changed(x: Any) -> Any:
        out = Dict.empty(kept, made)
        for k in x:
            out[k] = change(x[k])
        return out

    return changed


def zeros_type(t: Any) -> Any:
    """The type of the zeros that are added to for numbers of a type; None for all else, whose zeros are stored as numbers.

    >>> zeros_type(types.int64), zeros_type(types.unicode_type)
    (float64, None)
    """
    if isinstance(t, types.Complex):
        return types.complex128
    return types.float64 if is_number(t) else None


def sum_of_dicts(add: Any) -> Any:
    """What adds two dicts; keys that one of them lacks have zeros there."""

    def added(a: Any, b: Any) -> Any:
        out = a.copy()
        for k in b:
            out[k] = add(out[k], b[k]) if k in out else b[k]
        return out

    return added
