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
    Call,
    Const,
    For,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Update,
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
    inference = _Inference(types, walk(program.body))
    for k in range(MAX_ROUNDS):
        before = dict(types)
        inference.round(everything=k == 0)
        if not inference.outdated:
            return types
    for name in types:  # still moving: give up precision, not correctness
        if name not in inference.fixed and types[name] != before.get(name):
            types[name] = UNKNOWN
    return types


class _Inference:
    """One round over the program after the other, until none changes the type of a name that it has read before.

    Attributes:
        types: what is known.
        fixed: the names whose types are given.
        outdated: the names whose types changed in the last round after it had read them.
    """

    def __init__(self, types: Types, statements: list[Statement]) -> None:
        self.types, self.statements = types, statements
        self.fixed = frozenset(types)
        self.outdated: set[str] = set()
        self.read: set[str] = set()
        self.changed: set[str] = set()

    def round(self, everything: bool) -> None:
        """Look at all statements, or at those that read what has changed since they were looked at."""
        self.changed, self.outdated, self.read = self.outdated, set(), set()
        types = self.types
        for s in self.statements:
            if everything or not self.changed.isdisjoint(s.read) or self.passes_on(s) in self.changed:
                if type(s) is Bind and s.op not in PASSED_ON and s.target not in types and s.target not in self.read:
                    types[s.target] = bind_type(s, types)  # as most are: bound once, then read
                else:
                    self.look(s)
            self.read.update(s.read)
            holder = self.passes_on(s)
            if holder:
                self.read.add(holder)

    def passes_on(self, s: Statement) -> str:
        """The container that a statement gives a name: what is put into it later is in what it is part of."""
        if type(s) is Bind and s.op in PASSED_ON and self.types.get(s.target, UNKNOWN).kind in ("list", "dict"):
            return s.target
        return ""

    def change(self, name: str, t: Type) -> None:
        """Replace what is known of a name."""
        known = self.types.get(name, UNKNOWN)
        self.types[name] = t
        if known != t:
            self.changed.add(name)
            if name in self.read:
                self.outdated.add(name)

    def set(self, name: str, t: Type) -> None:
        """Add the type of one definition."""
        known = self.types.get(name)
        if known is not None and name in self.fixed and not is_container(known):
            return
        self.change(name, t if known is None else join(known, t))

    def look(self, s: Statement) -> None:
        """What a statement itself tells."""
        types = self.types
        if isinstance(s, Bind):
            self.set(s.target, bind_type(s, types))
            if s.op in PASSED_ON:
                self.tell_holder(s)
        elif isinstance(s, Update) and s.index is None:
            if types.get(s.target, UNKNOWN).kind != "array":
                self.set(s.target, result_type(s.op, (Name(s.target), s.value), (), types))
        elif isinstance(s, Push):
            stack = types.get(s.stack, UNKNOWN)
            if stack.kind == "list":
                self.change(s.stack, Type("list", items=(join_items(stack, operand_type(s.value, types)),)))
        elif isinstance(s, Pop):
            if s.target:
                stack = types.get(s.stack, UNKNOWN)
                self.set(s.target, element(stack) if stack.items else UNKNOWN)
        elif isinstance(s, Store):
            self.put(s.target, s.index, operand_type(s.value, types))
        elif isinstance(s, Update):
            base = types.get(s.target, UNKNOWN)
            if is_container(base) and s.index is not None:
                held = {**types, "": index_type(base, s.index, types)}
                if held[""].kind != "array":  # an array is changed in place
                    self.put(s.target, s.index, result_type(s.op, (Name(""), s.value), (), held))
        elif isinstance(s, Call):
            if s.target:
                self.set(s.target, s.summary.result or UNKNOWN)
        elif isinstance(s, For):
            self.set(s.counter, INT)

    def put(self, name: str, index: Operand | None, value: Type) -> None:
        """``name[index]`` becomes something of type ``value``."""
        base = self.types.get(name, UNKNOWN)
        if base.kind == "list" and base.items:
            self.change(name, Type("list", items=(join_items(base, value),)))
        elif base.kind == "dict" and base.items:
            known = isinstance(index, Const) and index.value in base.keys
            if isinstance(index, Const) and not known and not self.reads_any_key():
                return  # nothing reads it but by its own name
            hit = (not known or key == index.value for key in base.keys)  # type: ignore[union-attr]
            items = tuple(join(t, value) if h else t for t, h in zip(base.items, hit))
            self.change(name, replace(base, items=items))

    def reads_any_key(self) -> bool:
        """Whether some dict is read at a key that is not written out."""
        return any(
            isinstance(s, Bind) and s.op in ("index", "method") and not isinstance(s.args[1], Const)
            and operand_type(s.args[0], self.types).kind == "dict"
            for s in self.statements
        )  # fmt: skip

    def tell_holder(self, s: Bind) -> None:
        """What is stored into a container is in every container that holds it, and has every other name of it."""
        t, base = self.types[s.target], s.args[0]
        if t.kind not in ("list", "dict") or not isinstance(base, Name) or base.id not in self.types:
            return
        holder = self.types[base.id]
        if s.op == "copy":
            joined = join(holder, t)
        elif not is_container(holder) or not holder.items:
            return
        else:
            at = s.args[1].value if isinstance(s.args[1], Const) else None
            if holder.kind in ("dict", "record"):
                hit = [at is None or key == at for key in holder.keys]
            else:
                count = len(holder.items)
                hit = [at is None or count == 1 or (isinstance(at, int) and k == at % count) for k in range(count)]
            held = tuple(join(x, t) if h and x.kind == t.kind else x for x, h in zip(holder.items, hit))
            joined = replace(holder, items=held)
        if joined.kind == holder.kind and joined != holder:
            self.change(base.id, joined)


PASSED_ON = ("copy", "index", "field")  # operations that give another name to a container, or to one it holds


def join_items(stack: Type, item: Type) -> Type:
    """The element type of a list after ``item`` is put into it."""
    return join(element(stack), item) if stack.items else item


def bind_type(s: Bind, types: Types) -> Type:
    """The type of a binding's target. It is kept with the statement, and with the types that it reads."""
    read = tuple([types.get(n, UNKNOWN) for n in s.read])
    known: tuple[tuple[Type, ...], Type] | None = s.__dict__.get("_type")
    if known is None or known[0] != read:
        known = read, result_type(s.op, s.args, s.kwargs, types)
        object.__setattr__(s, "_type", known)
    return known[1]


def result_type(op: str, args: tuple[Operand, ...], kwargs: tuple[tuple[str, Operand], ...], types: Types) -> Type:
    """The type of an operation's result."""
    if op == "copy":
        return operand_type(args[0], types)
    arg_types = [operand_type(a, types) for a in args]
    kw_types = {k: operand_type(v, types) for k, v in kwargs}
    every = [*arg_types, *kw_types.values()] if kwargs else arg_types
    kinds = {t.kind for t in every}
    if "never" in kinds or ("tuple" in kinds and any(map(_is_never, every))):
        return NEVER
    if op == "index":
        return index_type(arg_types[0], args[1], types)
    special = _SPECIAL.get(op)
    if special is not None:
        return special(args, types)  # type: ignore[no-any-return]
    rule = rules.TABLE.by_key.get(op)
    if rule is None:
        return UNKNOWN
    if rule.result is not None:
        operands = {**dict(zip(rule.params, args)), **dict(kwargs)}
        found = rule.result({**dict(zip(rule.params, arg_types)), **kw_types}, operands)
        if found is not None:
            return found  # type: ignore[no-any-return]
    if "real" in kinds or ("array" in kinds and any(t.kind == "array" and t.ndim is None for t in every)):
        return _untyped_result(op, rule.kind, every)
    if "unknown" in kinds or any(map(_holds_unknown, every)):
        return _unknown(op, every)
    constants = tuple([a if isinstance(a, Const) else None for a in (*args, *(v for _, v in kwargs))])
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
