"""Making objects: what ``__init__`` does to ``self`` is done to variables, of which the object is made at the end.

class Circle:
    def __init__(self, r):                r = ...
        self.r = r                 ->     area = 3.14 * r * r
        self.area = 3.14 * r * r          c = Circle(r=r, area=area)

c = Circle(...)
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

import gast

from adjoint_compiler import rules
from adjoint_compiler.frontend import arguments, calls, expressions, held_functions, inlining, objects
from adjoint_compiler.frontend.classes import Building, member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.late_attributes import late_attributes, set_from_outside
from adjoint_compiler.frontend.scope import CODE, LocalFunction, Scope, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.names import STANDARD
from adjoint_compiler.ir.nodes import Bind, Block, Const, If, Name, Operand, Pack, With
from adjoint_compiler.ir.objects import is_written_in_python
from adjoint_compiler.ir.types import UNKNOWN, may_be_container
from adjoint_compiler.library.python_namespaces import namespace

GENERATED = "<string>"  # the file of the methods that ``dataclass`` writes


def is_class_of_objects(value: Any) -> bool:
    """Whether a call of a value makes an object of a class written in Python (no exception, no enumeration)."""
    if not isinstance(value, type) or issubclass(value, (BaseException, enum.Enum)):
        return False
    if value.__module__ in STANDARD and rules.lookup(value) is not None:  # an object without a derivative
        return False
    return (
        hasattr(value, "_fields") if issubclass(value, tuple) else is_written_in_python(value) and value is not object
    )


def construct(cx: Context, scope: Scope, node: Any, cls: Any) -> Operand:
    """``cls(...)``."""
    cx.objects = True
    name = expressions.class_name(cx, cls)
    if issubclass(cls, tuple):
        values = _bound_fields(cx, scope, node, cls.__name__, list(cls._fields), dict(cls._field_defaults), [])
        return Pack("record", tuple(values[n] for n in cls._fields), cls._fields, Const(cls, name))
    own = ("__new__", "__getattribute__")
    if type(cls).__call__ is not type.__call__ or any(member_of(cls, n) is not None for n in own):
        raise cx.refuse("AC001", node, scope, f"`{cls.__name__}` has a `__new__` or metaclass of its own",
                        "make the object outside, and pass it as an argument")  # fmt: skip
    if member_of(cls, "__setattr__") is not None and not hasattr(cls, "__dataclass_fields__"):
        raise cx.refuse("AC001", node, scope, f"`{cls.__name__}` has a `__setattr__` of its own", "leave it out, or set"
                        " attributes by methods")  # fmt: skip
    me = Building(cls, len(cx.enclosing))
    start = len(cx.block)
    init = member_of(cls, "__init__") if cls is not namespace else None
    if cls is namespace:
        _set_keywords(cx, scope, node, me)
    if init is not None and init.kind == "method" and _is_generated(init.value):
        _fill_dataclass(cx, scope, node, me)
    elif init is not None:
        objects.call_member(cx, scope, node.func, me, init, node.args, node.keywords)
    elif (node.args or node.keywords) and cls is not namespace:
        raise cx.refuse("AC001", node, scope, f"`{cls.__name__}()` takes no arguments", "fix the call")
    certain = _bound_for_sure(tuple(cx.block[start:]))
    for attribute, meaning in me.attributes.items():
        if isinstance(meaning, Variable) and meaning.name not in certain:
            raise cx.refuse("AC001", node, scope, f"`self.{attribute}` is set only on some paths through `__init__`",
                            "set it on all")  # fmt: skip
    items = {n: _value(cx, scope, node, n, m) for n, m in me.attributes.items()}
    for late in (*late_attributes(cls), *set_from_outside(cx, scope, node)):
        member = member_of(cls, late)
        if late not in items and (member is None or member.kind in ("slot", "constant")):
            inherited = member is not None and member.kind == "constant"
            cx.late_names.add((cls, late))
            items[late] = objects.operand_of(cx, scope, node, member.value) if inherited else Const(None)  # type: ignore[union-attr]
    return Pack("record", tuple(items.values()), tuple(items), Const(cls, name))


def _set_keywords(cx: Context, scope: Scope, node: Any, me: Building) -> None:
    """The attributes of a namespace: the keywords that it is made with."""
    if node.args or any(k.arg is None for k in node.keywords):
        raise cx.refuse("AC001", node, scope, "which attributes a namespace has is not known while compiling",
                        "name them: SimpleNamespace(rate=0.1)")  # fmt: skip
    for k in node.keywords:
        found = expressions.compile_time(cx, scope, k.value)
        variable = Variable(cx.names.fresh(k.arg))
        if not isinstance(found, CODE):
            cx.assign(variable.name, expressions.lower(cx, scope, k.value))
        me.attributes[k.arg] = found if isinstance(found, CODE) else variable


def fields_as_container(cx: Context, scope: Scope, node: Any, found: Value) -> Operand:
    """``dataclasses.asdict(p)`` or ``astuple(p)`` of an object whose fields are no containers, which would be copied."""
    me = expressions.lower_name(cx, scope, node.args[0])
    cls = objects.class_of(cx, scope, node, me)
    if cls is None or not dataclasses.is_dataclass(cls):
        raise cx.refuse(
            "AC019", node, scope, f"what `{found.text}` is given is not known to be a dataclass", "write its fields out"
        )
    names = tuple(f.name for f in dataclasses.fields(cls))
    items = tuple(cx.bind("attribute", me, Const(n), stem=n) for n in names)
    types = types_so_far(cx)
    if any(may_be_container(types.get(i.id, UNKNOWN)) for i in items):
        raise cx.refuse(
            "AC001", node, scope, f"`{found.text}` copies what the fields hold, to any depth", "write its fields out"
        )
    return Pack("dict", items, names) if found.value is dataclasses.asdict else Pack("tuple", items)


def _is_generated(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename == GENERATED


def given_attributes(cx: Context, scope: Scope, node: Any) -> Operand:
    """``instance(cls, x=..., y=...)``, as generated code makes objects."""
    cx.objects = True
    cls = expressions.compile_time(cx, scope, node.args[0])
    assert isinstance(cls, Value)
    values: dict[str, Operand] = {}
    for k in node.keywords:
        found = expressions.compile_time(cx, scope, k.value)
        held = type(found) is Value and callable(found.value)
        values[k.arg] = (
            held_functions.as_operand(cx, scope, node, found, k.arg) if held else expressions.lower(cx, scope, k.value)
        )
    return Pack(
        "record", tuple(values.values()), tuple(values), Const(cls.value, expressions.class_name(cx, cls.value))
    )


def replaced(cx: Context, scope: Scope, node: Any, me: Name) -> Operand:
    """``dataclasses.replace(object, x=...)``, or ``pair._replace(x=...)``: a new object with the other fields of this one."""
    cls: Any = objects.class_of(cx, scope, node, me)
    is_tuple = cls is not None and hasattr(cls, "_fields")
    if not is_tuple and not dataclasses.is_dataclass(cls):
        raise cx.refuse("AC019", node, scope, "the class of this object is not known to be one with fields",
                        "make a new object by its class")  # fmt: skip
    names = list(cls._fields) if is_tuple else [f.name for f in dataclasses.fields(cls) if f.init]
    given = {k.arg for k in node.keywords}
    if unknown := given - set(names):
        raise cx.refuse(
            "AC001", node, scope, f"`{cls.__name__}` has no field {min(map(repr, unknown))}", "name another"
        )
    kept = [gast.keyword(n, Given(cx.bind("attribute", me, Const(n)), node)) for n in names if n not in given]
    keywords = [*node.keywords, *(gast.copy_location(k, node) for k in kept)]
    return construct(cx, scope, gast.copy_location(gast.Call(node.func, [], keywords), node), cls)


def _value(cx: Context, scope: Scope, node: Any, attribute: str, meaning: Any) -> Operand:
    if isinstance(meaning, Variable):
        return Name(meaning.name)
    return held_functions.as_operand(cx, scope, node, meaning, attribute)


def _fill_dataclass(cx: Context, scope: Scope, node: Any, me: Building) -> None:
    """What the ``__init__`` that ``dataclass`` writes does."""
    fields = dataclasses.fields(me.cls)
    if any(str(f._field_type) == "_FIELD_INITVAR" for f in me.cls.__dataclass_fields__.values()):  # type: ignore[attr-defined]
        raise cx.refuse("AC001", node, scope, f"`{me.cls.__name__}` has an InitVar", "make it a field")
    defaults: dict[str, Any] = {}
    for f in fields:
        if f.default is not dataclasses.MISSING:
            defaults[f.name] = f.default
        elif f.default_factory is not dataclasses.MISSING:
            defaults[f.name] = f
    named = [f.name for f in fields if f.init and f.kw_only]
    order = [f.name for f in fields if f.init and not f.kw_only]
    given = _bound_fields(cx, scope, node, me.cls.__name__, order, defaults, named)
    for f in fields:
        if f.name in given:
            value = given[f.name]
        elif f.name in defaults:
            value = _default(cx, scope, node, f.name, defaults[f.name])
        else:
            continue  # set by __post_init__
        if isinstance(value, CODE):
            me.attributes[f.name] = value
            continue
        variable = me.attributes[f.name] = Variable(cx.names.fresh(f.name))
        cx.assign(variable.name, value)
    after = member_of(me.cls, "__post_init__")
    if after is not None:
        objects.call_member(cx, scope, node.func, me, after, [])


def _bound_fields(cx: Context, scope: Scope, node: Any, name: str, order: list[str], defaults: dict[str, Any],
                  named: list[str]) -> dict[str, Any]:  # fmt: skip
    """The arguments of a call by field; defaults are made where the call lacks one."""

    def parameters(names: list[str]) -> list[Any]:
        return [gast.Name(n, gast.Param(), None, None) for n in names]

    none = gast.arguments(parameters(order), [], None, parameters(named), [], None, [])
    tree = gast.copy_location(gast.FunctionDef(name, none, [gast.Pass()], [], None, None), node)
    made = {n: _default(cx, scope, node, n, d) for n, d in defaults.items() if n in (*order, *named)}
    return arguments.bind_arguments(cx, scope, node, LocalFunction(tree, scope, name, made))


def _default(cx: Context, scope: Scope, node: Any, name: str, default: Any) -> Any:
    if not isinstance(default, dataclasses.Field):
        return arguments.default_operand(cx, name, default)
    factory: Any = default.default_factory
    if isinstance(factory, LocalFunction):
        return inlining.inline_local(cx, scope, gast.copy_location(gast.Call(node.func, [], []), node), factory)
    call = gast.copy_location(gast.Call(gast.Name(name, gast.Load(), None, None), [], []), node)
    return calls.call_value(cx, scope, call, Value(factory, getattr(factory, "__name__", name)), name)


def _bound_for_sure(block: Block) -> set[str]:
    """The names that a block binds on every path through it."""
    out: set[str] = set()
    for s in block:
        out.update(s.bound if isinstance(s, Bind) else ())
        if isinstance(s, With):
            out |= _bound_for_sure(s.body)
        if isinstance(s, If):
            out |= _bound_for_sure(s.then) & _bound_for_sure(s.orelse)
    return out


__all__ = ["construct", "given_attributes", "is_class_of_objects"]
