"""Types of the results of operations.

The result type of most operations is found by evaluating them once on arrays of size one: NumPy itself decides the
dtype (NEP 50) and the rank. Rules whose result hangs on argument *values* (``reshape``) compute it themselves.
"""

from __future__ import annotations

import functools
import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_type, operand_type
from adjoint_compiler.analysis.joining import joined_type
from adjoint_compiler.analysis.sequence_types import as_list, as_sequence, as_tuple, largest
from adjoint_compiler.ir.joins import field_type, join, of_any_keys
from adjoint_compiler.ir.kept import keep
from adjoint_compiler.ir.nodes import REFUSED, Bind, Const, Name, Operand, Pack
from adjoint_compiler.ir.types import (
    ANY_REAL,
    BOOL,
    FLOAT,
    INT,
    MAYBE_COMPLEX,
    NEVER,
    OBJECT,
    REAL,
    STR,
    UNKNOWN,
    Type,
    is_complex_dtype,
    is_container,
    may_be_complex,
    scalar_type,
    type_of,
)

Types = dict[str, Type]


def bind_type(s: Bind, types: Types) -> Type:
    """The type of a binding's target. It is kept with the statement, and with the types that it reads.

    Raises:
        RuleError: the rule does not cover this form of the operation; it names the place.
    """
    read = tuple([types.get(n, UNKNOWN) for n in s.read])
    known: tuple[tuple[Type, ...], Type] | None = getattr(s, "_type", None)
    if known is None or known[0] != read:
        try:
            known = read, result_type(s.op, s.args, s.kwargs, types)
        except rules.RuleError as fault:
            fault.span = fault.span or s.span
            raise
        keep(s, "_type", known)
    return known[1]


def result_type(op: str, args: tuple[Operand, ...], kwargs: tuple[tuple[str, Operand], ...], types: Types) -> Type:
    """The type of an operation's result."""
    if op == "copy":
        return operand_type(args[0], types)
    key = None if kwargs else _key(op, args, types)
    found = None if key is None else _FOUND.get(key)
    if found is None:
        found = _result_type(op, args, kwargs, types)
        if key is not None:
            if len(_FOUND) >= MOST_FOUND:
                _FOUND.clear()
            _FOUND[key] = found
    return found


# results of the table's own operations by the types of their operands: the same ones come again and again
_FOUND: dict[tuple[Any, ...], Type] = {}
MOST_FOUND = 10_000
OF_THE_TABLE = ("operator.", "numpy.", "math.", "builtins.", "adjoint_compiler.")
PLAIN = (int, float, bool, str, type(None))


def _key(op: str, args: tuple[Operand, ...], types: Types) -> tuple[Any, ...] | None:
    """What decides the type of a result: the types of names, and constants; None where that is not all."""
    if not op.startswith(OF_THE_TABLE):
        return None
    key: list[Any] = [op]
    for a in args:
        if type(a) is Name:
            key.append(types.get(a.id, UNKNOWN))
        elif type(a) is Const and type(a.value) in PLAIN:
            key.append(a)
        else:
            return None
    return tuple(key)


def _result_type(op: str, args: tuple[Operand, ...], kwargs: tuple[tuple[str, Operand], ...], types: Types) -> Type:
    arg_types = [operand_type(a, types) for a in args]
    kw_types = {k: operand_type(v, types) for k, v in kwargs}
    every = [*arg_types, *kw_types.values()] if kwargs else arg_types
    kinds = {t.kind for t in every}
    if "never" in kinds or ("tuple" in kinds and any(map(_is_never, every))):
        return NEVER
    if op == REFUSED:
        return NEVER
    if op.startswith("method."):
        called = f"numpy.{op[len('method.') :]}"  # what is called as a method in generated code only
        op = called if called in rules.TABLE.by_key else op
    if op == "index":
        return index_type(arg_types[0], args[1], types)
    if op == "operator.or_" and [t.kind for t in arg_types] == ["dict", "dict"]:
        return join(*map(of_any_keys, arg_types))
    joined = joined_type(op, args, arg_types)
    if joined is not None:
        return joined
    if op == "operator.mul" and "tuple" in kinds and not any(isinstance(a, Const) for a in args):
        return OBJECT  # how many items there are shows while running
    special = _SPECIAL.get(op)
    if special is not None:
        return special(args, types)  # type: ignore[no-any-return]
    rule = rules.TABLE.by_key.get(op)
    if rule is None:
        return UNKNOWN
    if rule.kind != "inert" and "list" in kinds and any(map(_is_never, every)):
        return NEVER
    if rule.result is not None:
        operands = {**dict(zip(rule.params, args)), **dict(kwargs)}
        found = rule.result({**dict(zip(rule.params, arg_types)), **kw_types}, operands)
        if found is not None:
            return found  # type: ignore[no-any-return]
    if "real" in kinds or ("array" in kinds and any(t.kind == "array" and t.ndim is None for t in every)):
        return _untyped_result(rule, every)
    if "unknown" in kinds or any(map(_holds_unknown, every)):
        return _unknown(op, every)
    constants = tuple([a if isinstance(a, Const) else None for a in (*args, *(v for _, v in kwargs))])
    try:
        found = _evaluated_type(op, tuple(arg_types), tuple(kw_types.items()), constants, _Operands(args, kwargs))
    except TypeError:  # unhashable constants
        found = UNKNOWN
    return _unknown(op, every) if found == UNKNOWN and rule.kind != "inert" else found


def _is_never(t: Type) -> bool:
    """Whether the operand waits for the result of a recursive call, or for what is put into a container further down."""
    return t.kind == "never" or (t.kind in ("tuple", "list") and any(map(_is_never, t.items)))


REAL_VALUED = frozenset(
    "attribute.imag attribute.real builtins.abs cmath.isclose cmath.isfinite cmath.isinf cmath.isnan cmath.phase numpy.abs"
    " numpy.absolute numpy.angle numpy.imag numpy.real".split()
)
COMPLEX_VALUED = ("builtins.complex", "numpy.complex64", "numpy.complex128", "numpy.clongdouble")


def _unknown(op: str, every: list[Type]) -> Type:
    """A result of which only that is known whether it can be complex."""
    if op in COMPLEX_VALUED or op in rules.TABLE.complex_valued or (op.startswith("cmath.") and op not in REAL_VALUED):
        return MAYBE_COMPLEX
    complex_ones = any(_holds_complex(t) or is_complex_dtype(t) for t in every)
    if op in REAL_VALUED:
        return REAL if complex_ones and not op.startswith("cmath.is") else UNKNOWN
    return MAYBE_COMPLEX if complex_ones else UNKNOWN


def _holds_unknown(t: Type) -> bool:
    """Whether a value, or what a container holds, is of unknown type."""
    return any(map(_holds_unknown, t.items)) if is_container(t) else t.kind == "unknown"


def _holds_complex(t: Type) -> bool:
    """Whether a value, or what a container holds, may be complex."""
    return any(map(_holds_complex, t.items)) if is_container(t) else may_be_complex(t)


def _untyped_result(rule: rules.Rule, every: list[Type]) -> Type:
    if rule.kind == "inert":
        return (
            MAYBE_COMPLEX
            if rule.name.startswith("numpy.") and any(is_complex_dtype(t) or t == MAYBE_COMPLEX for t in every)
            else UNKNOWN
        )
    found = _unknown(rule.name, every)
    return found if rule.several or may_be_complex(found) or any(t.kind == "unknown" for t in every) else REAL


class _Operands:
    """Carries operands past the cache, which is keyed by types and constants."""

    def __init__(self, args: tuple[Operand, ...], kwargs: tuple[tuple[str, Operand], ...]) -> None:
        self.args, self.kwargs = args, kwargs

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Operands)


TEXT = "a"  # the sample of text


@functools.lru_cache(maxsize=4096)
def _evaluated_type(
    op: str,
    arg_types: tuple[Type, ...],
    kw_types: tuple[tuple[str, Type], ...],
    constants: tuple[Any, ...],
    o: _Operands,
) -> Type:
    function = callable_for(op)
    rule = rules.TABLE.by_key.get(op)
    if function is None or rule is None or rule.is_effect:
        return UNKNOWN
    operands = [*zip(o.args, arg_types), *((v, t) for (_, v), (_, t) in zip(o.kwargs, kw_types))]
    # What is not known of numbers and arrays may decide the type, and so may a flag.
    is_open = any(_is_open(t) for _, t in operands)
    choices = [[(v, _one_of(t, k)) for v, t in operands] for k in range(len(ANY_NUMBER))] if is_open else [operands]
    loose = any(t.kind == "bool" and not isinstance(v, Const) for v, t in operands)
    by_flag = [
        functools.reduce(join, (_sampled_type(function, op, chosen, o, flag) for chosen in choices))
        for flag in ((True, False) if loose else (True,))
    ]
    return by_flag[0] if by_flag[0] == by_flag[-1] else UNKNOWN


ANY_NUMBER = (
    FLOAT,
    INT,
    *map(scalar_type, ("float64", "int64", "float32", "float16", "uint8")),
)  # what a number may be
NUMBERS = {"float64": (FLOAT, scalar_type("float64")), "int64": (INT, scalar_type("int64"))}


def _is_open(t: Type) -> bool:
    """Whether a value, or an item of a sequence, is a number or an array of which it is not known of what kind."""
    return t.kind == "number" or t.dtype == ANY_REAL or t.kind in ("tuple", "list") and any(map(_is_open, t.items))


def _one_of(t: Type, k: int) -> Type:
    """The type with one of the types that such values may be of."""
    if t.kind == "number":
        choices = NUMBERS.get(t.dtype, ANY_NUMBER)
        return choices[k % len(choices)]
    if t.dtype == ANY_REAL:
        return replace(t, dtype=ANY_NUMBER[k].dtype or "float64")
    return replace(t, items=tuple(_one_of(i, k) for i in t.items)) if t.kind in ("tuple", "list") else t


def _sampled_type(function: Any, op: str, operands: list[tuple[Operand, Type]], o: _Operands, flag: bool) -> Type:
    """The type of what a function returns for samples of its operands."""
    try:
        values = [flag if t.kind == "bool" and not isinstance(v, Const) else sample(v, t) for v, t in operands]
    except LookupError:
        return UNKNOWN
    if op.startswith(("numpy.", "method.")) and any(isinstance(v, str) and v == TEXT for v in values):
        return UNKNOWN  # a dtype, an order or a mode that is not known
    args = values[: len(o.args)]
    kwargs = dict(zip((k for k, _ in o.kwargs), values[len(o.args) :]))
    numbers = [a for a in args if isinstance(a, (int, float)) and not isinstance(a, bool)]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return type_of(function(*args, **kwargs))
    except Exception:  # noqa: BLE001  (a sample outside the operation's domain tells nothing)
        if op.startswith("math.") and numbers:
            return FLOAT
        return UNKNOWN


def callable_for(op: str) -> Any:
    """The Python callable of an operation, for evaluating samples."""
    import operator

    rule = rules.TABLE.by_key.get(op)
    if rule is not None and rule.function is not None:
        own = getattr(rule.function, "__self__", None)
        if isinstance(own, np.random.RandomState):  # whose stream is the program's, not the compiler's
            return getattr(np.random.RandomState(0), rule.function.__name__, rule.function)
        return rule.function
    if op.startswith("operator."):
        return getattr(operator, op.split(".")[1], None)
    if op.startswith("attribute."):
        return operator.attrgetter(op.split(".")[1])
    if op.startswith("method."):
        name = op.split(".")[1]
        return lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs)
    return None


def sample(operand: Operand, t: Type) -> Any:
    """A value of the type, arrays of size one; constants are themselves. ``LookupError`` when there is none."""
    if isinstance(operand, Const):
        return operand.value
    if isinstance(operand, Pack) and operand.kind in ("tuple", "list"):
        items = [sample(o, it) for o, it in zip(operand.items, t.items)]
        return tuple(items) if operand.kind == "tuple" else items
    if isinstance(operand, Pack) and operand.kind == "slice":
        return slice(None)
    if t.kind == "array" and t.ndim is not None:
        return np.ones((1,) * t.ndim, dtype=t.dtype)
    if t.kind == "scalar":
        return np.dtype(t.dtype).type(1)
    simple = {
        "float": 0.5,
        "int": 1,
        "bool": True,
        "complex": 0.5 + 0.5j,
        "str": TEXT,
        "number": np.float64(0.5),
        "none": None,
    }
    if t.kind in simple:
        return simple[t.kind]
    if t.kind in ("tuple", "list"):
        items = [sample(Name("_"), it) for it in t.items]
        return tuple(items) if t.kind == "tuple" else items
    raise LookupError(t.kind)


def _first(args: tuple[Operand, ...], types: Types) -> Type:
    return operand_type(args[0], types)


def _attribute(args: tuple[Operand, ...], types: Types) -> Type:
    base, name = _first(args, types), args[1]
    assert isinstance(name, Const)
    if base.kind == "record" and (held := field_type(base, name.value)) is not None:
        return held
    if base.kind == "real" or (base.kind == "array" and base.ndim is None):
        if name.value == "ndim" or name.value == "size":
            return INT
        if name.value == "shape":
            return Type("list", items=(INT,))
        return base if name.value in ("T", "real", "imag", "flat") else UNKNOWN
    return result_type(f"attribute.{name.value}", args[:1], (), types)


def _method(args: tuple[Operand, ...], types: Types) -> Type:
    if _first(args, types) == STR and len(args) > 1 and isinstance(args[1], Const):
        rule = rules.TABLE.by_key.get(f"builtins.str.{args[1].value}")
        if rule is not None and rule.result is not None:
            return rule.result({}, {})  # type: ignore[no-any-return]
    base, name = _first(args, types), getattr(args[1], "value", "") if len(args) > 1 else ""
    if base.kind in ("list", "tuple") and name in ("index", "count"):
        return INT
    if base.kind == "dict" and name == "copy":
        return base
    if base.kind == "dict" and name in ("get", "pop", "setdefault") and len(args) > 2:
        found = index_type(base, args[2], types)
        return found if len(args) == 3 else join(found, operand_type(args[3], types))
    return UNKNOWN  # resolved to a function first; see frontend.resolve


def _custom_value(args: tuple[Operand, ...], types: Types) -> Type:
    from adjoint_compiler.frontend.custom import value_type

    call = args[0]
    assert isinstance(call, Const)
    return value_type(call, tuple(operand_type(a, types) for a in args[2:]))


def _custom_call(args: tuple[Operand, ...], types: Types) -> Type:
    from adjoint_compiler.frontend.custom import result_type as type_of_result

    call = args[0]
    assert isinstance(call, Const)
    return type_of_result(call.value.rule, call.value.function, tuple(operand_type(a, types) for a in args[1:]))


_SPECIAL: dict[str, Any] = {
    "builtins.max": largest,
    "builtins.min": largest,
    "custom.value": _custom_value,
    "custom.own": _custom_value,
    "custom.call": _custom_call,
    "attribute": _attribute,
    "field": _attribute,
    "method": _method,
    "format": lambda args, types: STR,
    "range_length": lambda args, types: INT,
    "builtins.len": lambda args, types: INT,
    "builtins.bool": lambda args, types: BOOL,
    "builtins.list": as_list,
    "builtins.tuple": as_tuple,
    "as_sequence": as_sequence,
    "operator.is_": lambda args, types: BOOL,
    "operator.is_not": lambda args, types: BOOL,
    "operator.contains": lambda args, types: BOOL,
    "operator.not_": lambda args, types: BOOL,
}

__all__ = ["Types", "bind_type", "result_type"]
