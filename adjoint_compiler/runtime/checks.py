"""Helpers of emitted code that check what callers pass."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["check_type"]


def check_type(value: Any, expected: str, name: str) -> None:
    """Raise ``TypeError`` unless a parameter has the type that the code was generated for.

    Args:
        value: the argument.
        expected: ``float``, ``int``, ``bool``, ``complex``, ``str``, ``np.float32``, ``float64[:,:]`` or
            ``float64[...]`` for any number of axes. NumPy's numbers count as Python's, and an int as a float.
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
    if not good:
        raise TypeError(f"{name} must be {expected}, not {found}")
