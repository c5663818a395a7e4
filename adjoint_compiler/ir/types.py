"""Types of the intermediate representation, and how they are read off live values.

    Type ::= never | unknown | real | number | bool | int | float | complex | str | none
           | scalar(dtype)            a NumPy scalar, immutable
           | array(dtype, ndim)       ndim None: any rank; dtype ``real``: one of real numbers, which is not known
           | tuple(items) | list(items) | dict(keys, items, cls, dtype) | record(cls, keys, items)
           | function | module | object

``real`` is what an untyped parameter means: a real number or a real floating array of any rank; ``number`` is a real
scalar of Python's or NumPy's, of which a ``dtype`` may be known: ``int64`` of an int or an ``np.int64``. ``never`` has
no values: what is known of the result of a recursive call before any path without one has been seen. The ``cls`` of a
dict is the type of what is stored under keys it was not made with, its ``dtype`` the kind of those keys.
With ``maybe_none`` a value may also be None: what is done with it is done to values of the type, as Python would raise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.ir.kept import keep, node
from adjoint_compiler.ir.objects import fields_of, is_record


@node(frozen=True)
class Type:
    """One type; ``kind`` is a word of the grammar above."""

    kind: str
    dtype: str = ""
    ndim: int | None = None
    items: tuple[Type, ...] = ()
    keys: tuple[Any, ...] = ()
    cls: Any = None
    maybe_none: bool = False

    def __hash__(self) -> int:
        """Kept with the type, which is frozen: types are keys of the cache of operations' results."""
        known: int | None = getattr(self, "_hash", None)
        if known is None:
            fields = (self.kind, self.dtype, self.ndim, self.items, self.keys, self.cls, self.maybe_none)
            known = keep(self, "_hash", hash(fields))
        return known

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
        if self.cls is OneOfSeveral:
            return " or ".join(map(str, self.keys)) or "one of several classes"
        if self.kind == "record":
            return getattr(self.cls, "__name__", "record")
        return self.kind


class Mixed:
    """Stands for the class of what may be a container, and may be something else or a container of another form."""


class OneOfSeveral:
    """Stands for the class of what may be objects of several classes, or an object or something else.

    The ``keys`` of such a type are the types of the objects; it has none where a value may be something else.
    """


ANY_REAL = "real"  # the dtype of arrays of real numbers of which it is not known
NEVER, UNKNOWN, REAL, NUMBER = Type("never"), Type("unknown"), Type("real"), Type("number")
MIXED = Type("unknown", cls=Mixed)
ENDLESS = Type("record", cls=OneOfSeveral, dtype="endless")  # objects that hold others of their class to any depth
MAYBE_COMPLEX = Type("unknown", "complex128")
BOOL, INT, FLOAT, COMPLEX = Type("bool"), Type("int"), Type("float"), Type("complex")
STR, NONE, FUNCTION, MODULE, OBJECT = (Type(k) for k in ("str", "none", "function", "module", "object"))
PYTHON_NUMBERS = {bool: BOOL, int: INT, float: FLOAT, complex: COMPLEX}


def array_type(dtype: Any, ndim: int | None) -> Type:
    """The type of an array of ``dtype`` with ``ndim`` axes (None: any).

    >>> str(array_type("float64", 2))
    'float64[:,:]'
    """
    return Type("array", ANY_REAL if dtype == ANY_REAL else str(np.dtype(dtype)), ndim)


def scalar_type(dtype: Any) -> Type:
    """The type of a NumPy scalar."""
    return NUMBER if dtype == ANY_REAL else Type("scalar", str(np.dtype(dtype)), 0)


def is_sparse(t: Type | None) -> bool:
    """Whether values of a type are sparse matrices or arrays of SciPy.

    >>> is_sparse(Type("object")), is_sparse(None)
    (False, False)
    """
    return (
        t is not None
        and t.kind in ("object", "record")
        and (getattr(t.cls, "__module__", "") or "").startswith("scipy.sparse")
    )


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
    if getattr(cls, "is_code", False):  # a function of the program, which has no value while it runs
        return Type("function", cls=value)
    if is_record(value):
        names = fields_of(value)
        return Type("record", items=tuple(type_of(getattr(value, n)) for n in names), keys=names, cls=cls)
    if callable(value):
        return Type("function", cls=value)
    return Type("module" if cls.__name__ == "module" else "object", cls=cls)


def key_kind(t: Type) -> str:
    """The kind of keys of a type, as the ``dtype`` of a dict tells it.

    >>> key_kind(INT), key_kind(Type("tuple", items=(INT, INT))), key_kind(REAL)
    ('int', 'object', 'unknown')
    """
    return (
        "" if t.kind == "never" else t.kind if t.kind in ("int", "str") else "object" if is_discrete(t) else "unknown"
    )


def join_keys(a: str, b: str) -> str:
    """The kind of keys of which some are of kind ``a``, some of kind ``b``."""
    return a or b if not a or not b or a == b else "unknown" if "unknown" in (a, b) else "object"


def is_array(t: Type) -> bool:
    """Whether the type certainly is an array (that can be stored into)."""
    return t.kind == "array"


def may_be_array(t: Type) -> bool:
    """Whether a value of this type can be an array."""
    return t.kind in ("array", "real", "unknown")


def is_container(t: Type) -> bool:
    """Tuples, lists, dicts and records."""
    return t.kind in ("tuple", "list", "dict", "record")


def may_be_container(t: Type) -> bool:
    """Whether values of the type are containers, or are so at times.

    >>> may_be_container(MIXED), may_be_container(UNKNOWN)
    (True, False)
    """
    return is_container(t) or t.cls is Mixed


def is_object(t: Type) -> bool:
    """Whether values of the type are objects of a class written in Python, other than named tuples."""
    return t.kind == "record" and not issubclass(t.cls, tuple)


def holds_objects(t: Type) -> bool:
    """Whether values of the type are objects or named tuples, or containers of such.

    >>> holds_objects(Type("list", items=(Type("record"),))), holds_objects(FLOAT)
    (True, False)
    """
    return t.kind == "record" or any(map(holds_objects, t.items)) or (t.kind == "dict" and holds_objects(t.cls or NONE))


def nesting_of(t: Type) -> int | None:
    """How many containers deep a type goes; None where that is not known.

    >>> nesting_of(FLOAT), nesting_of(Type("list", items=(Type("tuple", items=(FLOAT,)),))), nesting_of(UNKNOWN)
    (0, 2, None)
    """
    if not is_container(t):
        return None if t.kind == "unknown" else 0
    if t.cls is OneOfSeveral:
        each = [nesting_of(c) for c in t.keys]
        return None if not each or None in each else max(d for d in each if d is not None)
    deep = [nesting_of(i) for i in (*t.items, *([t.cls] if isinstance(t.cls, Type) else ()))]
    return None if None in deep else 1 + max((d for d in deep if d is not None), default=0)


def number_of(t: Type) -> Type:
    """The type of a number of which it is not known whether it is Python's or NumPy's.

    >>> number_of(INT) == number_of(scalar_type("int64")), number_of(BOOL) == NUMBER
    (True, True)
    """
    dtypes = {"int": "int64", "float": "float64"}
    return Type("number", t.dtype if t.kind in ("scalar", "number") else dtypes.get(t.kind, ""))


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
    """Whether values can be complex: known complex types, and what those were joined with; untyped means real."""
    return t.kind == "complex" or (t.kind in ("array", "scalar", "unknown") and t.dtype.startswith("complex"))


def is_complex_dtype(t: Type) -> bool:
    """Whether a value is a dtype of complex numbers, or one of several that may be.

    >>> is_complex_dtype(type_of(np.complex64)), is_complex_dtype(type_of(np.dtype("complex128"))), is_complex_dtype(type_of(float))
    (True, True, False)
    """
    cls = t.cls.type if isinstance(t.cls, type) and issubclass(t.cls, np.dtype) else t.cls
    return isinstance(cls, type) and issubclass(cls, (complex, np.complexfloating))


def is_real(t: Type) -> bool:
    """Whether values certainly are real numbers, or arrays of them.

    >>> is_real(FLOAT), is_real(array_type("complex64", 1)), is_real(UNKNOWN)
    (True, False, False)
    """
    if t.kind in ("array", "scalar"):
        return t.dtype.startswith((ANY_REAL, "float", "longdouble", "int", "uint", "bool"))
    return t.kind in ("bool", "int", "float", "real", "number")


def holds_complex(t: Type) -> bool:
    """Whether values can be complex, or hold complex ones.

    >>> holds_complex(type_of((1.0, [2j]))), holds_complex(REAL)
    (True, False)
    """
    return may_be_complex(t) or any(map(holds_complex, t.items))


def is_discrete(t: Type) -> bool:
    """Whether the type carries no derivative: integers, bools, text, shapes, functions."""
    if t.kind in ("bool", "int", "str", "none", "function", "module", "object"):
        return True
    if t.kind in ("array", "scalar", "number"):
        return t.dtype[:3] in ("int", "uin", "boo", "str", "obj", "dat", "tim") or t.dtype[:1] in ("<", ">", "|")
    if t.cls is OneOfSeveral:
        return bool(t.keys) and all(map(is_discrete, t.keys))
    if t.kind in ("tuple", "list", "dict", "record"):
        others = t.cls is not None and t.kind == "dict" and not is_discrete(t.cls)
        return bool(t.items) and all(is_discrete(i) for i in t.items) and not others
    return False
