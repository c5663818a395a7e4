"""Result types of rules whose sample evaluation does not tell."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from adjoint_compiler.ir.joins import element, join
from adjoint_compiler.ir.nodes import Const, Operand, Pack
from adjoint_compiler.ir.types import MAYBE_COMPLEX, REAL, Type, array_type, is_discrete, may_be_complex, type_of
from adjoint_compiler.rules.expressions import RuleError

Types = dict[str, Type]
Operands = dict[str, Operand]


def pair(types: Types, operands: Operands) -> Type | None:
    """A pair of real numbers or arrays, when an operand's rank is not known; else left to a sample.

    >>> str(pair({"x": REAL}, {}))
    'tuple[real, real]'
    """
    if any(t.kind == "real" for t in types.values()):
        return Type("tuple", items=(REAL, REAL))
    return None


def several(n: int) -> Callable[[Types, Operands], Type | None]:
    """A tuple of ``n`` results alike, when an operand's rank is not known; else left to a sample.

    >>> str(several(3)({"x": REAL}, {}))
    'tuple[real, real, real]'
    """

    def result(types: Types, operands: Operands) -> Type | None:
        return Type("tuple", items=(REAL,) * n) if any(t.kind == "real" for t in types.values()) else None

    return result


def cast_by(scalar: type) -> Callable[[Types, Operands], Type | None]:
    """The result of ``np.float64(x)`` and the like: of arrays with one item, older NumPy makes numbers.

    >>> from adjoint_compiler.ir.types import array_type
    >>> str(cast_by(np.float32)({"x": array_type("float64", 1)}, {}))
    'float32[:]'
    """

    def result(types: Types, operands: Operands) -> Type | None:
        t = types["x"]
        if t.kind != "array" or not t.ndim:
            return None  # a sample tells
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # that numbers are made is deprecated; that imaginary parts go is not asked here
            one, several = (type_of(scalar(np.ones((n,) * t.ndim, t.dtype))) for n in (1, 2))
        return join(one, several)

    return result


def parts_of(function: Callable[..., object]) -> Callable[[Types, Operands], Type | None]:
    """The named tuple that a function of stacks of matrices returns, where their rank is not known; else left to a sample.

    >>> str(parts_of(np.linalg.eigh)({"a": REAL}, {}).items[0])
    'real'
    """

    def result(types: Types, operands: Operands) -> Type | None:
        t = types.get("a")
        options = {k: o.value for k, o in operands.items() if k != "a" and isinstance(o, Const)}
        if (
            t is None
            or not (t.kind == "real" or (t.kind == "array" and t.ndim is None))
            or len(options) + 1 < len(operands)
        ):
            return None
        found = type_of(function(np.ones((1, 1), t.dtype or "float64"), **options))
        items = tuple(REAL if t.kind == "real" else array_type(part.dtype, None) for part in found.items)
        return replace(found, items=items) if items else None

    return result


def maybe_complex(function: Callable[..., object]) -> Callable[[Types, Operands], Type | None]:
    """Results of a function of a real matrix that are real or complex as it turns out: one, or a named tuple of several.

    >>> maybe_complex(np.linalg.eigvals)({"a": array_type("float64", 2)}, {}) == MAYBE_COMPLEX
    True
    """

    def result(types: Types, operands: Operands) -> Type | None:
        t = next(iter(types.values()))
        if t.kind == "array" and t.ndim is not None and may_be_complex(t):
            return None
        found = type_of(function(np.ones((1, 1))))
        return replace(found, items=tuple(MAYBE_COMPLEX for _ in found.items)) if found.items else MAYBE_COMPLEX

    return result


def of_inert_items(types: Types, operands: Operands) -> Type:
    """A set: what it holds must be inert by its type, or constants.

    Raises:
        RuleError: it may hold active values, which a set has no derivatives of.

    >>> of_inert_items({"iterable": Type("list", items=(type_of(2),))}, {}).cls
    <class 'set'>
    """
    held, operand = types.get("iterable"), operands.get("iterable")
    constant = isinstance(operand, Pack) and all(isinstance(i, Const) for i in operand.items)
    item = None if held is None else element(held) if held.kind in ("list", "tuple") else held
    inert = item is None or item.kind == "never" or is_discrete(item) or item.kind == "dict"
    if not constant and not inert:
        raise RuleError("a set may hold active values here, of which it keeps no derivatives; use a list or a dict")
    return Type("object", cls=set)


def leaving_reals(types: Types, operands: Operands) -> Type | None:
    """The result of a function that is complex for some real numbers; of complex arrays a sample tells.

    >>> leaving_reals({"x": array_type("float64", 1)}, {}) == MAYBE_COMPLEX
    True
    """
    complex_ones = any(map(may_be_complex, types.values()))
    return None if complex_ones else MAYBE_COMPLEX
