"""Operators, comparisons and conditions, as operations and branches.

a < b < c          test = a < b; if test: test = b < c
a and b            test = a; if test: test = b
a if c else b      if c: t = a; else: t = b
"""

from __future__ import annotations

import builtins
from typing import Any

import gast

from adjoint_compiler.frontend import (
    comprehensions,
    expressions,
    held_functions,
    instances,
    object_operators,
    patterns,
    statements,
)
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope, Several, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, If, Name, Operand, Pack
from adjoint_compiler.ir.types import UNKNOWN, is_number

UNARY = {gast.USub: "neg", gast.UAdd: "pos", gast.Not: "not_", gast.Invert: "invert"}
COMPARISONS = {
    gast.Lt: "lt", gast.LtE: "le", gast.Gt: "gt", gast.GtE: "ge", gast.Eq: "eq", gast.NotEq: "ne",
    gast.Is: "is_", gast.IsNot: "is_not", gast.In: "contains", gast.NotIn: "not_contains",
}  # fmt: skip


def static_condition(cx: Context, scope: Scope, node: Any) -> bool | None:
    """The truth of a condition that is known while compiling; None for everything else."""
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not):
        inner = static_condition(cx, scope, node.operand)
        return None if inner is None else not inner
    if isinstance(node, gast.Call):
        known = _is_callable(cx, scope, node)
        return instances.is_instance(cx, scope, node) if known is None else known
    if isinstance(node, gast.Compare):
        return _is_none(cx, scope, node)
    if isinstance(node, gast.Name) and held_functions.denotes_function(cx, scope, node):
        return True
    constant = node.operand if isinstance(node, Given) else node
    return bool(constant.value) if isinstance(constant, (gast.Constant, Const)) else None


def _is_none(cx: Context, scope: Scope, node: Any) -> bool | None:
    """The truth of ``f is None`` of a name that is a function, or None, while compiling; None for other comparisons."""
    if len(node.ops) > 1 or not isinstance(node.ops[0], (gast.Is, gast.IsNot)) or not isinstance(node.left, gast.Name):
        return None
    if not isinstance(node.comparators[0], gast.Constant) or node.comparators[0].value is not None:
        return None
    found = scope.lookup(node.left.id)
    is_none = type(found) is Value and found.value is None
    if not is_none and not held_functions.denotes_function(cx, scope, node.left):
        return None
    return is_none is isinstance(node.ops[0], gast.Is)


def _is_callable(cx: Context, scope: Scope, node: Any) -> bool | None:
    """The truth of ``callable(f)`` of a name that is a function, or a number or array; None for other calls."""
    asked = expressions.compile_time(cx, scope, node.func)
    if not isinstance(asked, Value) or asked.value is not builtins.callable or len(node.args) != 1:
        return None
    if not isinstance(node.args[0], gast.Name):
        return None
    if held_functions.denotes_function(cx, scope, node.args[0]):
        return True
    found = scope.lookup(node.args[0].id)
    if type(found) is Value:
        return callable(found.value)
    t = types_so_far(cx).get(found.name, UNKNOWN) if isinstance(found, Variable) else UNKNOWN
    return False if is_number(t) or t.kind in ("array", "real", "none", "str") else None


def lower_condition(cx: Context, scope: Scope, node: Any) -> Operand:
    """Lower a condition to a boolean: a comparison, or the truth of a value taken once."""
    operand = expressions.lower(cx, scope, node, stem="test")
    for name in ("bool", "len"):
        made = object_operators.special(cx, scope, node, operand, name)
        if made is not None:
            return cx.bind("builtins.bool", made, stem="test")
    if isinstance(node, (gast.Compare, gast.BoolOp, patterns.Answer)) or (
        isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not)
    ):
        return operand
    return operand if isinstance(operand, Const) else cx.bind("builtins.bool", operand, stem="test")


def _binop(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    left, right = expressions.lower(cx, scope, node.left), expressions.lower(cx, scope, node.right)
    made = object_operators.binary(cx, scope, node, left, right)
    if made is not None:
        return made
    return cx.bind(f"operator.{statements.OPERATORS[type(node.op)]}", left, right, stem=stem)


def _unaryop(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    operand = expressions.lower(cx, scope, node.operand)
    if (
        isinstance(operand, Const)
        and isinstance(node.op, gast.USub)
        and isinstance(operand.value, (int, float, complex))
    ):
        if not operand.text or operand.text in ("np.inf", "numpy.inf", "math.inf"):
            return Const(-operand.value)
    made = object_operators.special(cx, scope, node, operand, object_operators.UNARY.get(type(node.op), ""))
    if made is not None:
        return made
    return cx.bind(f"operator.{UNARY[type(node.op)]}", operand, stem=stem)


def _compare(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    left = expressions.lower(cx, scope, node.left)
    right = _asked(cx, scope, node, 0)
    result = _comparison(cx, scope, node, 0, left, right)
    if len(node.ops) == 1:
        return result
    # a < b < c: the later comparisons run only while the earlier ones hold.
    target = cx.temporary("test")
    cx.assign(target, result)
    _chain(cx, scope, node, 1, right, target)
    return Name(target)


def _asked(cx: Context, scope: Scope, node: Any, k: int) -> Operand:
    """The right side of a comparison; of a dict that holds functions, which is asked for a key, its keys."""
    right = node.comparators[k]
    if isinstance(node.ops[k], (gast.In, gast.NotIn)) and isinstance(right, (gast.Name, gast.Attribute)):
        found = expressions.compile_time(cx, scope, right)
        if isinstance(found, Several) and found.keys is not None:
            return Pack("tuple", tuple(map(Const, found.keys)))
    return expressions.lower(cx, scope, right)


def _chain(cx: Context, scope: Scope, node: Any, k: int, left: Operand, target: str) -> None:
    with cx.nested() as body:
        right = _asked(cx, scope, node, k)
        cx.assign(target, _comparison(cx, scope, node, k, left, right))
        if k + 1 < len(node.ops):
            _chain(cx, scope, node, k + 1, right, target)
    cx.emit(If(Name(target), as_block(body), (), cx.span))


def _comparison(cx: Context, scope: Scope, node: Any, k: int, left: Operand, right: Operand) -> Operand:
    name = COMPARISONS[type(node.ops[k])]
    made = object_operators.compared(cx, scope, node, node.ops[k], left, right)
    if made is None and "contains" in name:
        made = object_operators.special(cx, scope, node, right, "contains", left)
        made = cx.bind("operator.not_", made, stem="test") if made is not None and name == "not_contains" else made
    if made is not None:
        return made
    if name in ("contains", "not_contains"):
        found = cx.bind("operator.contains", right, left, stem="test")
        return found if name == "contains" else cx.bind("operator.not_", found, stem="test")
    return cx.bind(f"operator.{name}", left, right, stem="test")


def _boolop(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    target = cx.temporary("test")
    cx.assign(target, expressions.lower(cx, scope, node.values[0]))
    _bool_rest(cx, scope, node, 1, target)
    return Name(target)


def _bool_rest(cx: Context, scope: Scope, node: Any, k: int, target: str) -> None:
    with cx.nested() as body:
        cx.assign(target, expressions.lower(cx, scope, node.values[k]))
        if k + 1 < len(node.values):
            _bool_rest(cx, scope, node, k + 1, target)
    block = as_block(body)
    cx.emit(If(Name(target), block, ()) if isinstance(node.op, gast.And) else If(Name(target), (), block))


def _ifexp(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    static = static_condition(cx, scope, node.test)
    if static is not None:
        return expressions.lower(cx, scope, node.body if static else node.orelse, stem)
    cond = lower_condition(cx, scope, node.test)
    target = cx.temporary(stem)
    with cx.nested() as then:
        cx.assign(target, comprehensions.of_its_own(cx, scope, node.body, expressions.lower(cx, scope, node.body)))
    with cx.nested() as orelse:
        cx.assign(target, comprehensions.of_its_own(cx, scope, node.orelse, expressions.lower(cx, scope, node.orelse)))
    cx.emit(If(cond, as_block(then), as_block(orelse), cx.span))
    return Name(target)


HANDLERS = {
    gast.BinOp: _binop, gast.UnaryOp: _unaryop, gast.Compare: _compare, gast.BoolOp: _boolop, gast.IfExp: _ifexp,
}  # fmt: skip

__all__ = ["HANDLERS", "lower_condition", "static_condition"]
