"""How operations are written in Python."""

from __future__ import annotations

import math
import string
from typing import Any

import gast
import numpy as np

BINARY = {
    "add": gast.Add, "sub": gast.Sub, "mul": gast.Mult, "truediv": gast.Div, "floordiv": gast.FloorDiv,
    "mod": gast.Mod, "pow": gast.Pow, "matmul": gast.MatMult, "and_": gast.BitAnd, "or_": gast.BitOr,
    "xor": gast.BitXor, "lshift": gast.LShift, "rshift": gast.RShift,
}  # fmt: skip
UNARY = {"neg": gast.USub, "pos": gast.UAdd, "not_": gast.Not, "invert": gast.Invert}
COMPARE = {
    "lt": gast.Lt, "le": gast.LtE, "gt": gast.Gt, "ge": gast.GtE, "eq": gast.Eq, "ne": gast.NotEq,
    "is_": gast.Is, "is_not": gast.IsNot,
}  # fmt: skip
HELPERS = "adjoint_compiler.runtime."


def name(text: str, store: bool = False) -> Any:
    """A variable."""
    return gast.Name(text, gast.Store() if store else gast.Load(), None, None)


def dotted(text: str) -> Any:
    """``np.linalg.solve`` as a tree."""
    first, *rest = text.split(".")
    tree = name(first)
    for part in rest:
        tree = gast.Attribute(tree, part, gast.Load())
    return tree


def constant(value: Any, text: str = "") -> Any:
    """A literal; infinities and NaN by NumPy's names."""
    if text:
        return gast.parse(text, mode="eval").body if any(c in text for c in "()'") else dotted(text)
    if isinstance(value, (float, np.floating)) and not math.isfinite(value):
        tree = dotted("np.nan" if math.isnan(value) else "np.inf")
        return gast.UnaryOp(gast.USub(), tree) if value < 0 else tree
    if isinstance(value, (int, float)) and not isinstance(value, bool) and (value < 0 or repr(value) == "-0.0"):
        return gast.UnaryOp(gast.USub(), gast.Constant(-value, None))
    return gast.Constant(value, None)


def library_name(op: str) -> str:
    """The Python spelling of a library function's key.

    >>> library_name("numpy.sin"), library_name("builtins.float"), library_name("adjoint_compiler.runtime.memory.shadow")
    ('np.sin', 'float', 'shadow')
    """
    if op.startswith("numpy."):
        return "np." + op[len("numpy.") :]
    if op.startswith("builtins."):
        return op[len("builtins.") :]
    if op.startswith(HELPERS):
        return op.rsplit(".", 1)[1]
    return op


def operation(op: str, args: list[Any], kwargs: list[tuple[str, Any]], keys: list[Any]) -> Any:
    """The expression for an operation; ``keys`` are the operands as IR, for those that are part of the spelling."""
    if op.startswith("operator."):
        word = op.split(".")[1]
        if word in BINARY:
            return gast.BinOp(_without_double_minus(args[0]), BINARY[word](), _without_double_minus(args[1]))
        if word in UNARY:
            return gast.UnaryOp(UNARY[word](), args[0])
        if word in COMPARE:
            return gast.Compare(args[0], [COMPARE[word]()], [args[1]])
        if word == "contains":
            return gast.Compare(args[1], [gast.In()], [args[0]])
    if op == "copy":
        return args[0]
    if op.startswith("custom."):
        return custom_operation(op, args)
    if op == "index":
        return gast.Subscript(args[0], args[1], gast.Load())
    if op == "field":
        return gast.Attribute(args[0], keys[1].value, gast.Load())
    if op.startswith("attribute."):
        return gast.Attribute(args[0], op.split(".", 1)[1], gast.Load())
    if op == "format":
        return formatted(args[0].value, args[1:])
    if op.startswith("method."):
        method = op.split(".", 1)[1]
        if method == "item":
            args, kwargs = [*args, *(v for _, v in kwargs)], []
        return call(gast.Attribute(args[0], method, gast.Load()), args[1:], kwargs)
    if op == "range_length":
        return call(name("len"), [call(name("range"), args, [])], [])
    return call(dotted(library_name(op)), args, kwargs)


def custom_operation(op: str, args: list[Any]) -> Any:
    """The expression for an operation that stands for a call of a user's function (see ``rules.user``)."""
    function, *rest = args
    if op in ("custom.value", "custom.own"):
        value = gast.Subscript(rest[0], gast.Constant(0, None), gast.Load())
        return value if op == "custom.value" else call(name("own_result"), [value, *rest[1:]], [])
    result = call(function, rest, [])
    return call(name("as_pair"), [result], []) if op == "custom.checked" else result


def _without_double_minus(node: Any) -> Any:
    """``x`` for ``--x`` as an operand, where nobody can hold the result."""
    inner = getattr(node, "operand", None)
    double = all(isinstance(n, gast.UnaryOp) and isinstance(n.op, gast.USub) for n in (node, inner))
    return inner.operand if inner is not None and double else node


def formatted(template: str, values: list[Any]) -> Any:
    """A text with values put in: an f-string, or a call of ``format`` where quotes would meet quotes."""
    if any(isinstance(n, gast.Constant) and isinstance(n.value, str) for v in values for n in gast.walk(v)):
        return call(gast.Attribute(gast.Constant(template, None), "format", gast.Load()), values, [])
    parts: list[Any] = []
    remaining = iter(values)
    for literal, field, spec, conversion in string.Formatter().parse(template):
        if literal:
            parts.append(gast.Constant(literal, None))
        if field is not None:
            layout = gast.JoinedStr([gast.Constant(spec, None)]) if spec else None
            parts.append(gast.FormattedValue(next(remaining), ord(conversion) if conversion else -1, layout))
    return gast.JoinedStr(parts)


def boolean(word: type, left: Any, right: Any) -> Any:
    """``left and right``, or ``left or right``; ``a < b and b < c`` is ``a < b < c``."""
    if word is gast.And and isinstance(left, gast.Compare) and isinstance(right, gast.Compare):
        middle, again = left.comparators[-1], right.left
        if isinstance(again, gast.Name) and gast.dump(again) == gast.dump(middle):
            return gast.Compare(left.left, [*left.ops, *right.ops], [*left.comparators, *right.comparators])
    return gast.BoolOp(word(), [left, right])


def call(function: Any, args: list[Any], kwargs: list[tuple[str, Any]]) -> Any:
    """A call."""
    return gast.Call(function, args, [gast.keyword(k, v) for k, v in kwargs])
