"""``copy.copy`` and ``copy.deepcopy``, by the type of what is copied.

copy.copy(p)         an object of the same class with the same attributes
copy.deepcopy(d)     {k: deepcopy(v) for k, v in d.items()}
"""

from __future__ import annotations

import copy
from typing import Any

import gast

from adjoint_compiler.frontend import expressions
from adjoint_compiler.frontend.assumptions import settled_type
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.ir.joins import element
from adjoint_compiler.ir.nodes import Const, Effect, Name, Operand, Pack
from adjoint_compiler.ir.types import OneOfSeveral, Type, is_number

IMMUTABLE = ("str", "none", "bool", "function")
OWN = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__slots__")


def lower_copy(cx: Context, scope: Scope, node: Any, function: Any, stem: str) -> Operand | None:
    """A call of ``copy.copy`` or ``copy.deepcopy``; None for other calls."""
    if function not in (copy.copy, copy.deepcopy) or len(node.args) != 1 or node.keywords:
        return None
    operand = expressions.lower(cx, scope, node.args[0])
    held = operand if isinstance(operand, Name) else cx.bind("copy", operand, stem=stem)
    t = settled_type(cx, scope, node, held, "what is copied")
    deep = function is copy.deepcopy
    if deep and _mutable_parts(t) > 1:  # what is in it twice is copied once, and stays one
        cx.emit(Effect("check", (held,), cx.span, "check_distinct"))
    return _copied(cx, scope, node, held, t, deep)


def _mutable_parts(t: Type) -> int:
    if t.kind in ("tuple", "list", "dict", "record"):
        many = 2 if t.kind == "list" and len(t.items) == 1 else 1
        return int(t.kind != "tuple") + many * sum(map(_mutable_parts, t.items))
    return int(not is_number(t) and t.kind not in IMMUTABLE)


def _copied(cx: Context, scope: Scope, node: Any, operand: Name, t: Type, deep: bool) -> Operand:
    if is_number(t) or t.kind in IMMUTABLE or (t.kind == "tuple" and not deep):
        return operand
    if t.kind == "array":
        return cx.bind("numpy.copy", operand)
    if t.kind == "list" and (not deep or not _mutable_parts(element(t))):
        return cx.bind("builtins.list", operand)
    if t.kind == "tuple":
        return Pack("tuple", tuple(_part(cx, scope, node, operand, Const(k), i, deep) for k, i in enumerate(t.items)))
    if t.kind == "dict" and t.keys and t.cls is None:
        parts = (_part(cx, scope, node, operand, Const(k), i, deep) for k, i in zip(t.keys, t.items, strict=True))
        return Pack("dict", tuple(parts), t.keys)
    if t.kind in ("list", "dict"):
        return _in_loop(cx, scope, node, operand, t, deep)
    if t.kind == "record" and t.cls is not OneOfSeveral and not any(member_of(t.cls, n) is not None for n in OWN):
        items = []
        for name, i in zip(t.keys, t.items, strict=True):
            part = cx.bind("attribute", operand, Const(name))
            items.append(_copied(cx, scope, node, part, i, deep) if deep else part)
        return Pack("record", tuple(items), t.keys, Const(t.cls, expressions.class_name(cx, t.cls)))
    raise cx.refuse("AC001", node, scope, f"a copy of a value of type {t} is not differentiated yet",
                    "copy what is needed of it")  # fmt: skip


def _part(cx: Context, scope: Scope, node: Any, operand: Name, at: Operand, t: Type, deep: bool) -> Operand:
    part = cx.bind("index", operand, at)
    return _copied(cx, scope, node, part, t, deep) if deep else part


def _in_loop(cx: Context, scope: Scope, node: Any, operand: Name, t: Type, deep: bool) -> Operand:
    """A list or dict whose items are copied one after the other."""

    def name(text: str, context: Any) -> Any:
        return gast.copy_location(gast.Name(text, context, None, None), node)

    value = name("<v>", gast.Load())
    if deep:
        function = Given(Value(copy.deepcopy, "copy.deepcopy"), node)
        value = gast.copy_location(gast.Call(function, [value], []), node)
    items = Given(operand, node)
    if t.kind == "list":
        comp = gast.comprehension(name("<v>", gast.Store()), items, [], 0)
        return expressions.lower(cx, scope, gast.copy_location(gast.ListComp(value, [comp]), node))
    called = gast.copy_location(gast.Call(gast.Attribute(items, "items", gast.Load()), [], []), node)
    pair = gast.copy_location(gast.Tuple([name("<k>", gast.Store()), name("<v>", gast.Store())], gast.Store()), node)
    comp = gast.comprehension(pair, called, [], 0)
    return expressions.lower(
        cx, scope, gast.copy_location(gast.DictComp(name("<k>", gast.Load()), value, [comp]), node)
    )


__all__ = ["lower_copy"]
