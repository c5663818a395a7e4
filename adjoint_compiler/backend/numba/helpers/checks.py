"""Checks that Python and NumPy make and compiled code does not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, made

__all__ = [
    "check_divisor",
    "check_domain",
    "check_dtype",
    "check_exponent",
    "check_index",
    "check_length",
    "check_range",
    "check_shapes",
    "check_span",
    "check_store",
    "check_type",
]

check_dtype, check_store, check_type = runtime.check_dtype, runtime.check_store, runtime.check_type
OTHER_SHAPES = "operands have other shapes; under Numba, parts of arrays are not repeated along axes of one element"


def check_divisor(x: Any) -> None:
    """Raise ``ZeroDivisionError`` for a number that Python does not divide by.

    >>> check_divisor(0.0)
    Traceback (most recent call last):
    ZeroDivisionError: division by zero
    """
    if x == 0:
        raise ZeroDivisionError("division by zero")


@compiled_as(check_divisor)
def _check_divisor(x: Any) -> Any:
    def check(x: Any) -> None:
        if x == 0:
            raise ZeroDivisionError("division by zero")

    return check


def check_index(x: Any, axis: int, at: Any) -> None:
    """Raise ``IndexError`` for an index, or an array of them, outside of an axis, and for a mask of another length.

    >>> check_index(np.zeros(3), 0, -4)
    Traceback (most recent call last):
    IndexError: index is out of bounds for axis 0
    """
    inside = (
        len(at) == x.shape[axis]
        if np.asarray(at).dtype == bool
        else np.all((-x.shape[axis] <= at) & (at < x.shape[axis]))
    )
    if not inside:
        raise IndexError(f"index is out of bounds for axis {axis}")


@compiled_as(check_index, prefer_literal=True)
def _check_index(x: Any, axis: Any, at: Any) -> Any:
    number = axis.literal_value
    message = f"index is out of bounds for axis {number}"
    if not is_array(at):
        test = f"    if at < -x.shape[{number}] or at >= x.shape[{number}]:\n        raise IndexError({message!r})\n"
        if hasattr(at, "dtype"):
            test = f"    for k in at:\n    {test.replace('at <', 'k <').replace('at >=', 'k >=').replace(chr(10), chr(10) + '    ')}"
        return made(f"def check(x, axis, at):\n{test}", "check")
    if isinstance(at.dtype, types.Boolean):
        lengths = "".join(
            f"    if at.shape[{k}] != x.shape[{number + k}]:\n        raise IndexError({message!r})\n"
            for k in range(at.ndim)
        )
        return made(f"def check(x, axis, at):\n{lengths}", "check")
    test = f"    for k in at.flat:\n        if k < -x.shape[{number}] or k >= x.shape[{number}]:\n"
    return made(f"def check(x, axis, at):\n{test}            raise IndexError({message!r})\n", "check")


def check_span(x: Any, axis: int, start: int, stop: int, step: int, factor: int, more: int) -> None:
    """Raise ``IndexError`` if ``factor * k + more`` is outside of an axis for a ``k`` of ``range(start, stop, step)``.

    >>> check_span(np.zeros(3), 0, 1, 4, 1, 1, -1)
    >>> check_span(np.zeros(3), 0, 1, 4, 1, 1, 0)
    Traceback (most recent call last):
    IndexError: index is out of bounds for axis 0
    """
    trips = len(range(start, stop, step))
    ends = (factor * start + more, factor * (start + (trips - 1) * step) + more)
    if trips > 0 and (min(ends) < -x.shape[axis] or max(ends) >= x.shape[axis]):
        raise IndexError(f"index is out of bounds for axis {axis}")


@compiled_as(check_span, prefer_literal=True)
def _check_span(x: Any, axis: Any, start: Any, stop: Any, step: Any, factor: Any, more: Any) -> Any:
    number = axis.literal_value
    text = (
        "def check(x, axis, start, stop, step, factor, more):\n"
        "    trips = len(range(start, stop, step))\n"
        "    first = factor * start + more\n"
        "    last = first + factor * (trips - 1) * step\n"
        f"    if trips > 0 and (min(first, last) < -x.shape[{number}] or max(first, last) >= x.shape[{number}]):\n"
        f"        raise IndexError('index is out of bounds for axis {number}')\n"
    )
    return made(text, "check")


def check_exponent(x: Any, z: Any) -> None:
    """Raise for a power of numbers that is infinite, or complex: Python raises for the first, and compiled code has no second.

    >>> check_exponent(-8.0, 0.5)
    Traceback (most recent call last):
    ValueError: a negative number to a fractional power is complex, which compiled code cannot change to
    """
    if x == 0 and z < 0:
        raise ZeroDivisionError("0.0 cannot be raised to a negative power")
    if x < 0 and z != math.floor(z):
        raise ValueError("a negative number to a fractional power is complex, which compiled code cannot change to")


@compiled_as(check_exponent)
def _check_exponent(x: Any, z: Any) -> Any:
    def check(x: Any, z: Any) -> None:
        if x == 0 and z < 0:
            raise ZeroDivisionError("0.0 cannot be raised to a negative power")
        if x < 0 and z != math.floor(z):
            raise ValueError("a negative number to a fractional power is complex, which compiled code cannot change to")

    return check


def check_domain(y: Any, x: Any) -> None:
    """Raise as Python does where a logarithm, or another function of ``math`` with poles, has no finite value ``y`` at ``x``.

    >>> check_domain(math.inf, 0.0)
    Traceback (most recent call last):
    ValueError: math domain error
    """
    if not math.isfinite(y) and (math.isfinite(x) or math.isnan(y)) and not math.isnan(x):
        raise ValueError("math domain error")


@compiled_as(check_domain)
def _check_domain(y: Any, x: Any) -> Any:
    def check(y: Any, x: Any) -> None:
        if not math.isfinite(y) and (math.isfinite(x) or math.isnan(y)) and not math.isnan(x):
            raise ValueError("math domain error")

    return check


def check_range(y: Any, x: Any, z: Any = 0.0) -> None:
    """Raise as Python does where a function of ``math``, or a power, has no finite value ``y`` at ``x`` (and ``z``).

    >>> check_range(math.inf, 1000.0)
    Traceback (most recent call last):
    OverflowError: math range error
    """
    if math.isnan(y) and not (math.isnan(x) or math.isnan(z)):
        raise ValueError("math domain error")
    if math.isinf(y) and math.isfinite(x) and math.isfinite(z):
        raise OverflowError("math range error")


@compiled_as(check_range)
def _check_range(y: Any, x: Any, z: Any = 0.0) -> Any:
    def check(y: Any, x: Any, z: Any = 0.0) -> None:
        if math.isnan(y) and not (math.isnan(x) or math.isnan(z)):
            raise ValueError("math domain error")
        if math.isinf(y) and math.isfinite(x) and math.isfinite(z):
            raise OverflowError("math range error")

    return check


def check_shapes(a: Any, b: Any) -> None:
    """Raise ``ValueError`` unless ``b`` is as long as ``a`` along each of its axes, counted from the last.

    >>> check_shapes(np.zeros(3), np.zeros(1))
    Traceback (most recent call last):
    ValueError: operands have other shapes; under Numba, parts of arrays are not repeated along axes of one element
    """
    if np.shape(a)[np.ndim(a) - np.ndim(b) :] != np.shape(b):
        raise ValueError(OTHER_SHAPES)


@compiled_as(check_shapes)
def _check_shapes(a: Any, b: Any) -> Any:
    tests = "".join(
        f"    if a.shape[{a.ndim - b.ndim + k}] != b.shape[{k}]:\n        raise ValueError({OTHER_SHAPES!r})\n"
        for k in range(b.ndim)
    )
    return made(f"def check(a, b):\n{tests}", "check")


def check_length(a: Any, axis: Any, length: Any) -> None:
    """Raise ``ValueError`` unless ``a`` has ``length`` elements along an axis.

    >>> check_length(np.zeros((3, 1)), 0, 2)
    Traceback (most recent call last):
    ValueError: operands have other shapes; under Numba, parts of arrays are not repeated along axes of one element
    """
    if np.shape(a)[axis] != length:
        raise ValueError(OTHER_SHAPES)


@compiled_as(check_length)
def _check_length(a: Any, axis: Any, length: Any) -> Any:
    return check_length


@compiled_as(check_type, prefer_literal=True)
def _check_type(value: Any, expected: Any, name: Any) -> Any:
    wanted, found = expected.literal_value, str(value)
    if is_array(value):
        found = f"{value.dtype}[{','.join(':' * value.ndim)}]"
    kinds = {
        "bool": (types.Boolean,),
        "int": (types.Integer,),
        "float": (types.Float, types.Integer),
        "complex": (types.Number,),
    }
    if found == wanted.removeprefix("np.") or isinstance(value, kinds.get(wanted, ())) or wanted == "str":
        return lambda value, expected, name: None
    message = f"{name.literal_value} must be {wanted}, not {found}"
    return made(f"def check(value, expected, name):\n    raise TypeError({message!r})", "check")


@compiled_as(check_dtype)
def _check_dtype(a: Any) -> Any:
    dtype = a.dtype if is_array(a) else a
    if not isinstance(dtype, (types.Integer, types.Boolean)):
        return lambda a: None
    message = (
        f"an active value is rounded to {dtype} and loses its derivative: keep it a float, or say ac.stop_gradient(x)"
    )
    return made(f"def check(a):\n    raise TypeError({message!r})", "check")


@compiled_as(check_store)
def _check_store(part: Any, value: Any) -> Any:
    if not is_array(part) or not is_array(value) or part.ndim != 1 or value.ndim == 0:
        return lambda part, value: None
    if value.ndim > 1:
        return None

    def check(part: Any, value: Any) -> None:
        n = part.size
        if n < 2 or value.size != n or value.strides[0] == part.strides[0]:
            return
        write, read = part.strides[0], value.strides[0]
        first, start = part.ctypes.data, value.ctypes.data
        if write < 0:
            first, start, write, read = first + (n - 1) * write, start + (n - 1) * read, -write, -read
        if read <= 0:
            return
        backward = start < first < start + n * read
        for k in range(n):
            place = start + k * read - first
            if place % write == 0 and 0 <= place // write < n:
                written = place // write
                if (backward and written > k) or (not backward and written < k):
                    raise ValueError(
                        "this store reads elements that it has already written: copy the right-hand side first"
                    )

    return check
