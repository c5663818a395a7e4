"""Types that hold the values of several: where branches meet, and what containers hold."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np

from adjoint_compiler.ir.types import (
    ANY_REAL,
    COMPLEX,
    FLOAT,
    INT,
    MAYBE_COMPLEX,
    MIXED,
    NEVER,
    NUMBER,
    OBJECT,
    REAL,
    STR,
    UNKNOWN,
    OneOfSeveral,
    Type,
    is_complex_dtype,
    is_number,
    is_object,
    is_python_scalar,
    is_real,
    join_keys,
    key_kind,
    may_be_complex,
    may_be_container,
    number_of,
    type_of,
)


def join(a: Type, b: Type) -> Type:
    """The smallest type that holds values of both.

    >>> from adjoint_compiler.ir.types import array_type
    >>> str(join(array_type("float64", 1), array_type("float64", 2))), str(join(FLOAT, INT))
    ('float64[...]', 'number')
    """
    if a == b or b.kind == "never":
        return a
    if a.kind == "never":
        return b
    if "none" in (a.kind, b.kind) or a.maybe_none or b.maybe_none:
        return _join_none(a, b)
    if a.kind == b.kind == "array" and a.dtype == b.dtype:
        return Type("array", a.dtype, a.ndim if a.ndim == b.ndim else None)
    if a.kind == b.kind and a.kind in ("tuple", "list") and len(a.items) == len(b.items):
        return Type(a.kind, items=tuple(join(x, y) for x, y in zip(a.items, b.items)))
    if a.kind == b.kind == "list":
        if not a.items or not b.items:
            return a if a.items else b
        return Type("list", items=(join(element(a), element(b)),))
    if a.kind == b.kind and a.kind in ("dict", "record") and a.keys == b.keys and (a.kind == "dict" or a.cls is b.cls):
        items = tuple(join(x, y) for x, y in zip(a.items, b.items))
        if a.kind == "record":
            return replace(a, items=items)
        return replace(a, items=items, cls=_join_others(a.cls, b.cls), dtype=join_keys(a.dtype, b.dtype))
    if a.kind == b.kind == "dict":
        return Type("dict", cls=join(element(a), element(b)), dtype=join_keys(*map(_all_keys, (a, b))))
    if UNKNOWN not in (a, b) and (is_object(a) or is_object(b)):
        return Type("record", cls=OneOfSeveral, keys=_joined_classes(a, b))
    if may_be_container(a) or may_be_container(b):
        return MIXED
    if is_complex_dtype(a) or is_complex_dtype(b):
        return MAYBE_COMPLEX  # what is made with it may be, too
    if may_be_complex(a) or may_be_complex(b):
        return _join_complex(a, b)
    if a.kind == b.kind == "array" and is_real(a) and is_real(b):
        return Type("array", ANY_REAL, a.ndim if a.ndim == b.ndim else None)
    numeric = ("int", "float", "bool", "scalar", "array", "real", "number")
    if a.kind in numeric and b.kind in numeric:
        if not (is_number(a) and is_number(b)):
            return REAL
        one, other = number_of(a), number_of(b)
        return one if one == other else NUMBER
    return UNKNOWN


def element(t: Type) -> Type:
    """The type of any element of a list, tuple or dict.

    >>> str(element(Type("list", items=(FLOAT, FLOAT))))
    'float'
    """
    items = t.items if t.kind != "dict" or t.cls is None else (*t.items, t.cls)
    if not items:
        return NEVER if t.kind in ("list", "dict") else UNKNOWN  # yet: it grows
    out = items[0]
    for item in items[1:]:
        out = join(out, item)
    return out


def keys_of(t: Type) -> tuple[Type, ...]:
    """The types of the keys of a dict: those it was made with, then that of all others.

    >>> [str(k) for k in keys_of(Type("dict", keys=("a", 2), items=(FLOAT, FLOAT)))]
    ['str', 'int']
    """
    kinds = {"int": INT, "str": STR, "object": OBJECT, "unknown": UNKNOWN}
    known = tuple(type_of(k) for k in t.keys)
    if not t.dtype:
        return known
    out = kinds[t.dtype]
    for k in known:
        out = join(out, k) if out != UNKNOWN else out
    return (out,)


def of_any_keys(t: Type) -> Type:
    """The type of a dict with such entries of which it is not known which keys it has.

    >>> str(of_any_keys(Type("dict", keys=("a",), items=(FLOAT,))))
    'dict{}'
    """
    return replace(t, keys=(), items=(), cls=element(t), dtype=_all_keys(t)) if t.keys else t


def _all_keys(t: Type) -> str:
    """The kind of all keys of a dict."""
    return functools.reduce(join_keys, (key_kind(type_of(k)) for k in t.keys), t.dtype)


def classes_of(t: Type) -> tuple[Type, ...]:
    """The types of which an object may be, one for each class; empty for what may be something else.

    >>> from adjoint_compiler.ir.types import Mixed
    >>> first, other = Type("record", cls=Mixed), Type("record", cls=OneOfSeveral)
    >>> [c.cls.__name__ for c in classes_of(join(first, first))], classes_of(other)
    (['Mixed'], ())
    """
    return t.keys if t.cls is OneOfSeveral else (t,) if is_object(t) else ()


def field_type(t: Type, name: Any) -> Type | None:
    """The type of an attribute; None where no object of the type has it."""
    found = [c.items[c.keys.index(name)] for c in classes_of(t) or (t,) if name in c.keys]
    return functools.reduce(join, found) if found else None


def with_field(t: Type, name: Any, value: Type) -> Type:
    """The type of an object, or one of several, of which an attribute may also be of type ``value``."""
    if t.cls is OneOfSeveral:
        return replace(t, keys=tuple(with_field(c, name, value) for c in t.keys))
    return replace(t, items=tuple(join(i, value) if key == name else i for key, i in zip(t.keys, t.items)))


def _joined_classes(a: Type, b: Type) -> tuple[Type, ...]:
    """The types of the objects of two types, one for each class."""
    if not classes_of(a) or not classes_of(b):
        return ()
    out: dict[Any, Type] = {}
    for c in (*classes_of(a), *classes_of(b)):
        known = out.get(c.cls)
        out[c.cls] = c if known is None else join(known, c)
    return () if any(c.cls is OneOfSeveral for c in out.values()) else tuple(out.values())


def _join_none(a: Type, b: Type) -> Type:
    """What holds values of two types, one of them None or perhaps None."""
    if a.kind == "none" or b.kind == "none":
        joined = b if a.kind == "none" else a
    else:
        joined = join(replace(a, maybe_none=False), replace(b, maybe_none=False))
    return joined if joined.kind in ("unknown", "none") else replace(joined, maybe_none=True)


def _join_others(a: Type | None, b: Type | None) -> Type | None:
    """What dicts hold under keys that are not known while compiling."""
    return a or b if a is None or b is None else join(a, b)


def _join_complex(a: Type, b: Type) -> Type:
    if is_python_scalar(a) and is_python_scalar(b):
        return COMPLEX
    if is_number(a) and is_number(b):
        return Type("scalar", "complex128", 0)
    if a.kind == b.kind == "array":
        known = ANY_REAL not in (a.dtype, b.dtype)
        dtype = str(np.result_type(a.dtype, b.dtype)) if known else "complex128"
        return Type("array", dtype, a.ndim if a.ndim == b.ndim else None)
    return MAYBE_COMPLEX


def tangent_type(t: Type) -> Type:
    """The type of the tangents of values: that of the values, but for objects, and for what has no derivative.

    >>> tangent_type(FLOAT).kind, tangent_type(INT).kind
    ('float', 'float')
    """
    items = tuple(map(tangent_type, t.items))
    if t.cls is OneOfSeveral:
        return functools.reduce(join, map(tangent_type, t.keys), NEVER)
    if t.kind == "record":
        return Type("tuple", items=items) if issubclass(t.cls, tuple) else Type("dict", items=items, keys=t.keys)
    if t.kind in ("tuple", "list"):
        return Type(t.kind, items=items)
    if t.kind == "dict":
        return replace(t, items=items, cls=tangent_type(t.cls) if isinstance(t.cls, Type) else t.cls)
    return t if t.kind not in ("int", "bool") else FLOAT
