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
    whole, real = (int, np.integer), (int, float, np.integer, np.floating)
    numbers = {
        "bool": (bool, np.bool_),
        "int": whole,
        "float": real,
        "complex": (*real, complex, np.complexfloating),
    }
    if "[" in expected:
        dtype, _, axes = expected[:-1].partition("[")
        same_rank = axes == "..." or np.ndim(value) == axes.count(":")
        good = type(value) is np.ndarray and value.dtype.name == dtype and same_rank
    elif expected.startswith("np."):
        number = isinstance(value, np.generic) or type(value) is float
        good = number and np.result_type(value).name == expected[3:]
    else:
        good = isinstance(value, numbers.get(expected, str))
    if not good:
        array = isinstance(value, np.ndarray)
        found = f"{value.dtype}[{','.join(':' * value.ndim)}]" if array else type(value).__name__
        raise TypeError(f"{name} must be {expected}, not {found}")
