"""Instances of classes written in Python: which values they are, and what they hold.

A program may read and store their attributes; those that are numbers, arrays, containers, functions or such objects again are
known to the compiler, whatever else there is is not.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

ARRAY_PROTOCOLS = ("__array__", "__array_interface__", "__array_struct__", "__array_function__", "__array_ufunc__")
# Compiled functions, derivatives and rules say by these that they are code.
CODE = ("py_func", "__adjoint_wrapper__", "__adjoint_bound__", "__adjoint_transform__")
BUILTIN = type(len)
HEAP_TYPE = 1 << 9  # of classes that are made by a ``class`` statement


def is_array_like(value: Any) -> bool:
    """Whether a value is an array, of NumPy or of any other kind that NumPy can deal with."""
    return any(hasattr(type(value), protocol) for protocol in ARRAY_PROTOCOLS)


def is_named_tuple(value: Any) -> bool:
    """Whether a value is an instance of a class of named tuples."""
    return isinstance(value, tuple) and hasattr(type(value), "_fields")


def is_record(value: Any) -> bool:
    """Whether a value has attributes that have derivatives: a named tuple, or an object of a class written in Python.

    Containers, arrays of any kind, classes, functions and exceptions are none.

    >>> class Spring:
    ...     def __init__(self): self.rate = 3.0
    >>> is_record(Spring()), is_record(Spring), is_record(3.0), is_record([1.0])
    (True, False, False, False)
    """
    cls = type(value)
    if is_named_tuple(value) or (dataclasses.is_dataclass(cls) and not hasattr(cls, "__adjoint_wrapper__")):
        return True
    if not cls.__flags__ & HEAP_TYPE or isinstance(value, (type, tuple, list, dict, set, frozenset, BaseException)):
        return False
    if is_array_like(value) or any(hasattr(value, name) for name in CODE):
        return False
    if not (hasattr(value, "__dict__") or any("__slots__" in vars(c) for c in cls.__mro__)):
        return False
    return is_written_in_python(cls)


class Closure:
    """What classes inherit from whose objects stand for functions (see ``frontend.closures``)."""

    __call__ = None


def is_written_in_python(cls: Any) -> bool:
    """Whether a class, and all that it inherits from, is made by ``class`` statements, none of NumPy or SciPy, no ufunc or stencil of Numba.

    >>> import random
    >>> is_written_in_python(random.Random)
    False
    """
    made = [c for c in cls.__mro__ if c is not object]
    if any(c.__module__.partition(".")[0] in ("numpy", "scipy", "logging") for c in made):
        return False
    if any(c.__module__.startswith(("numba.np.", "numba.stencils.")) for c in made):
        return False
    return all(c.__flags__ & HEAP_TYPE and not isinstance(vars(c).get("__new__"), BUILTIN) for c in made)


def fields_of(value: Any) -> tuple[str, ...]:
    """The attributes of an object that a program can use, in the order in which they were set first.

    >>> class Spring:
    ...     length = 2.0
    ...     def __init__(self): self.rate, self.file = 3.0, open
    >>> fields_of(Spring())
    ('rate', 'file')
    """
    if is_named_tuple(value):
        return tuple(type(value)._fields)
    slots = [vars(c).get("__slots__", ()) for c in reversed(type(value).__mro__)]
    names = [n for some in slots for n in ((some,) if isinstance(some, str) else some)]
    own = [*(n for n in names if n[:2] != "__" and hasattr(value, n)), *getattr(value, "__dict__", ())]
    return tuple(n for n in own if is_usable(getattr(value, n)))


def is_usable(value: Any, inside: tuple[Any, ...] = ()) -> bool:
    """Numbers, arrays, text, functions, loggers, and containers and objects of them that do not hold themselves."""
    if isinstance(value, (bool, int, float, complex, str, np.generic)) or value is None or type(value) is np.ndarray:
        return True
    if any(value is x for x in inside):
        return False
    around = (*inside, value)
    if type(value) in (tuple, list):
        return all(is_usable(v, around) for v in value)
    if type(value) is dict:
        return all(is_usable(v, around) for v in value.values())
    if is_named_tuple(value):
        return all(is_usable(v, around) for v in value)
    if is_record(value):
        return all(is_usable(v, around) for v in getattr(value, "__dict__", {}).values())
    return callable(value) or type(value).__module__ == "logging"


__all__ = ["fields_of", "is_array_like", "is_named_tuple", "is_record", "is_usable", "is_written_in_python"]
