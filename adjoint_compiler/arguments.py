"""What callers pass: types of arguments, what can be differentiated, memory that overlaps."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import NOWHERE, Span
from adjoint_compiler.ir.objects import fields_of, is_array_like, is_record
from adjoint_compiler.ir.types import ANY_REAL, Type

MAX_OVERLAP_WORK = 1_000_000


def type_key(value: Any) -> Any:
    """What of an argument decides which derivative is compiled; hashable. Functions count by identity.

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
    if is_record(value):
        return (cls, tuple((n, type_key(getattr(value, n))) for n in fields_of(value)))
    return ("function", Identity(value)) if callable(value) else ("object", cls)


class Identity:
    """A value as part of a key: compared by identity (bound methods by equality) and kept alive."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.bound = isinstance(value, types.MethodType) or hasattr(value, "__adjoint_bound__")

    def __hash__(self) -> int:
        return hash(self.value) if self.bound else id(self.value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return False
        return self.value is other.value or (self.bound and bool(self.value == other.value))


# -- what can be differentiated ----------------------------------------------------------------------------------


def parts_of(value: Any) -> Iterator[Any]:
    """The items of a container (none for anything else)."""
    if is_record(value):
        yield from (getattr(value, n) for n in fields_of(value))
    elif isinstance(value, (tuple, list)):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()


def check_supported(name: str, value: Any, span: Span = NOWHERE) -> None:
    """Refuse array subclasses and foreign containers (AC008), object and structured arrays."""
    cls = type(value)
    problem, advice = "", f"pass np.asarray({name})"
    if cls is np.ndarray:
        if value.dtype.kind == "O":
            problem, advice = f"`{name}` is an array of objects", f"convert it: {name}.astype(float)"
        elif value.dtype.kind == "V":
            problem, advice = f"`{name}` is a structured array", "pass its fields as arrays of their own"
    elif isinstance(value, np.ndarray):
        problem = f"`{name}` is a {cls.__module__}.{cls.__name__}, an array subclass with semantics of its own"
    elif cls is not float and not isinstance(value, (type, np.generic, np.ufunc)) and is_array_like(value):
        problem = f"`{name}` is a {cls.__module__}.{cls.__name__}, not a NumPy array"
        advice = f"pass {name}.to_numpy()" if hasattr(value, "to_numpy") else advice
    if problem:
        raise DifferentiationError(Diagnostic("AC008", span, problem, (), advice))
    for item in parts_of(value):
        check_supported(name, item, span)


def check_argument(name: str, value: Any, wanted: bool) -> None:
    """Refuse what cannot be an argument, or, where its derivative is ``wanted``, has none."""
    check_supported(name, value)
    if wanted:
        check_wrt(name, value)


def check_wrt(name: str, value: Any, span: Span = NOWHERE) -> Any:
    """The argument as it is differentiated: a bare int becomes a float; other integers and bools are refused."""
    cls = type(value)
    if cls is float or cls is complex or (cls is np.ndarray and value.dtype.kind in "fc"):
        return value
    if cls is int:
        return float(value)
    if isinstance(value, (bool, np.generic, np.ndarray)):
        kind = value.dtype.name if isinstance(value, (np.ndarray, np.generic)) else "bool"
        if kind.startswith(("float", "complex", "longdouble", "clongdouble")):
            return value
        what, other = f"a {kind}", f"float({name})"
        if isinstance(value, np.ndarray):
            what, other = f"an array of {kind}", f"{name}.astype(float)"
        raise DifferentiationError(Diagnostic(
            "AC004", span, f"`{name}` is {what}: derivatives with respect to integers and bools do not exist", (),
            f"pass {other}, or drop `{name}` from wrt",
        ))  # fmt: skip
    if cls in (tuple, list, dict) or is_record(value):
        return value
    raise DifferentiationError(Diagnostic(
        "AC020", span, f"`{name}` is a {cls.__name__}, which has no derivative", (),
        f"pass numbers, arrays, or tuples, lists, dicts and objects of them, or drop `{name}` from wrt",
    ))  # fmt: skip


def has_derivative(t: Type) -> bool:
    """Whether some leaf of the type is a float or complex number or array.

    >>> has_derivative(Type("tuple", items=(Type("int"), Type("float")))), has_derivative(Type("array", "int64", 1))
    (True, False)
    """
    if t.kind in ("float", "complex", "real") or t.kind in ("array", "number") and t.dtype in ("", ANY_REAL):
        return True
    if t.kind in ("array", "scalar", "number"):
        return np.dtype(t.dtype).kind in "fc"
    return any(has_derivative(i) for i in t.items)


# -- memory ------------------------------------------------------------------------------------------------------


def arrays_in(value: Any) -> list[Any]:
    """All arrays of a structure.

    >>> len(arrays_in((np.ones(2), {"a": [np.ones(3), 1.0]})))
    2
    """
    if isinstance(value, np.ndarray):
        return [value]
    return [a for v in parts_of(value) for a in arrays_in(v)]


def containers_in(value: Any) -> Iterator[Any]:
    """All lists, dicts and objects of a structure, as often as they are in it.

    >>> row = [1.0]
    >>> sum(c is row for c in containers_in([row, (row,)]))
    2
    """
    if not isinstance(value, (tuple, np.ndarray)) and (isinstance(value, (list, dict)) or is_record(value)):
        yield value
    for part in parts_of(value):
        yield from containers_in(part)


def check_overlap(mutated: list[tuple[str, Any]], others: list[tuple[str, Any]], span: Span = NOWHERE) -> None:
    """Refuse arguments that share memory with one that the function stores into (AC007, AC013).

    Args:
        mutated: (name, value) of the arguments stored into.
        others: (name, value) of the remaining ones.
        span: where the function is defined.

    Raises:
        DifferentiationError: two share memory, or one overlaps itself, or this could not be found out.
    """
    seen = {id(c): m for m, v in others for c in containers_in(v)}
    for n, c in ((n, c) for n, v in mutated for c in containers_in(v)):
        if id(c) in seen:
            where = f"is also in `{seen[id(c)]}`" if seen[id(c)] != n else "is in it twice"
            raise DifferentiationError(Diagnostic(
                "AC007", span, f"`{n}` is changed in place, and a {type(c).__name__} in it {where}", (),
                "pass a copy: copy.deepcopy(...)",
            ))  # fmt: skip
        seen[id(c)] = n
    flat = [(n, a) for n, v in mutated for a in arrays_in(v)]
    rest = [(n, a) for n, v in others for a in arrays_in(v)]
    for k, (n, a) in enumerate(flat):
        if overlaps_itself(a):
            raise DifferentiationError(Diagnostic(
                "AC013", span, f"`{n}` is stored into, and several of its elements are the same memory", (),
                f"pass a copy: {n}.copy()",
            ))  # fmt: skip
        for m, b in (*flat[k + 1 :], *rest):
            message = f"`{n}` is stored into and shares memory with `{m}`"
            try:
                shared = np.shares_memory(a, b, max_work=MAX_OVERLAP_WORK)  # type: ignore[arg-type]
            except np.exceptions.TooHardError:
                shared = True
                message = f"`{n}` is stored into and may share memory with `{m}`: to find out takes too long"
            if shared:
                raise DifferentiationError(Diagnostic("AC007", span, message, (), f"pass {m}.copy()"))


def overlaps_itself(a: Any) -> bool:
    """Whether two elements of an array are the same memory.

    >>> overlaps_itself(np.broadcast_to(np.zeros(2), (3, 2))), overlaps_itself(np.zeros((4, 4))[::2, 1:])
    (True, False)
    """
    if a.size <= 1 or a.flags.c_contiguous or a.flags.f_contiguous:
        return False
    axes = sorted((abs(stride), size) for stride, size in zip(a.strides, a.shape, strict=True) if size > 1)
    reach = a.itemsize
    for stride, size in axes:
        if stride < reach:
            offsets = np.zeros(1, np.int64)
            for step, n in axes:
                offsets = (offsets[:, None] + np.arange(n) * step).ravel()
            offsets.sort()
            return bool(np.diff(offsets).min() < a.itemsize)
        reach += stride * (size - 1)
    return False


__all__ = ["Identity", "arrays_in", "check_overlap", "check_supported", "check_wrt", "has_derivative", "type_key"]
