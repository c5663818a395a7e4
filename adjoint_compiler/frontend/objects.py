"""Objects of the user's classes: their attributes, methods, properties and operators.

p.x                the attribute; a property is a call of its function
p.move(dt)         Particle.move(p, dt), inlined
a + b              Vector.__add__(a, b), or b's __radd__
p.x = v            a store, as into a list

Which class an object has must be certain where it is used: methods are inlined like other functions.
"""

from __future__ import annotations

import enum
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import (
    calls,
    closures,
    constructors,
    expressions,
    held_functions,
    inlining,
    several_classes,
    suggestions,
)
from adjoint_compiler.frontend.assumptions import Assumption
from adjoint_compiler.frontend.classes import Building, Member, member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Free, LocalFunction, Scope, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.joins import classes_of
from adjoint_compiler.ir.nodes import Const, Effect, Name, Operand, Pack, Store
from adjoint_compiler.ir.objects import is_record
from adjoint_compiler.ir.operands import field_of
from adjoint_compiler.ir.types import ENDLESS, UNKNOWN, OneOfSeveral, Type, is_container, type_of

# -- classes -----------------------------------------------------------------------------------------------------


def type_known(cx: Context, operand: Operand) -> Type:
    """The type of an operand where it may be an object; unknown in programs without any."""
    if not may_have_objects(cx):
        return UNKNOWN
    t = operand_type(operand, {} if not isinstance(operand, Name) else types_so_far(cx))
    if t.cls is OneOfSeveral and isinstance(operand, Name):
        cls = several_classes.narrowed_to(cx, operand)
        return next((c for c in classes_of(t) if c.cls is cls), t)
    return t


def class_of(cx: Context, scope: Scope, node: Any, operand: Operand | Building | None) -> type | None:
    """The class of the object that an operand certainly is; None for other values."""
    if isinstance(operand, Building):
        return operand.cls
    if isinstance(operand, Pack) and operand.cls is not None:
        return operand.cls.value  # type: ignore[no-any-return]
    t = type_known(cx, operand) if isinstance(operand, Name) else UNKNOWN
    if t.kind != "record":
        return None
    if isinstance(operand, Name) and (found := several_classes.narrowed_to(cx, operand)) is not None:
        return found
    if t == ENDLESS:
        raise cx.refuse("AC019", node, scope, suggestions.NESTED_OBJECTS, suggestions.LINKED)
    if t.cls is OneOfSeveral:
        raise cx.refuse("AC019", node, scope, "this is an object at times, and something else at others",
                        "make it an object throughout, or write a branch for each")  # fmt: skip
    assert isinstance(operand, Name)
    if not any(a.name == operand.id and a.node is node for a in cx.assumed):
        cx.assumed.append(Assumption(operand.id, t, node, scope, "the object", of_class=True))
    return t.cls  # type: ignore[no-any-return]


def may_have_objects(cx: Context) -> bool:
    """Whether any value of the program may be an object."""
    if not cx.objects:
        given = (*cx.types.values(), *(type_of(f.value) for f in cx.free.values()))
        cx.objects = any(map(_holds_object, given))
    return cx.objects


def _holds_object(t: Type) -> bool:
    others = (t.cls,) if isinstance(t.cls, Type) else ()
    return t.kind == "record" or (is_container(t) and any(map(_holds_object, (*t.items, *others))))


def owner_of_super(cx: Context, scope: Scope, node: Any) -> tuple[Any, type, type] | None:
    """For ``super()``: the object, its class, and the class whose method this is; None for other expressions."""
    if not (isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "super"):
        return None
    around: Scope | None = scope
    while around is not None and around.first is None:
        around = around.parent
    owner = scope.lookup("__class__")
    if node.args or around is None or not isinstance(owner, Value):
        raise cx.refuse("AC001", node, scope, "this use of `super` is not differentiated yet",
                        "write `super().method(...)` in a method")  # fmt: skip
    first = around.locals.get(str(around.first))
    me = first if isinstance(first, Building) else Name(first.name) if isinstance(first, Variable) else None
    cls = class_of(cx, scope, node, me)
    if cls is None or owner.value not in cls.__mro__:
        raise cx.refuse(
            "AC019", node, scope, "the class of the object is not known here", "call the method of the class"
        )
    return me, cls, owner.value


# -- attributes --------------------------------------------------------------------------------------------------


def attribute_meaning(cx: Context, scope: Scope, node: Any) -> Any:
    """What ``name.attribute`` certainly means where the name is an object: a function, a method; None otherwise."""
    if not isinstance(node, gast.Attribute):
        return None
    found = owner_of_super(cx, scope, node.value)
    if found is not None:
        me, of, owner = found
        return _bound(cx, scope, node, me, of, member_of(of, node.attr, after=owner))
    me = object_named(cx, scope, node.value)
    if me is None:
        return None
    if isinstance(me, Building) and node.attr in me.attributes:
        return me.attributes[node.attr]
    if isinstance(me, Name) and several_classes.alternatives(cx, me):
        return None
    cls = class_of(cx, scope, node, me)
    if cls is None or (node.attr == "_replace" and hasattr(cls, "_fields")):
        return None
    if isinstance(me, Name):
        t = type_known(cx, me)
        if node.attr in t.keys:
            field = t.items[t.keys.index(node.attr)]
            if field.kind == "function":
                return held_functions.code_of(field)
            held = held_functions.has_functions(field)
            return held_functions.of_type(cx, cx.bind("attribute", me, Const(node.attr)), field) if held else None
    return _bound(cx, scope, node, me, cls, member_of(cls, node.attr))


def object_named(cx: Context, scope: Scope, node: Any, any_type: bool = False) -> Any:
    """The object that a name, or an attribute of one, stands for: its operand, or what is being made.

    With ``any_type`` the attribute need not be an object.
    """
    if isinstance(node, Given):
        return node.operand
    if isinstance(node, gast.Name):
        found = scope.lookup(node.id)
        if isinstance(found, Building):
            return found
        if isinstance(found, Free):
            return cx.free_name(found) if _holds_object(type_of(found.value)) else None
        return Name(found.name) if isinstance(found, Variable) and may_have_objects(cx) else None
    if not isinstance(node, gast.Attribute) or not may_have_objects(cx):
        return None
    holder = object_named(cx, scope, node.value)
    if isinstance(holder, Building):
        found = holder.attributes.get(node.attr)
        return Name(found.name) if isinstance(found, Variable) else None
    if isinstance(holder, Name) and node.attr in (t := type_known(cx, holder)).keys and t.kind == "record":
        if any_type or t.items[t.keys.index(node.attr)].kind == "record":
            return cx.bind("attribute", holder, Const(node.attr))
    return None


def _bound(cx: Context, scope: Scope, node: Any, me: Any, cls: type, member: Member | None) -> Any:
    """What an attribute that the class defines means when it is reached through an object."""
    if member is None:
        return None
    cx.watch(member.watch)
    if member.kind == "constant":
        return member.value
    if member.kind in ("method", "class", "static"):
        receiver = {"method": me, "class": Value(cls, cls.__name__), "static": None}[member.kind]
        local = inlining.local_function(cx, scope, node, member.value)
        return LocalFunction(local.tree, local.scope, local.name, local.defaults, receiver, member.value)
    return None


def lower_attribute(cx: Context, scope: Scope, node: Any, me: Operand | Building, stem: str) -> Operand | None:
    """``object.attribute``: one of its own, or what a property computes; None where it is no object."""
    if isinstance(me, Building) and node.attr in me.attributes:
        return operand_of(cx, scope, node, me.attributes[node.attr])
    if several_classes.alternatives(cx, me):
        return several_classes.by_class(
            cx, scope, node, me, node.attr, lambda o: lower_attribute(cx, scope, node, o, stem)
        )
    cls = class_of(cx, scope, node, me)
    if cls is None:
        return None
    if issubclass(cls, enum.Enum) and node.attr in ("name", "value"):
        return cx.bind("attribute", me, Const(f"_{node.attr}_"), stem=stem)  # type: ignore[arg-type]
    member = member_of(cls, node.attr)
    if member is not None and member.kind == "property":
        cx.watch(member.watch)
        return call_member(cx, scope, node, me, member, [])
    t = type_known(cx, me) if isinstance(me, (Name, Pack)) else UNKNOWN
    if node.attr in t.keys:
        return cx.bind("attribute", me, Const(node.attr), stem=stem)  # type: ignore[arg-type]
    if node.attr == "__class__":
        raise cx.refuse("AC001", node, scope, "a class is used as a value", "call it: `type(self)(...)`")
    if member is None or member.kind == "other":
        what = "is computed by a descriptor" if member is not None else "is not an attribute"
        near = suggestions.nearest(node.attr, [*t.keys, *(n for n in dir(cls) if n[:1] != "_")])
        advice = f"did you mean `.{near}`?" if near else "set it in `__init__`, or pass what is needed as an argument"
        message = f"`.{node.attr}` {what} of `{cls.__name__}` that the compiler knows"
        raise cx.refuse("AC001", node, scope, message, advice)
    return operand_of(cx, scope, node, _bound(cx, scope, node, me, cls, member))


def operand_of(cx: Context, scope: Scope, node: Any, meaning: Any) -> Operand:
    """What an attribute means, as an operand."""
    if isinstance(meaning, Variable):
        return Name(meaning.name)
    if isinstance(meaning, Free):
        return cx.free_name(meaning)
    if isinstance(meaning, Value) and not isinstance(meaning, Building):
        return expressions.constant_of(cx, scope, node, meaning)
    raise cx.refuse("AC001", node, scope, f"`{gast.unparse(node).strip()}` is used as a value; only its calls are"
                    " differentiated", "call it directly")  # fmt: skip


PARTS = ("real", "imag")  # of arrays, which are views: ``z.real = x`` is ``z.real[...] = x``


def store_attribute(cx: Context, scope: Scope, target: Any, value: Operand) -> None:
    """``object.attribute = value``."""
    function = scope.lookup(target.value.id) if isinstance(target.value, gast.Name) else None
    if isinstance(function, LocalFunction) and isinstance(value, Const) and function.block is cx.block:
        function.attributes[target.attr] = value.value
        return
    me = building_named(scope, target.value)
    if me is not None:
        known = me.attributes.get(target.attr)
        if not isinstance(known, Variable):
            known = me.attributes[target.attr] = Variable(cx.names.fresh(target.attr))
        cx.assign(known.name, value)
        return
    owner = expressions.meaning(cx, scope, target.value)
    if not may_have_objects(cx):
        if target.attr not in PARTS or isinstance(owner, Value):
            raise _no_object(cx, scope, target)
        part = cx.bind("attribute", expressions.lower_name(cx, scope, target.value), Const(target.attr))
        cx.emit(Store(part.id, Const(Ellipsis), value, cx.span))
        return
    holder = expressions.lower_name(cx, scope, target.value)
    if several_classes.alternatives(cx, holder):

        def store(o: Name) -> None:
            place = gast.copy_location(gast.Attribute(Given(o, target), target.attr, gast.Store()), target)
            store_attribute(cx, scope, place, value)

        several_classes.by_class(cx, scope, target, holder, target.attr, store)
        return
    check_attribute(cx, scope, target, holder)
    cls = class_of(cx, scope, target, holder)
    member = member_of(cls, target.attr) if cls is not None else None
    if member is not None and member.kind == "property":
        cx.watch(member.watch)
        if member.setter is None:
            if cls is not None and several_classes.narrowed_to(cx, holder) is cls:  # one of several: Python raises
                message = f"property {target.attr!r} of {cls.__name__!r} object has no setter"
                cx.emit(Effect("raise", (Const(message),), cx.span, "AttributeError"))
                return
            raise cx.refuse(
                "AC001", target, scope, f"property `{target.attr}` has no setter", "store another attribute"
            )
        setter = Member("method", member.setter, member.owner)
        call_member(cx, scope, target, holder, setter, [Given(value, target)])
        return
    cx.emit(Store(holder.id, field_of(target.attr), value, cx.span))


def _no_object(cx: Context, scope: Scope, target: Any) -> Exception:
    owner = expressions.meaning(cx, scope, target.value)
    if isinstance(owner, Value) and not isinstance(owner, Building):
        message = f"`{gast.unparse(target).strip()}` outlasts the call, and is assigned in it"
        return cx.refuse("AC001", target, scope, message, "use a variable, or an attribute of an object")
    message = "assignment to an attribute of this is not differentiated yet"
    return cx.refuse("AC001", target, scope, message, "use a variable")


def building_named(scope: Scope, node: Any) -> Building | None:
    """The object under construction that an expression names, if any."""
    found = scope.lookup(node.id) if isinstance(node, gast.Name) else None
    return found if isinstance(found, Building) else None


def keeps_function(cx: Context, scope: Scope, function: Any) -> Any:
    """Makes ``self.f = function`` in ``__init__`` known while compiling; tells for other targets that it cannot."""

    def keep(target: Any) -> bool:
        me = building_named(scope, target.value) if isinstance(target, gast.Attribute) else None
        if me is None or isinstance(me.attributes.get(target.attr), Variable):
            return False
        if len(cx.enclosing) != me.depth:
            raise cx.refuse("AC019", target, scope, f"which function `.{target.attr}` is depends on a condition",
                            f"choose it in one statement: `self.{target.attr} = f if condition else g`")  # fmt: skip
        me.attributes[target.attr] = function
        return True

    return keep


def check_attribute(cx: Context, scope: Scope, target: Any, holder: Name) -> None:
    """Refuse attributes of what is no object, and those that its class does not set when it is made."""
    cls = class_of(cx, scope, target, holder)
    if cls is None:
        raise _no_object(cx, scope, target)
    if member_of(cls, "__setattr__") is not None and not hasattr(cls, "__dataclass_fields__"):
        raise cx.refuse("AC001", target, scope, f"`{cls.__name__}` has a `__setattr__` of its own", "store elsewhere")
    if getattr(getattr(cls, "__dataclass_params__", None), "frozen", False) or issubclass(cls, tuple):
        raise cx.refuse("AC001", target, scope, f"attributes of `{cls.__name__}` cannot be set", "make a new object")
    known = type_known(cx, holder).keys
    if target.attr not in known and getattr(member_of(cls, target.attr), "kind", "") != "property":
        raise cx.refuse("AC001", target, scope, f"`{target.attr}` is set for the first time outside of `__init__`",
                        f"set `self.{target.attr}` in `__init__`, too")  # fmt: skip


# -- calls -------------------------------------------------------------------------------------------------------


def call_member(cx: Context, scope: Scope, node: Any, me: Any, member: Member, args: list[Any],
                keywords: list[Any] | None = None) -> Operand:  # fmt: skip
    """Call a method, or the function of a property, of an object."""
    cx.watch(member.watch)
    local = inlining.local_function(cx, scope, node, member.value)
    call = gast.copy_location(gast.Call(node, [Given(me, node), *args], keywords or []), node)
    return inlining.inline_local(cx, scope, call, local, key=member.value)


def call_object(cx: Context, scope: Scope, node: Any, callee: Operand) -> Operand | None:
    """``object(...)`` by its ``__call__``; None where it is no object."""
    if several_classes.alternatives(cx, callee):
        return several_classes.by_class(cx, scope, node, callee, "__call__", lambda o: call_object(cx, scope, node, o))
    cls = class_of(cx, scope, node, callee)
    site = closures.site_of(cx, cls)
    if site is not None:
        return closures.call(cx, scope, node, callee, site)
    member = member_of(cls, "__call__") if cls is not None else None
    return None if member is None else call_member(cx, scope, node.func, callee, member, node.args, node.keywords)


def call_method(cx: Context, scope: Scope, node: Any, receiver: Operand) -> Operand | None:
    """``object.method(...)``; None where it is no object."""
    name = node.func.attr
    if several_classes.alternatives(cx, receiver):
        return several_classes.by_class(cx, scope, node, receiver, name, lambda o: call_method(cx, scope, node, o))
    cls = class_of(cx, scope, node, receiver)
    if cls is None:
        return None
    t = type_known(cx, receiver)
    if name in t.keys:
        field = t.items[t.keys.index(name)]
        if field.kind == "function":
            given = gast.copy_location(
                gast.Call(Given(held_functions.code_of(field), node.func), node.args, node.keywords), node
            )
            return calls.lower_call(cx, scope, given, name)
        callee = cx.bind("attribute", receiver, Const(name))
        made = call_object(cx, scope, node, callee) if field.kind == "record" else None
        if made is None:
            raise cx.refuse("AC019", node, scope, f"which function `.{name}` is cannot be told here",
                            "give all objects of a class the same function, or make it a method")  # fmt: skip
        return made
    if name == "_replace" and hasattr(cls, "_fields") and isinstance(receiver, Name):
        return constructors.replaced(cx, scope, node, receiver)
    member = member_of(cls, name)
    if member is None or member.kind not in ("method", "class", "static"):
        if issubclass(cls, tuple):
            return None
        raise cx.refuse("AC019", node, scope, f"`{cls.__name__}` has no method `{name}` that the compiler can read",
                        "define it by `def` in the class")  # fmt: skip
    me = {"method": receiver, "class": Value(cls, cls.__name__)}.get(member.kind)
    if me is None:
        return inlining.inline_function(cx, scope, node, member.value)
    return call_member(cx, scope, node.func, me, member, node.args, node.keywords)


def bound_to(cx: Context, scope: Scope, node: Any, found: Value) -> Any:
    """The object or class that a live method is bound to, as the first argument of its function."""
    me = found.value.__self__
    if isinstance(me, type):
        return Value(me, me.__name__)
    if not is_record(me):
        raise cx.refuse("AC019", node, scope, f"`{found.text}` is a method of a {type(me).__name__}",
                        "call a function that is defined by `def`")  # fmt: skip
    cx.objects = True
    return cx.free_name(Free(found.text.replace(".", "_"), me, lambda: me))
