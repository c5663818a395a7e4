"""Helpers of emitted code that check what callers pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.structures import items_of

__all__ = [
    "check_distinct", "check_dtype", "check_number", "check_places", "check_power", "check_separate", "check_store",
    "check_type", "parts_in_memory",
]  # fmt: skip


def check_places(part: Any) -> None:
    """Raise ``ValueError`` where ``part``, which is stored into, shows some place of memory more than once.

    >>> check_places(np.lib.stride_tricks.as_strided(np.zeros(4), (2, 2), (16, 8)))
    >>> check_places(np.lib.stride_tricks.as_strided(np.zeros(4), (2, 2), (8, 8)))
    Traceback (most recent call last):
    ValueError: this store writes to one place of memory more than once: store into the array itself
    """
    if not isinstance(part, np.ndarray) or part.size < 2:
        return
    places = np.zeros(1, int)
    for n, stride in zip(part.shape, part.strides):
        places = np.add.outer(places, np.arange(n) * stride).ravel()
    if len(np.unique(places)) < places.size:
        raise ValueError("this store writes to one place of memory more than once: store into the array itself")


def check_dtype(a: Any) -> None:
    """Raise ``TypeError`` where ``a``, which active values are stored into or turned into, is of integers or bools.

    >>> check_dtype(np.zeros(3))
    >>> check_dtype(np.zeros(3, int))
    Traceback (most recent call last):
    TypeError: an active value is rounded to int64 and loses its derivative: keep it a float, or say ac.stop_gradient(x)
    """
    if isinstance(a, (np.ndarray, np.generic)) and a.dtype.kind in "iub":
        raise TypeError(
            f"an active value is rounded to {a.dtype} and loses its derivative: keep it a float, or say ac.stop_gradient(x)"
        )


def check_power(y: Any) -> None:
    """Raise ``ValueError`` where ``y``, a real number to some power, is complex: the number was negative.

    >>> check_power(2.0**0.5)
    >>> check_power((-2.0) ** 0.5)
    Traceback (most recent call last):
    ValueError: a negative number to a fractional power is complex: write complex(x)**z where that is meant
    """
    if type(y) is complex:
        raise ValueError("a negative number to a fractional power is complex: write complex(x)**z where that is meant")


def check_store(part: Any, value: Any) -> None:
    """Raise ``ValueError`` where NumPy, storing ``value`` into ``part``, reads elements that it has already written.

    It copies first where the two overlap, but not vectors whose steps have the same sign.

    >>> a = np.arange(6.0)
    >>> check_store(a[:3], a[::2])
    >>> check_store(a[::2], a[:3])
    Traceback (most recent call last):
    ValueError: this store reads elements that it has already written: copy the right-hand side first, with .copy()
    """
    if not isinstance(value, np.ndarray) or not isinstance(part, np.ndarray) or part.ndim != 1 or value.ndim == 0:
        return
    row = value[(0,) * (value.ndim - 1)]
    if len(part) < 2 or len(row) != len(part) or row.strides == part.strides or not np.shares_memory(part, row):
        return
    if part.strides[0] < 0:
        part, row = part[::-1], row[::-1]
    (first, write), (start, read) = ((x.__array_interface__["data"][0], x.strides[0]) for x in (part, row))
    order = np.arange(len(row))
    _, written, seen = np.intersect1d(first + order * write, start + order * read, return_indices=True)
    backward = start < first < start + len(row) * read  # as NumPy then goes through both
    if read > 0 and np.any(written > seen if backward else written < seen):
        raise ValueError(
            "this store reads elements that it has already written: copy the right-hand side first, with .copy()"
        )


def check_type(value: Any, expected: str, name: str) -> None:
    """Raise ``TypeError`` unless a parameter has the type that the code was generated for.

    Args:
        value: the argument.
        expected: ``float``, ``int``, ``bool``, ``complex``, ``str``, ``np.float32``, ``float64[:,:]`` or
            ``float64[...]`` for any number of axes. NumPy's numbers count as Python's, and an int as a float.
            ``real``, of a parameter without annotation: anything but complex numbers and arrays of them.
        name: the parameter.

    >>> check_type(np.zeros(3), "float64[:]", "x")
    >>> check_type(3, "float64[:]", "x")
    Traceback (most recent call last):
    TypeError: x must be float64[:], not int
    """
    kinds = {"bool": "b", "int": "biuO", "float": "biufO", "complex": "biufcO", "str": "U"}
    good, found = False, type(value).__name__
    if type(value) is np.ndarray:
        found = f"{value.dtype}[{','.join(':' * value.ndim)}]"
        good = expected in (found, f"{value.dtype}[...]")
    elif isinstance(value, (int, float, complex, str, np.generic)):
        dtype = np.asarray(value).dtype
        good = dtype.kind in kinds.get(expected, "") or expected == f"np.{dtype}"
    if expected == "real":
        if getattr(getattr(value, "dtype", None), "kind", "") != "c" and not isinstance(value, complex):
            return
        found = f"{found}: annotate the parameter, and emit the code again"
    if not good:
        raise TypeError(f"{name} must be {expected}, not {found}")


def check_distinct(x: Any) -> None:
    """Refuse structures that hold one list, dict, object or array twice: their copies by ``deepcopy`` would, too.

    Raises:
        ValueError: there is one.

    >>> row = [1.0]
    >>> check_distinct([row, [1.0]])
    >>> check_distinct([row, row])
    Traceback (most recent call last):
    ValueError: a structure that holds one thing twice is copied; pass copies of it
    """
    seen: set[int] = set()
    work = [x]
    while work:
        part = work.pop()
        if isinstance(part, (bool, int, float, complex, str, np.generic, type(None))) or callable(part):
            continue
        if not isinstance(part, tuple):
            if id(part) in seen:
                raise ValueError("a structure that holds one thing twice is copied; pass copies of it")
            seen.add(id(part))
        if isinstance(part, np.ndarray):
            continue
        if isinstance(part, (tuple, list)):
            work += part
        else:
            work += part.values() if isinstance(part, dict) else vars(part).values()


def parts_in_memory(x: Any) -> list[Any]:
    """The arrays, and the lists, dicts and objects, that a value holds, itself among them, as often as they are in it.

    >>> a = np.zeros(2)
    >>> [type(p).__name__ for p in parts_in_memory(([a, 1.0], a))]
    ['list', 'ndarray', 'ndarray']
    """
    if isinstance(x, np.ndarray):
        return [x]
    items = [v for _, v in items_of(x)]
    own = [x] if items and not isinstance(x, tuple) else []
    return own + [p for v in items for p in parts_in_memory(v)]


def check_separate(x: Any, *others: Any) -> None:
    """Raise ``ValueError`` where ``x``, which is stored into, holds memory twice, or some that the ``others`` hold, too.

    >>> a = np.zeros(4)
    >>> check_separate(a[::2], a[1::2], 1.0)
    >>> check_separate(a[:3], a[2:])
    Traceback (most recent call last):
    ValueError: an argument that is stored into shares memory with itself or another one: pass a copy
    """
    stored = parts_in_memory(x)
    rest = [p for o in others for p in parts_in_memory(o)]
    for k, a in enumerate(stored):
        if isinstance(a, np.ndarray) and not (a.flags.c_contiguous or a.flags.f_contiguous):
            check_places(a)
        for b in stored[k + 1 :] + rest:
            shared = a is b
            if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
                try:
                    shared = np.shares_memory(a, b, max_work=10**6)  # type: ignore[arg-type]
                except np.exceptions.TooHardError:
                    shared = True  # to find out takes too long
            if shared:
                raise ValueError(
                    "an argument that is stored into shares memory with itself or another one: pass a copy"
                )


def check_number(x: Any) -> None:
    """Refuse a container where a number or an array is meant, which a value is at other times.

    Raises:
        TypeError: it is a list, tuple or dict.

    >>> check_number(2.0)
    >>> check_number([1.0])
    Traceback (most recent call last):
    TypeError: what is a list here is a number or an array at other times: read its items, or give it a name of its own
    """
    if isinstance(x, (list, tuple, dict)):
        message = f"what is a {type(x).__name__} here is a number or an array at other times"
        raise TypeError(f"{message}: read its items, or give it a name of its own")
