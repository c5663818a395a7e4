"""Values of constant expressions, computed without running the module they stand in.

    0.125        3 * N        np.array([1.0, 2.0])        np.linspace(0.0, 1.0, 11) ** 2

The text may come from anyone. So nothing is called but what is listed here, and how large a result can become
is known before it is computed.
"""

from __future__ import annotations

import builtins
import logging
import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from adjoint_compiler import rules
from adjoint_compiler.frontend.scope import Free, Value, member

MAX_ITEMS = 1_000_000
MAX_BITS = 4096
DTYPES = "biufc"

OPERATORS: dict[type, Callable[..., Any]] = {
    gast.Add: operator.add, gast.Sub: operator.sub, gast.Mult: operator.mul, gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv, gast.Mod: operator.mod, gast.Pow: operator.pow,
    gast.BitAnd: operator.and_, gast.BitOr: operator.or_, gast.BitXor: operator.xor,
    gast.LShift: operator.lshift, gast.RShift: operator.rshift,
    gast.UAdd: operator.pos, gast.USub: operator.neg, gast.Not: operator.not_, gast.Invert: operator.invert,
}  # fmt: skip
ATTRIBUTES = frozenset({"T", "shape", "size", "ndim", "dtype", "real", "imag"})
METHODS = frozenset({"reshape", "astype", "copy", "transpose", "ravel", "flatten", "tolist", "sum", "mean"})
KEYWORDS = frozenset({
    "dtype", "order", "axis", "ndmin", "copy", "shape", "fill_value", "start", "stop", "step", "num",
    "endpoint", "base", "N", "M", "k", "decimals",
})  # fmt: skip

# What stands for objects that a module makes when it is imported, while programs that read them are compiled.
STAND_INS: dict[Any, Any] = {logging.getLogger: logging.Logger("stand_in")}


class NotConstant(Exception):
    """The expression is no literal and no constructor of literals; the text says what it is."""


def evaluate(node: Any, look_up: Callable[[str], Any]) -> Any:
    """The value of a constant expression.

    Args:
        node: the expression.
        look_up: what a name means, as ``Scope.lookup`` says it.

    Raises:
        NotConstant: for everything else, and for values too large to be computed while compiling.

    >>> tree = gast.parse("[0.5, 2 * 3]", mode="eval").body
    >>> evaluate(tree, lambda name: None)
    [0.5, 6]
    """
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Evaluator(look_up).value(node)
    except NotConstant:
        raise
    except Exception as fault:  # noqa: BLE001  (whatever Python raises for the expression)
        raise NotConstant(f"an expression that raises {type(fault).__name__}") from None


class _Evaluator:
    def __init__(self, look_up: Callable[[str], Any]) -> None:
        self.look_up = look_up

    def meaning(self, node: Any) -> Any:
        """What a dotted name means; None for other expressions."""
        if isinstance(node, gast.Name):
            return self.look_up(node.id)
        base = self.meaning(node.value) if isinstance(node, gast.Attribute) else None
        return member(base, node.attr) if isinstance(base, Value) else None

    def value(self, node: Any) -> Any:
        """The value of an expression, no larger than allowed."""
        out = self.computed(node)
        _weight(out)
        return out

    def computed(self, node: Any) -> Any:
        found = self.meaning(node)
        if isinstance(found, (Free, Value)):
            return found.value
        if isinstance(node, gast.Constant):
            return node.value
        if isinstance(node, gast.UnaryOp):
            return OPERATORS[type(node.op)](self.value(node.operand))
        if isinstance(node, gast.BinOp) and type(node.op) in OPERATORS:
            left, right = self.value(node.left), self.value(node.right)
            _check_operation(node.op, left, right)
            return OPERATORS[type(node.op)](left, right)
        if isinstance(node, (gast.Tuple, gast.List)):
            return (tuple if isinstance(node, gast.Tuple) else list)(map(self.value, node.elts))
        if isinstance(node, gast.Dict) and None not in node.keys:
            return {self.value(k): self.value(v) for k, v in zip(node.keys, node.values, strict=True)}
        if isinstance(node, gast.Slice):
            return slice(*(None if p is None else self.value(p) for p in (node.lower, node.upper, node.step)))
        if isinstance(node, gast.Subscript):
            return self.value(node.value)[self.computed(node.slice)]
        if isinstance(node, gast.Attribute):
            base = self.value(node.value)
            if isinstance(base, (np.ndarray, np.generic)) and node.attr in ATTRIBUTES:
                return getattr(base, node.attr)
        if isinstance(node, gast.Call):
            return self.called(node)
        raise NotConstant(f"`{_short(node)}`")

    def called(self, node: Any) -> Any:
        found = self.meaning(node.func)
        if (
            isinstance(found, Value)
            and found.value in STAND_INS
            and all(map(_is_name, node.args))
            and not node.keywords
        ):
            return STAND_INS[found.value]
        if any(k.arg not in KEYWORDS for k in node.keywords):
            raise NotConstant(f"`{_short(node)}`")
        args, kwargs = [self.value(a) for a in node.args], {k.arg: self.value(k.value) for k in node.keywords}
        if isinstance(found, Value):
            size = size_of_call(found.value, args, kwargs)
            if size is None:
                raise NotConstant(f"a call of `{_short(node.func)}`")
            _check_size(size)
            return found.value(*args, **kwargs)
        if isinstance(node.func, gast.Attribute) and node.func.attr in METHODS:
            base = self.value(node.func.value)
            if isinstance(base, np.ndarray):
                _check_dtypes([*args, *kwargs.values()])
                return getattr(base, node.func.attr)(*args, **kwargs)
        raise NotConstant(f"a call of `{_short(node.func)}`")


def _is_name(node: Any) -> bool:
    """Whether an argument is a name that is written out, or the module's own."""
    return isinstance(node, gast.Constant) or (isinstance(node, gast.Name) and node.id == "__name__")


# -- sizes ---------------------------------------------------------------------------------------------------


def size_of_call(function: Any, args: list[Any], kwargs: dict[str, Any]) -> int | None:
    """How many numbers a call can give, known before it is made; None for functions that are not called.

    >>> size_of_call(np.zeros, [(10, 20)], {}), size_of_call(np.arange, [5], {}), size_of_call(print, [], {})
    (200, 6, None)
    """
    if any(function is f for f in CONVERSIONS):
        return sum(map(_weight, args))
    if isinstance(function, type) and issubclass(function, np.generic):
        return sum(map(_weight, args)) if np.dtype(function).kind in DTYPES else None
    by_signature = next((size for functions, size in SIZES if any(function is f for f in functions)), None)
    if by_signature is not None:
        _check_dtypes([*args, *kwargs.values()])
        return int(by_signature(*args, **kwargs))
    rule = rules.lookup(function)
    if rule is None or rule.kind not in ("elementwise", "zero") or not all(map(_is_numeric, args)):
        return None
    return math.prod(np.broadcast_shapes(*map(np.shape, args)))


CONVERSIONS = (float, int, complex, bool, abs, len, min, max, sum, round, tuple, list)
SIZES: tuple[tuple[tuple[Any, ...], Callable[..., Any]], ...] = (
    ((np.zeros, np.ones, np.empty, np.full), lambda shape, *args, **kwargs: _volume(shape)),
    ((np.zeros_like, np.ones_like, np.empty_like), lambda a, dtype=None, order="K": _weight(a)),
    ((np.full_like,), lambda a, fill_value, dtype=None, order="K": _weight(a)),
    ((np.array, np.asarray, np.ascontiguousarray, np.copy), lambda a, *args, **kwargs: _weight(a)),
    (
        (np.concatenate, np.stack, np.vstack, np.hstack, np.column_stack),
        lambda a, *args, **kwargs: _weight(a),
    ),
    ((np.reshape, np.ravel, np.transpose, np.flip), lambda a, *args, **kwargs: _weight(a)),
    ((np.eye, np.tri), lambda N, M=None, *args, **kwargs: N * (N if M is None else M)),
    ((np.identity,), lambda n, *args, **kwargs: n * n),
    ((np.diag,), lambda v, k=0: (np.size(v) + abs(k)) ** 2),
    (
        (np.linspace, np.logspace, np.geomspace),
        lambda start, stop, num=50, *args, **kwargs: num * max(np.size(start), np.size(stop)),
    ),
    ((np.arange,), lambda start, stop=None, step=1, dtype=None: _count(start, stop, step)),
    ((builtins.range,), lambda *args: _count(*args)),
)


def _volume(shape: Any) -> int:
    return math.prod(abs(n) for n in (shape if isinstance(shape, (tuple, list)) else (shape,)))


def _count(start: Any, stop: Any = None, step: Any = 1) -> float:
    first, last = (0, start) if stop is None else (start, stop)
    return max(0.0, float((last - first) / step)) + 1


def _check_operation(op: Any, left: Any, right: Any) -> None:
    """Refuse operations whose result may be much larger than their operands."""
    whole = isinstance(left, int) and isinstance(right, int)
    if whole and isinstance(op, gast.Pow):
        _check_size(left.bit_length() * max(right, 0), MAX_BITS)
    elif whole and isinstance(op, gast.LShift):
        _check_size(left.bit_length() + right, MAX_BITS)
    elif whole and isinstance(op, gast.Mult):
        _check_size(left.bit_length() + right.bit_length(), MAX_BITS)
    elif _is_numeric(left) and _is_numeric(right):
        _check_size(math.prod(np.broadcast_shapes(np.shape(left), np.shape(right))))
    elif isinstance(op, gast.Add) and type(left) is type(right):
        _check_size(_weight(left) + _weight(right))
    elif isinstance(op, gast.Mult) and isinstance(left, int) != isinstance(right, int):
        number, items = (left, right) if isinstance(left, int) else (right, left)
        _check_size(abs(number) * _weight(items))
    else:
        raise NotConstant(f"an operation on {type(left).__name__} and {type(right).__name__}")


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (int, float, complex, np.ndarray, np.generic))


def _check_dtypes(values: list[Any]) -> None:
    """Refuse dtypes that are no numbers (texts of any length, objects); words for memory layouts may pass."""
    for value in values:
        if isinstance(value, (str, type)) and value not in ("C", "F", "K", "A"):
            if np.dtype(value).kind not in DTYPES:
                raise NotConstant(f"an array of {np.dtype(value)}")


def _check_size(size: float, limit: int = MAX_ITEMS) -> None:
    if size > limit:
        raise NotConstant("a value too large to be computed while compiling")


def _weight(value: Any) -> int:
    """The number of leaves of a value; refuses what is too large without counting further."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in DTYPES:
            raise NotConstant(f"an array of {value.dtype}")
        _check_size(value.size)
        return value.size
    if isinstance(value, (str, bytes, range)):
        _check_size(len(value))
        return len(value)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    total = 1
    for item in items:
        total += _weight(item)
        _check_size(total)
    return total


def _short(node: Any) -> str:
    text: str = gast.unparse(node).strip().split("\n")[0]
    return text if len(text) <= 40 else text[:37] + "..."
