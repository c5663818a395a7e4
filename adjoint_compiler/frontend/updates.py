"""Augmented assignments: of names, items and attributes; of objects by their own operators."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.frontend import changing_sets, closures, expressions, object_operators, objects, statements
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Bind, Block, Call, Name, Operand, Pack, Statement, Store, Update
from adjoint_compiler.ir.operands import field_of
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import binds, names_stored, walk
from adjoint_compiler.library.python_sets import changing_set
from adjoint_compiler.rules import TABLE


def lower_update(cx: Context, scope: Scope, s: Any) -> None:
    """``target op= value``."""
    op = f"operator.{statements.OPERATORS[type(s.op)]}"
    if isinstance(s.target, gast.Name):
        _update_name(cx, scope, s, op)
    elif isinstance(s.target, gast.Attribute):
        _update_attribute(cx, scope, s, op)
    elif isinstance(s.target, gast.Subscript):
        _update_item(cx, scope, s, op)
    else:
        raise cx.refuse(
            "AC001", s.target, scope, "this update is not differentiated yet", "update a name or an element"
        )


def _update_name(cx: Context, scope: Scope, s: Any, op: str) -> None:
    known = scope.lookup(s.target.id)
    target = Name(known.name) if isinstance(known, Variable) else expressions.lower_name(cx, scope, s.target)
    is_set = objects.type_known(cx, target).cls is changing_set
    lower = closures.lower_held if isinstance(s.value, gast.List) else expressions.lower
    value = lower(cx, scope, changing_sets.as_items(scope, s.value) if is_set else s.value)
    updated = object_operators.in_place(cx, scope, s, target, value)
    if updated is None and isinstance(value, Pack) and value.kind == "tuple":
        if types_so_far(cx).get(target.id, UNKNOWN).kind == "tuple":
            updated = cx.bind(op, target, value)  # of another length: another value
    if updated is not None:
        cx.assign(target.id, updated)
    else:
        cx.emit(Update(target.id, None, op, value, cx.span))


def _update_item(cx: Context, scope: Scope, s: Any, op: str) -> None:
    container = expressions.lower_name(cx, scope, s.target.value)
    index = expressions.lower_index(cx, scope, s.target.slice)
    position = len(cx.block)
    if objects.may_have_objects(cx) and _update_by_methods(cx, scope, s, op, container, index):
        return
    value = expressions.lower(cx, scope, s.value)
    if _may_store_elsewhere(tuple(cx.block[position:])):
        # Python reads the element before it evaluates the value, which here may store into it.
        old = cx.temporary("old")
        cx.block.insert(position, Bind(old, "index", (container, index), (), cx.span))
        cx.emit(Update(old, None, op, value, cx.span))
        cx.emit(Store(container.id, index, Name(old), cx.span))
    else:
        cx.emit(Update(container.id, index, op, value, cx.span))


def _update_by_methods(cx: Context, scope: Scope, s: Any, op: str, container: Name, index: Operand) -> bool:
    """An item that is an object, or one of an object, is read, combined and stored; False for others."""
    position = len(cx.block)
    old = object_operators.special(cx, scope, s, container, "getitem", index)
    stored_by_method = old is not None
    if old is None:
        old = cx.bind("index", container, index)
        if operand_type(old, types_so_far(cx)).kind != "record":
            cx.rewind(position)
            return False
    value = expressions.lower(cx, scope, s.value)
    updated = object_operators.in_place(cx, scope, s, old, value)
    new = cx.bind(op, old, value) if updated is None else updated
    if not stored_by_method or object_operators.special(cx, scope, s, container, "setitem", index, new) is None:
        cx.emit(Store(container.id, index, new, cx.span))
    return True


def _update_attribute(cx: Context, scope: Scope, s: Any, op: str) -> None:
    """``object.attribute op= value``."""
    me, name = objects.building_named(scope, s.target.value), s.target.attr
    if me is not None and isinstance(known := me.attributes.get(name), Variable):
        value = expressions.lower(cx, scope, s.value)
        updated = object_operators.in_place(cx, scope, s, Name(known.name), value)
        cx.emit(Update(known.name, None, op, value, cx.span)) if updated is None else cx.assign(known.name, updated)
        return
    holder: Any = me or expressions.lower_name(cx, scope, s.target.value)
    cls = objects.class_of(cx, scope, s.target, holder)
    member = member_of(cls, name) if cls is not None else None
    read = gast.copy_location(gast.Attribute(Given(holder, s.target), name, gast.Load()), s.target)
    computed = me is not None or (member is not None and member.kind == "property")
    old = (
        objects.lower_attribute(cx, scope, read, holder, "old") if computed or _holds_record(cx, holder, name) else None
    )
    value = expressions.lower(cx, scope, s.value)
    target = s.target if me is not None else gast.copy_location(gast.Attribute(Given(holder, s), name, gast.Store()), s)
    if old is not None:
        new = object_operators.in_place(cx, scope, s, old, value)
        objects.store_attribute(cx, scope, target, cx.bind(op, old, value) if new is None else new)
        return
    objects.check_attribute(cx, scope, s.target, holder)
    cx.emit(Update(holder.id, field_of(name), op, value, cx.span))


def _holds_record(cx: Context, holder: Name, name: str) -> bool:
    t = objects.type_known(cx, holder)
    return name in t.keys and t.items[t.keys.index(name)].kind == "record"


def _may_store_elsewhere(block: Block) -> bool:
    """Whether statements may change memory other than what they allocate themselves."""
    bound: dict[str | None, list[Statement]] = {}
    for x in walk(block):
        bound.setdefault(binds(x), []).append(x)

    def is_fresh(name: str, seen: tuple[str, ...] = ()) -> bool:
        return name in seen or name in bound and all(allocates(x, (*seen, name)) for x in bound[name])

    def allocates(x: Statement, seen: tuple[str, ...]) -> bool:
        if not isinstance(x, Bind):
            return False
        if x.op == "copy":
            return not isinstance(x.args[0], Name) or is_fresh(x.args[0].id, seen)
        return x.op in TABLE.by_key and view_rule(x) is None

    return any(isinstance(x, Call) or not all(map(is_fresh, names_stored(x))) for x in walk(block))
