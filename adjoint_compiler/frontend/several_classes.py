"""Objects of one of several classes: what is asked of them is written once for each class, in branches that ask for it.

shape = Circle(x) if flag else Square(x)
a = shape.area()                              if isinstance(shape, Circle):
                                 ->               a = Circle.area(shape)
                                              else:
                                                  a = Square.area(shape)

The type of such a name tells the classes (see ``ir.types.classes_of``). Where a class does not have what is asked for, Python raises,
and so does its branch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adjoint_compiler.frontend import expressions, objects
from adjoint_compiler.frontend.assumptions import Assumption
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.scope import Scope
from adjoint_compiler.ir.joins import classes_of
from adjoint_compiler.ir.nodes import Bind, Const, Effect, If, Name, Operand, Statement
from adjoint_compiler.ir.types import OneOfSeveral, Type


def alternatives(cx: Context, operand: Any) -> tuple[Type, ...]:
    """The types of objects that an operand may be, if there are several; empty in a branch that asked for its class."""
    if not isinstance(operand, Name):
        return ()
    t = objects.type_known(cx, operand)
    if t.cls is not OneOfSeveral or narrowed_to(cx, operand) is not None:
        return ()
    return classes_of(t)


def narrowed_to(cx: Context, operand: Name) -> type | None:
    """The class of a name that a branch asked for, or of what it is a copy of."""
    if not cx.narrowed:
        return None
    copies: dict[str, str] = {}
    for block in (*cx.enclosing, cx.block):
        copies.update((s.target, a.id) for s in block if isinstance(s, Bind) and (a := _copied(s)) is not None)
    name = operand.id
    while name not in cx.narrowed and name in copies:
        name = copies.pop(name)
    return cx.narrowed.get(name)


def _copied(s: Bind) -> Name | None:
    return s.args[0] if s.op == "copy" and isinstance(s.args[0], Name) else None


def by_class(
    cx: Context, scope: Scope, node: Any, me: Any, asked: str, action: Callable[[Any], Operand | None]
) -> Operand:
    """What ``action`` gives for the object, written for each class; ``asked`` is the attribute that it is about."""
    types = alternatives(cx, me)
    cx.assumed.append(Assumption(me.id, objects.type_known(cx, me), node, scope, "the object", of_class=True))
    target = cx.temporary("result")
    branches: list[tuple[Name, list[Statement]]] = []
    for t in sorted(types, key=lambda t: -len(t.cls.__mro__)):  # a class before those that it inherits from
        test = cx.bind("builtins.isinstance", me, Const(t.cls, expressions.class_name(cx, t.cls)), stem="test")
        with cx.nested() as body:
            if asked != "__class__" and asked not in t.keys and member_of(t.cls, asked) is None:
                message = f"{t.cls.__name__!r} object has no attribute {asked!r}"
                cx.emit(Effect("raise", (Const(message),), cx.span, "AttributeError"))
            else:
                own = cx.bind("copy", me, stem="own")
                cx.narrowed[own.id] = t.cls
                result = action(own)
                cx.assign(target, Const(None) if result is None else result)
        branches.append((test, body))
    rest = branches.pop()[1]
    for test, body in reversed(branches):
        rest = [If(test, as_block(body), as_block(rest), cx.span)]
    for s in rest:
        cx.emit(s)
    return Name(target)


__all__ = ["alternatives", "by_class", "narrowed_to"]
