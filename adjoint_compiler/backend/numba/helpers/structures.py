"""Adjoints of lists: sums, and copies of what is passed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.dicts import sum_of_dicts
from adjoint_compiler.backend.numba.helpers.memory import entry_copy
from adjoint_compiler.backend.numba.helpers.typed import (
    compiled_as,
    is_absent,
    is_array,
    is_number,
    items_of,
    made,
    of_items,
)

__all__ = ["add_structure", "each_gets", "entry_copies", "order_of", "with_item", "zero_item"]

add_structure, each_gets = runtime.add_structure, runtime.each_gets
entry_copies, order_of = runtime.entry_copies, runtime.order_of


@compiled_as(add_structure)
def _add_structure(a: Any, b: Any) -> Any:
    if is_absent(a) or is_absent(b):
        return (lambda a, b: b) if is_absent(a) else (lambda a, b: a)
    if (is_number(a) or is_array(a)) and (is_number(b) or is_array(b)):
        return lambda a, b: a + b
    if isinstance(a, types.BaseTuple) and isinstance(b, types.BaseTuple) and len(a) == len(b):
        items = "".join(f"add_structure(a[{k}], b[{k}]), " for k in range(len(a)))
        return made(f"def added(a, b):\n    return ({items})", "added", add_structure=add_structure)
    if isinstance(a, types.List) and isinstance(b, types.List):
        return _added_lists
    if isinstance(a, types.DictType) and a == b:
        return sum_of_dicts(add_structure)
    if isinstance(a, types.List) and is_array(b) or is_array(a) and isinstance(b, types.List):
        return lambda a, b: [add_structure(a[k], b[k]) for k in range(same_length(len(a), len(b)))]
    if isinstance(a, types.List) and is_number(b):
        return lambda a, b: unless_added(b, a)
    return (lambda a, b: unless_added(a, b)) if is_number(a) and isinstance(b, types.List) else None


def _added_lists(a: Any, b: Any) -> Any:
    """The sum of two lists; one that ends earlier has zeros there."""
    out = [add_structure(a[k], b[k]) for k in range(min(len(a), len(b)))]
    for k in range(len(out), len(a)):
        out.append(a[k])
    for k in range(len(out), len(b)):
        out.append(b[k])
    return out


def same_length(n: int, m: int) -> int:
    """The one length of two sequences.

    >>> same_length(2, 2)
    2
    """
    if n != m:
        raise ValueError("an adjoint has another length than what it is the adjoint of")
    return n


def unless_added(number: Any, items: Any) -> Any:
    """A copy of a list, to which a number is added that must be zero.

    >>> unless_added(0.0, [1.0])
    [1.0]
    """
    if number != 0.0:
        raise TypeError("the adjoint of a list comes out as a number")
    return list(items)


@compiled_as(same_length)
def _same_length(n: Any, m: Any) -> Any:
    return same_length


@compiled_as(unless_added)
def _unless_added(number: Any, items: Any) -> Any:
    return unless_added


@compiled_as(each_gets)
def _each_gets(v: Any, items: Any) -> Any:
    if is_array(items):
        return lambda v, items: np.broadcast_to(v, items.shape).copy()
    if not isinstance(items, types.List) or not is_number(v):
        return None
    if is_number(items.dtype):
        return lambda v, items: [v for _ in items]
    return (lambda v, items: [np.full_like(item, v) for item in items]) if is_array(items.dtype) else None


def with_item(items: Any, k: Any, item: Any) -> Any:
    """A tuple with another item in place ``k``, of the type of that which was there."""


@compiled_as(with_item, prefer_literal=True)
def _with_item(items: Any, k: Any, item: Any) -> Any:
    at = getattr(k, "literal_value", None)
    if not isinstance(items, types.BaseTuple) or at is None:
        return None
    old = items_of(items)[at]
    given = "float(item)" if isinstance(old, types.Float) and is_number(item) else "item"
    given = "complex(item)" if isinstance(old, types.Complex) and is_number(item) else given
    parts = "".join(f"{given if j == at % len(items) else f'items[{j}]'}, " for j in range(len(items)))
    return made(f"def put(items, k, item):\n    return ({parts})", "put")


def zero_item(items: Any) -> Any:
    """The zero that an item of a list of numbers, or of tuples of numbers, begins with."""


@compiled_as(zero_item)
def _zero_item(items: Any) -> Any:
    text = zero_text(items.dtype) if isinstance(items, types.List) else None
    return None if text is None else made(f"def zero(items):\n    return {text}", "zero")


def zero_text(t: Any) -> str | None:
    """Zeros of the type of a number, or of a tuple of numbers, as text; None for all others.

    >>> zero_text(types.Tuple((types.float64, types.UniTuple(types.complex128, 1))))
    '(0.0, (0j, ), )'
    """
    if is_number(t):
        return "0j" if isinstance(t, types.Complex) else "0.0"
    if isinstance(t, types.List) and is_number(t.dtype):  # as long as what is added to it
        return f"[{zero_text(t.dtype)}][:0]"
    parts = [zero_text(i) for i in items_of(t)] if isinstance(t, types.BaseTuple) else [None]
    return None if None in parts else f"({''.join(f'{p}, ' for p in parts)})"


@compiled_as(entry_copies)
def _entry_copies(x: Any) -> Any:
    if is_array(x):
        return lambda x: entry_copy(x)
    if is_number(x):
        return lambda x: x
    if isinstance(x, types.BaseTuple):
        return of_items(x, "entry_copies", entry_copies)
    if isinstance(x, types.DictType) and is_number(x.value_type):
        return lambda x: x.copy()
    return (lambda x: [entry_copies(v) for v in x]) if isinstance(x, types.List) else None


@compiled_as(order_of)
def _order_of(keys: Any, reverse: Any = False) -> Any:
    number = isinstance(keys, types.List) and is_number(keys.dtype) or is_array(keys) and keys.ndim == 1
    if not number:
        return None

    def order(keys: Any, reverse: Any = False) -> Any:
        n = len(keys)
        out = list(range(n))
        for k in range(1, n):  # insertion keeps the order of equal ones
            at = k
            while at > 0 and (keys[out[at - 1]] < keys[k] if reverse else keys[out[at - 1]] > keys[k]):
                out[at] = out[at - 1]
                at -= 1
            out[at] = k
        return out

    return order
