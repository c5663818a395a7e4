"""Types of every name, by forward propagation to a fixpoint.

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
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Const,
    For,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Store,
    Update,
    While,
    With,
    walk,
)
from adjoint_compiler.ir.types import (
    BOOL,
    FLOAT,
    INT,
    MAYBE_COMPLEX,
    NEVER,
    NUMBER,
    REAL,
    STR,
    UNKNOWN,
    Type,
    element,
    is_container,
    is_number,
    join,
    may_be_complex,
    type_of,
)

Types = dict[str, Type]
MAX_ROUNDS = 12


def infer_types(program: Program, free: Types | None = None) -> Types:
    """The type of every name of a program.

    >>> from adjoint_compiler.ir.nodes import Return
    >>> body = (Bind("t", "operator.mul", (Name("x"), Const(2.0))), Return(Name("t")))
    >>> infer_types(Program("f", ("x",), body, {"x": FLOAT}))["t"].kind
    'float'
    """
    types: Types = {p: program.types.get(p, REAL) for p in program.params}
    types.update(free or {})
    fixed = frozenset(types)
    for _ in range(MAX_ROUNDS):
        before = dict(types)
        _infer_block(program.body, types, fixed, program.body)
        if types == before:
            return types
    for name in types:  # still moving: give up precision, not correctness
        if name not in fixed and types[name] != before.get(name):
            types[name] = UNKNOWN
    return types


def _set(types: Types, name: str, t: Type, fixed: frozenset[str]) -> None:
    if name in fixed and not is_container(types[name]):
        return
    types[name] = join(types[name], t) if name in types else t


def _infer_block(block: Block, types: Types, fixed: frozenset[str], whole: Block) -> None:
    for s in block:
        if isinstance(s, Bind):
            _set(types, s.target, bind_type(s, types), fixed)
            _tell_holder(s, types)
        elif isinstance(s, Update) and s.index is None:
            base = types.get(s.target, UNKNOWN)
            if base.kind not in ("array",):
                _set(types, s.target, result_type(s.op, (Name(s.target), s.value), (), types), fixed)
        elif isinstance(s, Push):
            stack = types.get(s.stack, UNKNOWN)
            if stack.kind == "list":
                grown = Type("list", items=(join_items(stack, operand_type(s.value, types)),))
                types[s.stack] = grown
        elif isinstance(s, Pop):
            if s.target:
                stack = types.get(s.stack, UNKNOWN)
                _set(types, s.target, element(stack) if stack.items else UNKNOWN, fixed)
        elif isinstance(s, Store):
            _put(types, s.target, s.index, operand_type(s.value, types), whole)
        elif isinstance(s, Update):
            base = types.get(s.target, UNKNOWN)
            if is_container(base) and s.index is not None:
                held = {**types, "": index_type(base, s.index, types)}
                if held[""].kind == "array":
                    continue  # changed in place
                _put(types, s.target, s.index, result_type(s.op, (Name(""), s.value), (), held), whole)
        elif isinstance(s, Call):
            if s.target:
                _set(types, s.target, s.summary.result or UNKNOWN, fixed)
        elif isinstance(s, If):
            _infer_block(s.then, types, fixed, whole)
            _infer_block(s.orelse, types, fixed, whole)
        elif isinstance(s, For):
            _set(types, s.counter, INT, fixed)
            _infer_block(s.body, types, fixed, whole)
        elif isinstance(s, While):
            _infer_block(s.header, types, fixed, whole)
            _infer_block(s.body, types, fixed, whole)
        elif isinstance(s, With):
            _infer_block(s.body, types, fixed, whole)


def _put(types: Types, name: str, index: Operand | None, value: Type, whole: Block) -> None:
    """``name[index]`` becomes something of type ``value``."""
    base = types.get(name, UNKNOWN)
    if base.kind == "list" and base.items:
        types[name] = Type("list", items=(join_items(base, value),))
    elif base.kind == "dict" and base.items:
        known = isinstance(index, Const) and index.value in base.keys
        if isinstance(index, Const) and not known and not _reads_any_key(whole, types):
            return  # nothing reads it but by its own name
        changed = (not known or key == index.value for key in base.keys)  # type: ignore[union-attr]
        types[name] = replace(base, items=tuple(join(t, value) if c else t for t, c in zip(base.items, changed)))


def _reads_any_key(whole: Block, types: Types) -> bool:
    """Whether some dict is read at a key that is not written out."""
    return any(
        isinstance(s, Bind) and s.op in ("index", "method") and not isinstance(s.args[1], Const)
        and operand_type(s.args[0], types).kind == "dict"
        for s in walk(whole)
    )  # fmt: skip


def _tell_holder(s: Bind, types: Types) -> None:
    """What is stored into a container is in every container that holds it, and has every other name of it."""
    t = types[s.target]
    base = s.args[0] if s.op in ("copy", "index", "field") else None
    if t.kind not in ("list", "dict") or not isinstance(base, Name) or base.id not in types:
        return
    holder = types[base.id]
    if s.op == "copy":
        joined = join(holder, t)
    elif not is_container(holder) or not holder.items:
        return
    else:
        at = s.args[1].value if isinstance(s.args[1], Const) else None
        if holder.kind in ("dict", "record"):
            hit = [at is None or key == at for key in holder.keys]
        else:
            places = range(len(holder.items))
            hit = [at is None or len(places) == 1 or (isinstance(at, int) and k == at % len(places)) for k in places]
        held = tuple(join(x, t) if h and x.kind == t.kind else x for x, h in zip(holder.items, hit))
        joined = replace(holder, items=held)
    if joined.kind == holder.kind and joined != holder:
        types[base.id] = joined


def join_items(stack: Type, item: Type) -> Type:
    """The element type of a list after ``item`` is put into it."""
    return join(element(stack), item) if stack.items else item


def bind_type(s: Bind, types: Types) -> Type:
    """The type of a binding's target."""
    return result_type(s.op, s.args, s.kwargs, types)


def result_type(op: str, args: tuple[Operand, ...], kwargs: tuple[tuple[str, Operand], ...], types: Types) -> Type:
    """The type of an operation's result."""
    if op == "copy":
        return operand_type(args[0], types)
    if any(_is_never(operand_type(o, types)) for o in (*args, *(v for _, v in kwargs))):
        return NEVER
    if op == "index":
        return index_type(operand_type(args[0], types), args[1], types)
    special = _SPECIAL.get(op)
    if special is not None:
        return special(args, types)  # type: ignore[no-any-return]
    rule = rules.TABLE.by_key.get(op)
    if rule is None:
        return UNKNOWN
    arg_types = [operand_type(a, types) for a in args]
    kw_types = {k: operand_type(v, types) for k, v in kwargs}
    if rule.result is not None:
        operands = {**dict(zip(rule.params, args)), **dict(kwargs)}
        found = rule.result({**dict(zip(rule.params, arg_types)), **kw_types}, operands)
        if found is not None:
            return found  # type: ignore[no-any-return]
    every = [*arg_types, *kw_types.values()]
    if any(t.kind == "real" or (t.kind == "array" and t.ndim is None) for t in every):
        return _untyped_result(op, rule.kind, every)
    if any(map(_holds_unknown, every)):
        return _unknown(op, every)
    constants = tuple(
        ("const", repr(a.value)) if isinstance(a, Const) else None for a in (*args, *(v for _, v in kwargs))
    )
    try:
        return _evaluated_type(op, tuple(arg_types), tuple(kw_types.items()), constants, _Operands(args, kwargs))
    except TypeError:  # unhashable constants
        return UNKNOWN


def _is_never(t: Type) -> bool:
    """Whether the operand waits for the result of a recursive call."""
    return t.kind == "never" or (t.kind in ("tuple", "list") and any(map(_is_never, t.items)))


REAL_VALUED = frozenset(
    "attribute.imag attribute.real builtins.abs cmath.isclose cmath.isfinite cmath.isinf cmath.isnan cmath.phase numpy.abs"
    " numpy.absolute numpy.angle numpy.imag numpy.real".split()
)
COMPLEX_VALUED = ("builtins.complex", "numpy.complex64", "numpy.complex128", "numpy.clongdouble")


def _unknown(op: str, every: list[Type]) -> Type:
    """A result of which only that is known whether it can be complex."""
    if op in COMPLEX_VALUED or (op.startswith("cmath.") and op not in REAL_VALUED):
        return MAYBE_COMPLEX
    complex_ones = any(_holds_complex(t) or _is_complex_dtype(t) for t in every)
    return MAYBE_COMPLEX if op not in REAL_VALUED and complex_ones else UNKNOWN


def _is_complex_dtype(t: Type) -> bool:
    return isinstance(t.cls, type) and issubclass(t.cls, (complex, np.complexfloating))


def _holds_unknown(t: Type) -> bool:
    """Whether a value, or what a container holds, is of unknown type."""
    return any(map(_holds_unknown, t.items)) if is_container(t) else t.kind == "unknown"


def _holds_complex(t: Type) -> bool:
    """Whether a value, or what a container holds, may be complex."""
    return any(map(_holds_complex, t.items)) if is_container(t) else may_be_complex(t)


SEVERAL = frozenset(
    "builtins.divmod cmath.polar math.frexp math.modf method.tolist numpy.array_split numpy.divmod numpy.dsplit"
    " numpy.frexp numpy.hsplit numpy.linalg.eigh numpy.linalg.qr numpy.linalg.slogdet numpy.linalg.svd numpy.meshgrid"
    " numpy.modf numpy.split numpy.vsplit".split()
)  # whose results are tuples or lists


def _untyped_result(op: str, kind: str, every: list[Type]) -> Type:
    if kind == "inert":
        return MAYBE_COMPLEX if op.startswith("numpy.") and any(map(_is_complex_dtype, every)) else UNKNOWN
    if op in SEVERAL:
        return _unknown(op, every)
    found = _unknown(op, every)
    return found if may_be_complex(found) or any(t.kind == "unknown" for t in every) else REAL


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
    if function is None:
        return UNKNOWN
    # A flag that is not known may decide the type.
    operands = [*zip(o.args, arg_types), *((v, t) for (_, v), (_, t) in zip(o.kwargs, kw_types))]
    loose = any(t.kind == "bool" and not isinstance(v, Const) for v, t in operands)
    found = {_sampled_type(function, op, operands, o, flag) for flag in ((True, False) if loose else (True,))}
    return found.pop() if len(found) == 1 else UNKNOWN


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
    if base.kind == "record" and name.value in base.keys:
        return base.items[base.keys.index(name.value)]
    if base.kind == "real" or (base.kind == "array" and base.ndim is None):
        if name.value == "ndim" or name.value == "size":
            return INT
        if name.value == "shape":
            return Type("list", items=(INT,))
        return base if name.value in ("T", "real", "imag", "flat") else UNKNOWN
    return result_type(f"attribute.{name.value}", args[:1], (), types)


def _method(args: tuple[Operand, ...], types: Types) -> Type:
    return UNKNOWN  # resolved to a function first; see frontend.resolve


def _as_list(args: tuple[Operand, ...], types: Types) -> Type:
    base = _first(args, types)
    if base.kind == "dict":
        return Type("list", items=tuple(type_of(k) for k in base.keys))
    if base.kind in ("list", "tuple"):
        return Type("list", items=base.items)
    if base.kind == "array" and base.ndim:
        return Type("list", items=(index_type(base, Const(0), types),))
    return UNKNOWN


def _as_tuple(args: tuple[Operand, ...], types: Types) -> Type:
    base = _first(args, types)
    return Type("tuple", items=base.items) if base.kind in ("list", "tuple") else UNKNOWN


def _as_sequence(args: tuple[Operand, ...], types: Types) -> Type:
    base = _first(args, types)
    return Type("list", items=tuple(type_of(k) for k in base.keys)) if base.kind == "dict" else base


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


def _largest(args: tuple[Operand, ...], types: Types) -> Type:
    """Python's ``max`` and ``min`` return one of their arguments as it is."""
    if len(args) == 1:
        base = _first(args, types)
        if base.kind == "array":
            return index_type(base, Const(0), types)
        return element(base) if base.kind in ("list", "tuple") else REAL if base.kind == "real" else UNKNOWN
    return functools.reduce(join, (operand_type(a, types) for a in args))


_SPECIAL: dict[str, Any] = {
    "builtins.max": _largest,
    "builtins.min": _largest,
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
    "builtins.list": _as_list,
    "builtins.tuple": _as_tuple,
    "as_sequence": _as_sequence,
    "operator.is_": lambda args, types: BOOL,
    "operator.is_not": lambda args, types: BOOL,
    "operator.contains": lambda args, types: BOOL,
    "operator.not_": lambda args, types: BOOL,
}

__all__ = ["NUMBER", "Types", "infer_types", "is_number", "result_type"]
