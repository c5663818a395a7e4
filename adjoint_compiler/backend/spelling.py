"""How operations are written in Python."""

from __future__ import annotations

import ast
import math
import string
from typing import Any

import numpy as np

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.rules.registry import TABLE

LOAD, STORE = ast.Load(), ast.Store()
BINARY = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv,
    "mod": ast.Mod, "pow": ast.Pow, "matmul": ast.MatMult, "and_": ast.BitAnd, "or_": ast.BitOr,
    "xor": ast.BitXor, "lshift": ast.LShift, "rshift": ast.RShift,
}  # fmt: skip
UNARY = {"neg": ast.USub, "pos": ast.UAdd, "not_": ast.Not, "invert": ast.Invert}
COMPARE = {
    "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE, "eq": ast.Eq, "ne": ast.NotEq,
    "is_": ast.Is, "is_not": ast.IsNot,
}  # fmt: skip
OPPOSITE: dict[type, Any] = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
HELPERS = "adjoint_compiler.runtime."


def name(text: str, store: bool = False) -> Any:
    """A variable."""
    return ast.Name(text, STORE if store else LOAD)


def dotted(text: str) -> Any:
    """``np.linalg.solve`` as a tree."""
    first, *rest = text.split(".")
    tree = name(first)
    for part in rest:
        tree = ast.Attribute(tree, part, LOAD)
    return tree


def constant(value: Any, text: str = "") -> Any:
    """A literal; infinities and NaN by NumPy's names."""
    if text:
        return ast.parse(text, mode="eval").body if any(c in text for c in "()'") else dotted(text)
    if isinstance(value, (float, np.floating)) and not math.isfinite(value):
        tree = dotted("np.nan" if math.isnan(value) else "np.inf")
        return ast.UnaryOp(ast.USub(), tree) if value < 0 else tree
    if isinstance(value, (int, float)) and not isinstance(value, bool) and (value < 0 or repr(value) == "-0.0"):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def made(cls: Const, keys: tuple[str, ...], values: list[Any]) -> Any:
    """A new object: by a call of its class where that only sets the attributes, else by the helper ``instance``."""
    fields = getattr(cls.value, "_fields", None)
    if fields == keys:
        return call(dotted(cls.text), values, [])
    if hasattr(cls.value, "__dataclass_fields__") and not hasattr(cls.value, "__post_init__"):
        params = cls.value.__dataclass_params__
        known = [f.name for f in cls.value.__dataclass_fields__.values() if f.init and str(f._field_type) == "_FIELD"]
        if params.init and tuple(known) == keys and not any(f.kw_only for f in cls.value.__dataclass_fields__.values()):
            return call(dotted(cls.text), values, [])
    return call(name("instance"), [dotted(cls.text)], list(zip(keys, values)))


def library_name(op: str) -> str:
    """The Python spelling of a library function's key.

    >>> library_name("numpy.sin"), library_name("builtins.float"), library_name("adjoint_compiler.runtime.memory.shadow")
    ('np.sin', 'float', 'shadow')
    """
    if op.startswith("numpy."):
        return "np." + op[len("numpy.") :]
    if op.startswith("builtins."):
        return op[len("builtins.") :]
    if op.startswith("numba."):
        return op[len("numba.") :]
    if op.startswith((HELPERS, "user.")):
        return op.rsplit(".", 1)[1]
    return op


def negated(test: Any) -> Any:
    """``not test``: of a test of membership or of identity, the opposite test.

    >>> [ast.unparse(negated(ast.parse(t, mode="eval").body)) for t in ("a in b", "a is not None", "not a", "a < b")]
    ['a not in b', 'a is None', 'not not a', 'not a < b']
    """
    opposite = OPPOSITE.get(type(test.ops[0])) if isinstance(test, ast.Compare) and len(test.ops) == 1 else None
    if opposite is None:
        return ast.UnaryOp(ast.Not(), test)
    return ast.Compare(test.left, [opposite()], test.comparators)


def operation(op: str, args: list[Any], kwargs: list[tuple[str, Any]], keys: list[Any]) -> Any:
    """The expression for an operation; ``keys`` are the operands as IR, for those that are part of the spelling."""
    if op.startswith("operator."):
        word = op.split(".")[1]
        if word in BINARY:
            return ast.BinOp(_without_double_minus(args[0]), BINARY[word](), _without_double_minus(args[1]))
        if word == "not_":
            return negated(args[0])
        if word in UNARY:
            return ast.UnaryOp(UNARY[word](), args[0])
        if word in COMPARE:
            return ast.Compare(args[0], [COMPARE[word]()], [args[1]])
        if word == "contains":
            return ast.Compare(args[1], [ast.In()], [args[0]])
    if op == "copy":
        return args[0]
    if op.startswith("custom."):
        return custom_operation(op, args)
    if op == "index":
        return ast.Subscript(args[0], args[1], LOAD)
    if op == "field":
        return ast.Attribute(args[0], keys[1].value, LOAD)
    if op.startswith("attribute."):
        return ast.Attribute(args[0], op.split(".", 1)[1], LOAD)
    if op == "format":
        return formatted(args[0].value, args[1:])
    if op.startswith("method."):
        method = op.split(".", 1)[1]
        if method == "item":
            args, kwargs = [*args, *(v for _, v in kwargs)], []
        return call(ast.Attribute(args[0], method, LOAD), args[1:], kwargs)
    if op == "range_length":
        return call(name("len"), [call(name("range"), args, [])], [])
    if op in TABLE.by_key and TABLE.by_key[op].params[:1] == ("self",):
        method = op.rsplit(".", 1)[1]
        return (
            call(name("next"), args, kwargs)
            if method == "__next__"
            else call(ast.Attribute(args[0], method, LOAD), args[1:], kwargs)
        )
    while op.startswith("numpy.") and kwargs and len(args) == UNNAMED.get(kwargs[0][0]):
        args, kwargs = [*args, kwargs[0][1]], kwargs[1:]
    return call(dotted(library_name(op)), args, kwargs)


# parameters that nobody names, by the number of arguments before them: `np.arange(1, n)`, `np.clip(x, 0.0, 1.0)`
UNNAMED = {"stop": 1, "step": 2, "num": 2, "a_min": 1, "a_max": 2}


def custom_operation(op: str, args: list[Any]) -> Any:
    """The expression for an operation that stands for a call of a user's function (see ``rules.user``)."""
    function, *rest = args
    if op in ("custom.value", "custom.own"):
        value = ast.Subscript(rest[0], ast.Constant(0), LOAD)
        return value if op == "custom.value" else call(name("own_result"), [value, *rest[1:]], [])
    result = call(function, rest, [])
    return call(name("as_pair"), [result], []) if op == "custom.checked" else result


def _without_double_minus(node: Any) -> Any:
    """``x`` for ``--x`` as an operand, where nobody can hold the result."""
    return node.operand.operand if _is_minus(node) and _is_minus(node.operand) else node


def _is_minus(node: Any) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def formatted(template: str, values: list[Any]) -> Any:
    """A text with values put in: an f-string, or a call of ``format`` where quotes would meet quotes."""
    if any(isinstance(n, ast.Constant) and isinstance(n.value, str) for v in values for n in ast.walk(v)):
        return call(ast.Attribute(ast.Constant(template), "format", LOAD), values, [])
    parts: list[Any] = []
    remaining = iter(values)
    for literal, field, spec, conversion in string.Formatter().parse(template):
        if literal:
            parts.append(ast.Constant(literal))
        if field is not None:
            layout = ast.JoinedStr([ast.Constant(spec)]) if spec else None
            parts.append(ast.FormattedValue(next(remaining), ord(conversion) if conversion else -1, layout))
    return ast.JoinedStr(parts)


def boolean(word: type, left: Any, right: Any) -> Any:
    """``left and right``, or ``left or right``; ``a < b and b < c`` is ``a < b < c``."""
    if word is ast.And and isinstance(left, ast.Compare) and isinstance(right, ast.Compare):
        middle, again = left.comparators[-1], right.left
        if isinstance(again, ast.Name) and ast.dump(again) == ast.dump(middle):
            return ast.Compare(left.left, [*left.ops, *right.ops], [*left.comparators, *right.comparators])
    return ast.BoolOp(word(), [left, right])


def call(function: Any, args: list[Any], kwargs: list[tuple[str, Any]]) -> Any:
    """A call."""
    return ast.Call(function, args, [ast.keyword(k, v) for k, v in kwargs])
