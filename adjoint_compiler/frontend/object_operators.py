"""Operators of objects: by the methods of their classes, as Python finds them.

a + b              Vector.__add__(a, b), or Vector.__radd__(b, a)
a += b             a = Vector.__iadd__(a, b)
a[i], a(x), -a     Vector.__getitem__(a, i), ...
abs(a)             Vector.__abs__(a)
"""

from __future__ import annotations

import enum
from typing import Any

import gast

from adjoint_compiler.frontend import objects, several_classes
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import walk

BINARY = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.FloorDiv: "floordiv", gast.Mod: "mod",
    gast.Pow: "pow", gast.MatMult: "matmul", gast.BitAnd: "and", gast.BitOr: "or", gast.BitXor: "xor",
    gast.LShift: "lshift", gast.RShift: "rshift",
}  # fmt: skip
UNARY = {gast.USub: "neg", gast.UAdd: "pos", gast.Invert: "invert"}
COMPARE = {gast.Lt: "lt", gast.LtE: "le", gast.Gt: "gt", gast.GtE: "ge", gast.Eq: "eq", gast.NotEq: "ne"}
BUILTINS = {abs: "abs", len: "len", float: "float", int: "int", bool: "bool", round: "round"}
SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def called_with_object(cx: Context, scope: Scope, node: Any, function: Any, args: list[Operand]) -> Operand | None:
    """``abs(object)`` and the like, by the object's own method; None for all other calls."""
    if not objects.may_have_objects(cx):
        return None
    if len(args) == 2 and getattr(function, "__name__", "") == "spsolve":  # of a matrix that the program made
        return special(cx, scope, node, args[0], "spsolve", args[1])
    if len(args) != 1 or function not in BUILTINS:
        return None
    return special(cx, scope, node, args[0], BUILTINS[function])


def special(cx: Context, scope: Scope, node: Any, me: Any, name: str, *args: Operand) -> Operand | None:
    """The result of ``object.__name__(*args)``; None where it is no object, or has no such method."""
    if several_classes.alternatives(cx, me):
        if not any(member_of(c.cls, f"__{name}__") for c in several_classes.alternatives(cx, me)):
            return None
        again = [cx.bind("copy", a) if isinstance(a, Pack) else a for a in args]
        return several_classes.by_class(
            cx, scope, node, me, f"__{name}__", lambda o: special(cx, scope, node, o, name, *again)
        )
    cls = objects.class_of(cx, scope, node, me)
    member = member_of(cls, f"__{name}__") if cls is not None else None
    if member is None or member.kind != "method":
        return None
    return objects.call_member(cx, scope, node, me, member, [Given(a, node) for a in args])


def binary(cx: Context, scope: Scope, node: Any, left: Operand, right: Operand, op: Any = None) -> Operand | None:
    """An operator of which a side is an object that defines it; None for all others."""
    if not objects.may_have_objects(cx):
        return None
    word = BINARY[type(op or node.op)]
    one, other = (
        None if several_classes.alternatives(cx, o) else objects.class_of(cx, scope, node, o) for o in (left, right)
    )
    sides = [(left, f"{word}", right), (right, f"r{word}", left)]
    if one is not None and other is not None and one is not other and issubclass(other, one):
        own, inherited = (member_of(c, f"__r{word}__") for c in (other, one))
        if own is not None and (inherited is None or own.owner is not inherited.owner):
            sides.reverse()
    return _first_answer(cx, scope, node, sides)


def compared(cx: Context, scope: Scope, node: Any, op: Any, left: Operand, right: Operand) -> Operand | None:
    """A comparison that an object defines; None for all others."""
    if type(op) not in COMPARE or not objects.may_have_objects(cx):
        return None
    word = COMPARE[type(op)]
    found = _first_answer(cx, scope, node, [(left, word, right), (right, SWAPPED[word], left)])
    if found is None and word == "ne":
        equal = _first_answer(cx, scope, node, [(left, "eq", right), (right, "eq", left)])
        found = None if equal is None else cx.bind("operator.not_", equal, stem="test")
    classes = [objects.class_of(cx, scope, node, o) for o in (left, right)] if found is None else []
    if any(
        c is not None and not issubclass(c, enum.Enum) for c in classes
    ):  # members of enumerations are what they are
        raise cx.refuse("AC001", node, scope, "this comparison of objects is not differentiated yet",
                        "compare their attributes")  # fmt: skip
    return found


def _first_answer(cx: Context, scope: Scope, node: Any, sides: list[tuple[Operand, str, Operand]]) -> Operand | None:
    for me, word, argument in sides:
        before = len(cx.block)
        found = special(cx, scope, node, me, word, argument)
        if found is not None and not _declines(cx, scope, node, found, before):
            return found
        cx.rewind(before)
    return None


def _declines(cx: Context, scope: Scope, node: Any, result: Operand, before: int) -> bool:
    """Whether a method certainly returned ``NotImplemented``; refuses one of which that is not known."""
    t = types_so_far(cx).get(result.id, UNKNOWN) if isinstance(result, Name) else UNKNOWN
    answers = (o for s in walk(tuple(cx.block[before:])) for o in s.operands)
    if t.kind == "unknown" and any(isinstance(o, Const) and o.value is NotImplemented for o in answers):
        raise cx.refuse("AC001", node, scope, "whether this operator returns `NotImplemented` depends on a condition",
                        "decide it by `isinstance` alone")  # fmt: skip
    return t.cls is type(NotImplemented)


def in_place(cx: Context, scope: Scope, s: Any, old: Operand, value: Operand) -> Operand | None:
    """What ``old op= value`` binds where an object defines the operator; None for all others."""
    if not objects.may_have_objects(cx):
        return None
    found = special(cx, scope, s, old, f"i{BINARY[type(s.op)]}", value)
    return binary(cx, scope, s, old, value) if found is None else found
