"""What callers pass: types of arguments, what can be differentiated, memory that overlaps."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import NOWHERE, Span
from adjoint_compiler.ir.types import Type, type_of

MAX_OVERLAP_WORK = 1_000_000


def type_key(value: Any) -> Any:
    """What of an argument decides which derivative is compiled; hashable.

    >>> type_key(1.0), type_key(np.zeros((2, 3)))
    (<class 'float'>, (dtype('float64'), 2))
    """
    cls = type(value)
    if cls is float or cls is int or cls is bool or cls is complex or cls is str or value is None:
        return cls
    if cls is np.ndarray:
        return (value.dtype, value.ndim)
    if isinstance(value, np.generic):
        return cls
    if cls is tuple or cls is list:
        return (cls, tuple(type_key(v) for v in value))
    if cls is dict:
        return (dict, tuple((k, type_key(v)) for k, v in value.items()))
    if isinstance(value, tuple) and hasattr(cls, "_fields"):
        return (cls, tuple(type_key(v) for v in value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return (cls, tuple(type_key(getattr(value, f.name)) for f in dataclasses.fields(value)))
    return ("object", id(value)) if callable(value) else ("object", cls)


def check_supported(name: str, value: Any, span: Span = NOWHERE) -> None:
    """Refuse array subclasses and foreign containers (AC008), object arrays and unknown structures."""
    problem, advice = "", f"pass np.asarray({name})"
    cls = type(value)
    if isinstance(value, np.ndarray):
        if cls is not np.ndarray:
            problem = f"`{name}` is a {cls.__module__}.{cls.__name__}, an array subclass with semantics of its own"
        elif value.dtype.kind == "O":
            problem, advice = f"`{name}` is an array of objects", f"convert it: {name}.astype(float)"
        elif value.dtype.kind == "V":
            problem, advice = f"`{name}` is a structured array", "pass its fields as arrays of their own"
    elif hasattr(value, "__array__") and not isinstance(value, np.generic):
        problem = f"`{name}` is a {cls.__module__}.{cls.__name__}, not a NumPy array"
        advice = f"pass {name}.to_numpy()" if hasattr(value, "to_numpy") else advice
    elif isinstance(value, (tuple, list)):
        for v in value:
            check_supported(name, v, span)
    elif isinstance(value, dict):
        for v in value.values():
            check_supported(name, v, span)
    if problem:
        raise DifferentiationError([Diagnostic("AC008", span, problem, (), advice)])


def check_wrt(name: str, value: Any, span: Span = NOWHERE) -> Any:
    """The argument as it is differentiated: a bare int becomes a float; other integers and bools are refused."""
    if type(value) is int:
        return float(value)
    discrete = isinstance(value, (bool, np.bool_, np.integer)) or (
        isinstance(value, np.ndarray) and value.dtype.kind not in "fc"
    )
    if discrete:
        kind = value.dtype.name if isinstance(value, (np.ndarray, np.generic)) else "bool"
        what = f"an array of {kind}" if isinstance(value, np.ndarray) else f"a {kind}"
        raise DifferentiationError([Diagnostic(
            "AC004", span, f"`{name}` is {what}: derivatives with respect to integers and bools do not exist", (),
            f"pass {name}.astype(float), or drop `{name}` from wrt",
        )])  # fmt: skip
    if isinstance(value, (str, bytes)) or value is None:
        raise DifferentiationError([Diagnostic(
            "AC020", span, f"`{name}` is a {type(value).__name__}, which has no derivative", (), f"drop `{name}` from wrt"
        )])  # fmt: skip
    return value


def has_derivative(t: Type) -> bool:
    """Whether some leaf of the type is a float or complex number or array."""
    if t.kind in ("float", "complex", "real", "number"):
        return True
    if t.kind in ("array", "scalar"):
        return t.dtype.startswith(("float", "complex"))
    return any(has_derivative(i) for i in t.items)


def arrays_in(value: Any) -> list[Any]:
    """All arrays of a structure."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, (tuple, list)):
        return [a for v in value for a in arrays_in(v)]
    if isinstance(value, dict):
        return [a for v in value.values() for a in arrays_in(v)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [a for f in dataclasses.fields(value) for a in arrays_in(getattr(value, f.name))]
    return []


def check_overlap(mutated: list[tuple[str, Any]], others: list[tuple[str, Any]], span: Span = NOWHERE) -> None:
    """Refuse arguments that share memory with one that the function stores into (AC007), or that overlap themselves.

    Args:
        mutated: (name, value) of the arguments stored into.
        others: (name, value) of the remaining ones.
    """
    flat = [(n, a) for n, v in mutated for a in arrays_in(v)]
    rest = [(n, a) for n, v in others for a in arrays_in(v)]
    for k, (n, a) in enumerate(flat):
        if _overlaps_itself(a):
            raise DifferentiationError([Diagnostic(
                "AC013", span, f"`{n}` is stored into, and several of its elements are the same memory", (),
                f"pass a copy: {n}.copy()",
            )])  # fmt: skip
        for m, b in (*flat[k + 1 :], *rest):
            try:
                shared = np.shares_memory(a, b, max_work=MAX_OVERLAP_WORK)
            except np.exceptions.TooHardError:
                shared = True
            if shared:
                raise DifferentiationError([Diagnostic(
                    "AC007", span, f"`{n}` is stored into and may share memory with `{m}`", (), f"pass {m}.copy()",
                )])  # fmt: skip


def _overlaps_itself(a: Any) -> bool:
    if a.size <= 1 or a.flags.c_contiguous or a.flags.f_contiguous:
        return False
    reach = 0
    for stride, size in sorted((abs(s), n) for s, n in zip(a.strides, a.shape) if n > 1):
        if stride <= reach:
            offsets = np.zeros(1, np.int64)
            for st, n in zip(a.strides, a.shape):
                offsets = (offsets[:, None] + np.arange(n) * st).ravel()
            return bool(np.unique(offsets).size < offsets.size or np.diff(np.unique(offsets)).min() < a.itemsize)
        reach += stride * (size - 1)
    return False


__all__ = ["arrays_in", "check_overlap", "check_supported", "check_wrt", "has_derivative", "type_key", "type_of"]
