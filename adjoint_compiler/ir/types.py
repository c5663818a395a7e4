"""Types of the intermediate representation, and how they are read off live values.

    Type ::= unknown | real | number | bool | int | float | complex | str | none
           | scalar(dtype)            a NumPy scalar, immutable
           | array(dtype, ndim)       ndim None: any rank
           | tuple(items) | list(items) | dict(keys, items) | record(cls, keys, items)
           | function | module | object

``real`` is what an untyped parameter means: a real number or a real floating array of any rank; ``number`` is a real
scalar of Python's or NumPy's.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Type:
    """One type; ``kind`` is a word of the grammar above."""

    kind: str
    dtype: str = ""
    ndim: int | None = None
    items: tuple[Type, ...] = ()
    keys: tuple[Any, ...] = ()
    cls: Any = None

    def __str__(self) -> str:
        if self.kind == "array":
            dims = "..." if self.ndim is None else ",".join(":" * self.ndim)
            return f"{self.dtype}[{dims}]"
        if self.kind == "scalar":
            return f"np.{self.dtype}"
        if self.kind in ("tuple", "list"):
            return f"{self.kind}[{', '.join(map(str, self.items))}]"
        if self.kind == "dict":
            return "dict{" + ", ".join(f"{k!r}: {v}" for k, v in zip(self.keys, self.items)) + "}"
        if self.kind == "record":
            return getattr(self.cls, "__name__", "record")
        return self.kind


UNKNOWN, REAL, NUMBER = Type("unknown"), Type("real"), Type("number")
BOOL, INT, FLOAT, COMPLEX = Type("bool"), Type("int"), Type("float"), Type("complex")
STR, NONE, FUNCTION, MODULE, OBJECT = (Type(k) for k in ("str", "none", "function", "module", "object"))
PYTHON_NUMBERS = {bool: BOOL, int: INT, float: FLOAT, complex: COMPLEX}


def array_type(dtype: Any, ndim: int | None) -> Type:
    """The type of an array of ``dtype`` with ``ndim`` axes (None: any).

    >>> str(array_type("float64", 2))
    'float64[:,:]'
    """
    return Type("array", str(np.dtype(dtype)), ndim)


def scalar_type(dtype: Any) -> Type:
    """The type of a NumPy scalar."""
    return Type("scalar", str(np.dtype(dtype)), 0)


def type_of(value: Any) -> Type:
    """The type of a live value.

    >>> str(type_of((1.0, np.zeros(3), {"b": 2})))
    "tuple[float, float64[:], dict{'b': int}]"
    """
    cls = type(value)
    if cls is np.ndarray:
        return Type("array", value.dtype.name if value.dtype.kind != "O" else "object", value.ndim)
    if cls in PYTHON_NUMBERS:
        return PYTHON_NUMBERS[cls]
    if isinstance(value, np.generic):
        return scalar_type(value.dtype)
    if value is None:
        return NONE
    if cls is str:
        return STR
    if cls in (tuple, list):
        return Type(cls.__name__, items=tuple(type_of(v) for v in value))
    if cls is dict:
        return Type("dict", items=tuple(type_of(v) for v in value.values()), keys=tuple(value))
    if isinstance(value, tuple) and hasattr(cls, "_fields"):
        return Type("record", items=tuple(type_of(v) for v in value), keys=cls._fields, cls=cls)
    if dataclasses.is_dataclass(cls) and not isinstance(value, type):
        names = tuple(f.name for f in dataclasses.fields(cls))
        return Type("record", items=tuple(type_of(getattr(value, n)) for n in names), keys=names, cls=cls)
    if callable(value):
        return Type("function", cls=value)
    return Type("module" if cls.__name__ == "module" else "object", cls=cls)


def is_array(t: Type) -> bool:
    """Whether the type certainly is an array (that can be stored into)."""
    return t.kind == "array"


def may_be_array(t: Type) -> bool:
    """Whether a value of this type can be an array."""
    return t.kind in ("array", "real", "unknown")


def is_container(t: Type) -> bool:
    """Tuples, lists, dicts and records."""
    return t.kind in ("tuple", "list", "dict", "record")


def is_python_scalar(t: Type) -> bool:
    """Python's own numbers."""
    return t.kind in ("bool", "int", "float", "complex")


def is_scalar(t: Type) -> bool:
    """Certainly a number (Python's or NumPy's) or a 0-d array."""
    return is_number(t) or (t.kind == "array" and t.ndim == 0)


def is_number(t: Type) -> bool:
    """Certainly an immutable number."""
    return is_python_scalar(t) or t.kind in ("scalar", "number")


def may_be_complex(t: Type) -> bool:
    """Whether values can be complex: known complex types only, since untyped means real."""
    return t.kind == "complex" or (t.kind in ("array", "scalar") and t.dtype.startswith("complex"))


def is_discrete(t: Type) -> bool:
    """Whether the type carries no derivative: integers, bools, text, shapes, functions."""
    if t.kind in ("bool", "int", "str", "none", "function", "module"):
        return True
    if t.kind in ("array", "scalar"):
        return t.dtype[:3] in ("int", "uin", "boo", "str", "obj", "dat", "tim") or t.dtype[:1] in "<>|"
    if t.kind in ("tuple", "list", "dict", "record"):
        return bool(t.items) and all(is_discrete(i) for i in t.items)
    return False


def element(t: Type) -> Type:
    """The type of any element of a list, tuple or dict.

    >>> str(element(Type("list", items=(FLOAT, FLOAT))))
    'float'
    """
    if not t.items:
        return UNKNOWN
    out = t.items[0]
    for item in t.items[1:]:
        out = join(out, item)
    return out


def join(a: Type, b: Type) -> Type:
    """The smallest type that holds values of both.

    >>> str(join(array_type("float64", 1), array_type("float64", 2))), str(join(FLOAT, INT))
    ('float64[...]', 'number')
    """
    if a == b:
        return a
    if a.kind == b.kind == "array" and a.dtype == b.dtype:
        return Type("array", a.dtype, a.ndim if a.ndim == b.ndim else None)
    if a.kind == b.kind and a.kind in ("tuple", "list") and len(a.items) == len(b.items):
        return Type(a.kind, items=tuple(join(x, y) for x, y in zip(a.items, b.items)))
    if a.kind == b.kind == "list":
        if not a.items or not b.items:
            return a if a.items else b
        return Type("list", items=(join(element(a), element(b)),))
    if a.kind == b.kind and a.kind in ("dict", "record") and a.keys == b.keys:
        return dataclasses.replace(a, items=tuple(join(x, y) for x, y in zip(a.items, b.items)))
    numeric = ("int", "float", "bool", "scalar", "array", "real", "number")
    if a.kind in numeric and b.kind in numeric and not (may_be_complex(a) or may_be_complex(b)):
        return NUMBER if is_number(a) and is_number(b) else REAL
    return UNKNOWN
