"""Result types that hang on the values of arguments: on shapes, axes, dtypes. None: left to a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from adjoint_compiler.ir.joins import element, join, tangent_type
from adjoint_compiler.ir.nodes import Const, Operand, Pack
from adjoint_compiler.ir.types import (
    ANY_REAL,
    MAYBE_COMPLEX,
    NONE,
    UNKNOWN,
    Type,
    array_type,
    is_container,
    is_discrete,
    is_number,
    may_be_complex,
    scalar_type,
)

Types = dict[str, Type]
Operands = dict[str, Operand]
Result = Callable[[Types, Operands], "Type | None"]
PYTHON_DTYPES = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}
OWN_NUMBERS = {"float64": 1.0, "int64": 1}  # Python's number where it may be that or NumPy's


def value_or_array(dtype: Any, ndim: int | None) -> Type:
    """The type of what NumPy returns: a NumPy scalar for rank zero, else an array.

    >>> str(value_or_array("float32", 0)), str(value_or_array("float32", 1))
    ('np.float32', 'float32[:]')
    """
    return scalar_type(dtype) if ndim == 0 else array_type(dtype, ndim)


def rank(t: Type | None) -> int | None:
    """The rank of a number or array, None when unknown."""
    if t is None:
        return None
    return 0 if is_number(t) else t.ndim if t.kind == "array" else None


def common_dtype(*types: Type | None) -> np.dtype[Any] | None:
    """The dtype that NumPy gives to an operation on values of these types; None when unknown.

    >>> common_dtype(array_type("float32", 1), Type("float"))
    dtype('float32')
    """
    samples: list[Any] = []
    for t in types:
        if t is None or (t.kind not in PYTHON_DTYPES and t.dtype in ("", ANY_REAL)):
            return None
        samples.append(PYTHON_DTYPES[t.kind] if t.kind in PYTHON_DTYPES else np.dtype(t.dtype))
    found = np.result_type(*samples)
    if any(t is not None and t.kind == "number" for t in types):  # which may be Python's, and adapt to the others
        own = [OWN_NUMBERS[t.dtype] if t is not None and t.kind == "number" else s for t, s in zip(types, samples)]
        return found if np.result_type(*own) == found else None
    return found


def named_dtype(types: Types, operands: Operands, default: Any) -> np.dtype[Any] | None:
    """The dtype that the argument ``dtype`` gives; None when it cannot be told."""
    operand, t = operands.get("dtype"), types.get("dtype")
    if operand is None or operand == Const(None):
        return None if default is None else np.dtype(default)
    if isinstance(operand, Const):
        given: np.dtype[Any] = np.dtype(operand.value)
        return given
    cls: Any = None if t is None else t.cls
    if not isinstance(cls, type):
        return None
    scalar: Any = cls.type if issubclass(cls, np.dtype) else cls
    known = t is not None and (scalar is not cls or t.kind == "function")
    return np.dtype(scalar) if known else None


def length(operand: Operand | None, t: Type | None) -> int | None:
    """The number of items of a shape or axis argument; one for an integer.

    >>> length(Pack("tuple", (Const(2), Const(3))), None), length(Const(4), None)
    (2, 1)
    """
    if isinstance(operand, Const):
        return len(operand.value) if isinstance(operand.value, (tuple, list)) else 1
    if isinstance(operand, Pack):
        return len(operand.items)
    if t is None:
        return None
    if t.kind in ("int", "scalar"):
        return 1
    return len(t.items) if t.kind == "tuple" else None


def like(param: str, *dtypes: str) -> Result:
    """The rank of one parameter, with the common dtype of others (of itself where none are named)."""

    def result(types: Types, operands: Operands) -> Type | None:
        n, dtype = rank(types.get(param)), common_dtype(*(types.get(d) for d in dtypes or (param,)))
        return array_type(dtype, n) if n and dtype is not None else None

    return result


def listed(param: str, of: str | None = None) -> Result:
    """Adjoints nested as ``param`` is, of the same items; of complex ones where parameter ``of`` is complex."""

    def result(types: Types, operands: Operands) -> Type | None:
        widened = of in types and may_be_complex(types[of])

        def copy(t: Type) -> Type:
            if t.kind == "dict" or (t.kind == "record" and not issubclass(t.cls, tuple)):
                return Type("dict", items=tuple(map(copy, t.items)), keys=t.keys)
            if t.kind in ("list", "tuple", "record"):
                return Type("list", items=tuple(map(copy, t.items)))
            if not widened or is_discrete(t):
                return t
            return array_type(np.result_type(t.dtype, "c8"), t.ndim) if t.kind == "array" else MAYBE_COMPLEX

        return copy(types[param]) if param in types else None

    return result


def tangent_of(param: str) -> Result:
    """The type of tangents of a parameter."""
    return lambda types, operands: tangent_type(types[param]) if param in types else None


def gradient_of(types: Types, operands: Operands) -> Type | None:
    """The type of the gradient of a container ``x``: that of ``x``, with None for what is discrete."""

    def inside(t: Type) -> Type:
        if t.items or t.kind == "dict":
            return replace(
                t, items=tuple(map(inside, t.items)), cls=inside(t.cls) if isinstance(t.cls, Type) else t.cls
            )
        return NONE if is_discrete(t) else t

    x = types.get("x")
    return inside(x) if x is not None and is_container(x) else None


def tangent_of_gradient(types: Types, operands: Operands) -> Type | None:
    """The type of the tangent of the gradient of a container ``x``."""
    t = gradient_of(types, operands)
    return None if t is None else tangent_type(t)


def listed_items(types: Types, operands: Operands) -> Type | None:
    """An adjoint for each item of a list; of an array it is an array."""
    return listed("items")(types, operands) if types["items"].kind in ("list", "tuple") else None


def of_one_sequence(types: Types, operands: Operands) -> Type | None:
    """What the one sequence that ``max`` was given receives: a list for a list."""
    args = types["args"]
    return listed("x")({"x": args.items[0]}, {}) if len(args.items) == 1 and args.items[0].kind == "list" else None


def summed(types: Types, operands: Operands) -> Type | None:
    """The sum of two adjoints of one container: a dict where one of them is a dict, a list where one of them is a list.

    The other may be zero, or what NumPy makes of a list.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> str(summed({"a": Type("list", items=(FLOAT,)), "b": array_type("float64", 1)}, {}))
    'list[number]'
    >>> str(summed({"a": Type("dict", items=(FLOAT,), keys=("r",)), "b": UNKNOWN}, {}))
    "dict{'r': unknown}"
    """
    a, b = types["a"], types["b"]
    if "dict" in (a.kind, b.kind):
        held, other = (a, b) if a.kind == "dict" else (b, a)
        if other.kind == "none":
            return held
        if other.kind == "dict":
            return replace(join(a, b), maybe_none=a.maybe_none and b.maybe_none)
        others = UNKNOWN if isinstance(held.cls, Type) else held.cls
        return None if held.maybe_none else replace(held, items=(UNKNOWN,) * len(held.items), cls=others)
    if "list" not in (a.kind, b.kind) or not {a.kind, b.kind} <= {"list", "array", "tuple"}:
        return None
    if a.kind == b.kind and len(a.items) != len(b.items):
        return Type("list", items=(join(element(a), element(b)),))
    one, other = (a, b) if a.kind == "list" else (b, a)
    if other.kind == "array":
        row = scalar_type(other.dtype) if other.ndim == 1 else UNKNOWN
        return Type("list", items=tuple(join(i, row) for i in one.items))
    return Type("list", items=tuple(join(i, j) for i, j in zip(one.items, other.items)))


def shaped(param: str, default: Any = "float64", of: str | None = None) -> Result:
    """An array of the shape that ``param`` says, with ``dtype``, or the dtype of parameter ``of``."""

    def result(types: Types, operands: Operands) -> Type | None:
        base = common_dtype(types.get(of)) if of else default
        n, dtype = length(operands.get(param), types.get(param)), named_dtype(types, operands, base)
        return None if n is None or dtype is None else array_type(dtype, n)

    return result


def of_rank(n: int) -> Result:
    """An array of rank ``n`` with ``dtype``, by default float64."""

    def result(types: Types, operands: Operands) -> Type | None:
        dtype = named_dtype(types, operands, "float64")
        return None if dtype is None else array_type(dtype, n)

    return result


def reduced(function: Callable[..., Any], param: str = "a", axis: str = "None") -> Result:
    """A reduction over ``axis``: NumPy says the dtype; the number of axes says the rank."""

    def result(types: Types, operands: Operands) -> Type | None:
        t = types.get(param)
        n, dtype = rank(t), common_dtype(t)
        keep, over = operands.get("keepdims", Const(False)), operands.get("axis", Const(None))
        if n is None or dtype is None or not isinstance(keep, Const) or "dtype" in operands:
            return None
        found = np.asarray(function(np.ones(1, dtype))).dtype
        if keep.value:
            return value_or_array(found, n)
        if over == Const(None):
            return scalar_type(found)
        number = length(over, types.get("axis"))
        return None if number is None else value_or_array(found, max(n - number, 0))  # a number has an axis 0, too

    return result


def split(types: Types, operands: Operands) -> Type | None:
    """One axis becomes those that ``axis`` says, or all of ``x``."""
    n, m, dtype = rank(types.get("v")), rank(types.get("x")), common_dtype(types.get("v"))
    axis = operands.get("axis", Const(None))
    number = m if axis == Const(None) else length(axis, types.get("axis"))
    return None if n is None or number is None or dtype is None else array_type(dtype, n - 1 + number)


def moved(types: Types, operands: Operands) -> Type | None:
    """The first argument's own type: axes are moved, elements are not changed."""
    t = next(iter(types.values()), None)
    return t if t is not None and t.kind == "array" else None


def triangle(types: Types, operands: Operands) -> Type | None:
    """``np.tril``: at least a matrix."""
    t = moved(types, operands)
    return array_type(t.dtype, 2) if t is not None and t.ndim == 1 else t


def along(types: Types, operands: Operands) -> Type | None:
    """As ``moved``, but one axis where ``axis`` is None."""
    t = moved(types, operands)
    return array_type(t.dtype, 1) if t is not None and operands.get("axis") == Const(None) else t


def taken(types: Types, operands: Operands) -> Type | None:
    """``np.take``: the axis is replaced by those of the indices."""
    t, axis = types.get("a"), operands.get("axis", Const(None))
    indices = operands.get("indices")
    depth = 0
    while isinstance(indices, Pack):
        indices, depth = (indices.items[0] if indices.items else None), depth + 1
    m = depth or rank(types.get("indices"))
    n, dtype = rank(t), common_dtype(t)
    if n is None or m is None or dtype is None:
        return None
    return value_or_array(dtype, m if axis == Const(None) else n - 1 + m)


def tiled(types: Types, operands: Operands) -> Type | None:
    """``np.tile``: at least as many axes as ``reps`` has items."""
    t = types.get("A")
    n, m, dtype = rank(t), length(operands.get("reps"), types.get("reps")), common_dtype(t)
    return None if n is None or m is None or dtype is None else array_type(dtype, max(n, m))


def expanded(types: Types, operands: Operands) -> Type | None:
    """``np.expand_dims``: one axis more for each item of ``axis``."""
    t = types.get("a")
    n, m, dtype = rank(t), length(operands.get("axis"), types.get("axis")), common_dtype(t)
    return None if n is None or m is None or dtype is None else array_type(dtype, n + m)


def squeezed(types: Types, operands: Operands) -> Type | None:
    """``np.squeeze``: an axis less for each item of ``axis``; unknown rank without one."""
    t, axis = types.get("a"), operands.get("axis", Const(None))
    n, dtype = rank(t), common_dtype(t)
    if not n or dtype is None:
        return None
    m = None if axis == Const(None) else length(axis, types.get("axis"))
    return array_type(dtype, None if m is None else n - m)


def repeated(types: Types, operands: Operands) -> Type | None:
    """``np.repeat``: one axis without ``axis``, else as many as before."""
    t, axis = types.get("a"), operands.get("axis", Const(None))
    n, dtype = rank(t), common_dtype(t)
    return None if n is None or dtype is None else array_type(dtype, 1 if axis == Const(None) else n)


def flattened(param: str, axis: int | None = None) -> Result:
    """The type of ``param``, with one axis where ``axis``, whose default is given, is None."""

    def result(types: Types, operands: Operands) -> Type | None:
        t = types.get(param)
        if t is None or t.kind != "array":
            return None
        return array_type(t.dtype, 1) if operands.get("axis", Const(axis)) == Const(None) else t

    return result


def pieces(param: str = "ary") -> Result:
    """A list of pieces of an array, as many as ``indices_or_sections`` says."""

    def result(types: Types, operands: Operands) -> Type | None:
        t, sections = types.get(param), operands.get("indices_or_sections")
        if t is None or t.kind != "array":
            return None
        if isinstance(sections, Const) and isinstance(sections.value, int):
            return Type("list", items=(t,) * sections.value)
        if isinstance(sections, Pack):
            return Type("list", items=(t,) * (len(sections.items) + 1))
        return Type("list", items=(t,))

    return result


def filled_with(types: Types, operands: Operands) -> Type | None:
    """``np.full``: the shape given, the dtype of ``fill_value``."""
    base = common_dtype(types.get("fill_value"))
    n, dtype = length(operands.get("shape"), types.get("shape")), named_dtype(types, operands, base)
    return None if n is None or dtype is None else array_type(dtype, n)


def counted(types: Types, operands: Operands) -> Type | None:
    """``np.arange``: one axis, integers unless an argument is not."""
    base = common_dtype(*(types[p] for p in ("start", "stop", "step") if p in types and p in operands))
    dtype = named_dtype(types, operands, base)
    return None if dtype is None or (base is None and "dtype" not in operands) else array_type(dtype, 1)


def spaced(types: Types, operands: Operands) -> Type | None:
    """``np.linspace``: one axis more than its ends have."""
    ends = [types.get("start"), types.get("stop")]
    ranks, base = [rank(t) for t in ends], common_dtype(*ends)
    dtype = named_dtype(types, operands, None if base is None else np.result_type(base, 1.0))
    known = [n for n in ranks if n is not None]
    return None if dtype is None or len(known) < 2 else array_type(dtype, 1 + max(known))
