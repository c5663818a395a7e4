"""Lowering of expressions to operands; nested expressions become temporaries."""

from __future__ import annotations

import enum
import types
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend import (
    arguments,
    assigned_inside,
    calls,
    comprehensions,
    derivatives,
    enumerations,
    flat_items,
    generators,
    grids,
    held_functions,
    library_calls,
    made_functions,
    named_attributes,
    object_operators,
    objects,
    operators,
    patterns,
    recovery,
    starred,
    statements,
    suggestions,
    texts,
)
from adjoint_compiler.frontend.classes import Building
from adjoint_compiler.frontend.context import Context, Refused
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import (
    CODE,
    MISSING,
    Free,
    Generator,
    LocalFunction,
    Refusal,
    Scope,
    Several,
    Value,
    Variable,
    class_text,
    constant_text,
    member,
)  # fmt: skip
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack

UNSUPPORTED = {
    gast.Starred: ("`*`", "write the items out"),
    gast.Lambda: ("a lambda that is used as a value", "give it a name, and call that"),
    gast.Await: ("`await`", "do such work outside of the function"),
    gast.Yield: ("`yield`", "return the values"),
    gast.YieldFrom: ("`yield from`", "return the values"),
}


def lower(cx: Context, scope: Scope, node: Any, stem: str = "t") -> Operand:
    """Lower an expression; returns a name, a constant, or a literal pack."""
    handler = HANDLERS.get(type(node)) or operators.HANDLERS.get(type(node), _unsupported)
    span, cx.span = cx.span, cx.place(node, scope, cx.span.statement or cx.span)
    try:
        result: Operand = handler(cx, scope, node, stem)
    except Refused:
        result = recovery.refused_operand(cx, scope, node)
    finally:
        cx.span = span
    return result


def _unsupported(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    what, advice = UNSUPPORTED.get(type(node), (f"this expression ({type(node).__name__})", "rewrite it"))
    raise cx.refuse("AC001", node, scope, f"{what} is not differentiated yet", advice)


def lower_name(cx: Context, scope: Scope, node: Any) -> Name:
    """Lower an expression that must be held by a name (a buffer that is stored into, a sequence)."""
    operand = lower(cx, scope, node)
    return operand if isinstance(operand, Name) else cx.bind("copy", operand)


def _constant(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    return Const(node.value)


def _name(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    found = meaning(cx, scope, node)
    if isinstance(found, Variable):
        return Name(found.name)
    if isinstance(found, Free):
        return cx.free_name(found)
    if isinstance(found, Value):
        return constant_of(cx, scope, node, found)
    if isinstance(found, CODE):
        return _used_as_value(cx, scope, node, found)
    if node.id in scope.bound:
        # Read before any binding that the compiler has seen: Python raises UnboundLocalError when it is reached.
        return Name(statements.variable_for(cx, scope, node.id))
    known = (*scope.bound, *getattr(scope.source, "globals", ()))
    advice = suggestions.for_missing_name(node.id, known)
    raise cx.refuse("AC012", node, scope, f"name `{node.id}` is not defined", advice)


def _used_as_value(cx: Context, scope: Scope, node: Any, found: Any) -> Operand:
    if isinstance(found, Several) and found.origin is not None:
        return found.origin  # type: ignore[no-any-return]
    name = gast.unparse(node).strip() if not isinstance(node, Given) else getattr(found, "name", "it")
    if isinstance(found, Generator):
        what, advice = "a generator, is used as a value", "run over it with `for`, or make a list of it"
    elif isinstance(found, Several):
        what = "which holds functions, is used as a value; only its items are read"
        advice = "loop over it, or write `" + name + "[...]`; it cannot be changed"
    else:
        what, advice = "a function, is used as a value; only its calls are differentiated", "call the function directly"
    raise cx.refuse("AC001", node, scope, f"`{name}`, {what}", advice)


def _given(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    if isinstance(node.operand, Free):
        return cx.free_name(node.operand)
    if isinstance(node.operand, Value):
        return constant_of(cx, scope, node, node.operand)
    if isinstance(node.operand, CODE):
        return _used_as_value(cx, scope, node, node.operand)
    return node.operand  # type: ignore[no-any-return]


def constant_of(cx: Context, scope: Scope, node: Any, found: Value) -> Operand:
    """A compile-time value used as an operand: a dtype class, a constant of a module."""
    value = found.value
    if isinstance(value, (bool, int, float, complex, str)) or value is None or value is Ellipsis:
        return Const(value, constant_text(value, found.text))
    if isinstance(value, np.dtype):
        return Const(value, f"np.dtype({value.str!r})")
    if isinstance(value, np.ndarray):
        return cx.free_name(Free(found.text.replace(".", "_"), value, lambda: value))
    if isinstance(value, type):
        return Const(value, class_text(value) or found.text)
    if value is NotImplemented:
        return Const(value, "NotImplemented")
    if isinstance(found, Building):
        raise cx.refuse("AC001", node, scope, f"`{gast.unparse(node).strip()}` is used as a value while it is made",
                        "do this after `__init__`")  # fmt: skip
    if library_calls.is_spline(value):
        return library_calls.spline_operand(cx, value)
    message = f"`{gast.unparse(node).strip()}` is used as a value; only its calls are differentiated"
    raise cx.refuse("AC001", node, scope, message, "call the function directly")


def meaning(cx: Context, scope: Scope, node: Any) -> Any:
    """What a name, or an attribute of a module or class, certainly means; None for other expressions."""
    found = None
    if isinstance(node, gast.Name):
        found = patterns.MEANINGS.get(node.id) or scope.lookup(node.id)
    elif isinstance(node, gast.Attribute):
        base = meaning(cx, scope, node.value)
        if isinstance(base, Building):
            return base.attributes.get(node.attr)
        found = member(base, node.attr) if isinstance(base, Value) else None
        if isinstance(base, Free) and isinstance(base.value, enum.Enum) and node.attr in ("name", "value"):
            held = base.value
            found = Free(node.attr, getattr(held, node.attr), lambda: getattr(held, node.attr))
        if found is MISSING and isinstance(base.value, types.ModuleType):
            raise missing_member(cx, scope, node, base)
    elif isinstance(node, gast.Call):
        found = enumerations.named(cx, scope, node) or derivatives.made_here(cx, scope, node)
    elif isinstance(node, gast.Subscript):
        found = enumerations.named(cx, scope, node)
    if isinstance(found, Refusal):
        raise Refused if found.told else cx.refuse(found.code, node, scope, found.message, found.help)
    if isinstance(found, Value):
        cx.watch(found.watch)
    if isinstance(found, LocalFunction) and found.decorators:
        plain = replace(found, decorators=())
        return made_functions.decorated(cx, found.scope, found.decorators, plain)
    return found


def missing_member(cx: Context, scope: Scope, node: Any, base: Value) -> Exception:
    """The diagnostic for what a module does not have: most often a typing error."""
    advice = suggestions.for_missing_member(base.value, base.text, node.attr)
    return cx.refuse("AC012", node, scope, f"`{base.text}` has no `{node.attr}`", advice)


def compile_time(cx: Context, scope: Scope, node: Any) -> Any:
    """The function, generator, module or class that an expression certainly denotes, if any: one of ``CODE``.

    What makes it is lowered: ask once for each time that the program evaluates the expression.
    """
    node = named_attributes.written_attribute(scope, node)
    if isinstance(node, gast.Lambda):
        return LocalFunction(node, scope, "lambda", arguments.lower_defaults(cx, scope, node.args))
    if isinstance(node, Given):
        return node.operand if isinstance(node.operand, CODE) else None
    if isinstance(node, gast.GeneratorExp):
        return generators.of_expression(cx, scope, node)
    if isinstance(node, held_functions.DISPLAYS):
        return held_functions.of_display(cx, scope, node)
    if isinstance(node, gast.Subscript):
        return item if isinstance(item := held_functions.item_of(cx, scope, node), CODE) else None
    if isinstance(node, gast.IfExp):
        return held_functions.of_condition(cx, scope, node)
    if isinstance(node, gast.BoolOp):
        return held_functions.of_default(cx, scope, node)
    found = meaning(cx, scope, node)
    if isinstance(found, (Free, Variable)):
        found = held_functions.of_value(cx, scope, node, found) or found
    if found is None:
        found = made_functions.made_by(cx, scope, node) or objects.attribute_meaning(cx, scope, node)
    return found if isinstance(found, CODE) else None


def _attribute(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    found = meaning(cx, scope, node)
    if isinstance(found, Value):
        return constant_of(cx, scope, node, found)
    if isinstance(found, Free):
        return cx.free_name(found)
    if isinstance(found, Variable):
        return Name(found.name)
    building = objects.building_named(scope, node.value)
    base: Any = building or lower(cx, scope, node.value)
    made = objects.lower_attribute(cx, scope, node, base, stem)
    if made is not None:
        return made
    return cx.bind("attribute", base, Const(node.attr), stem=stem)


def _tuple(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    if any(isinstance(e, gast.Starred) for e in node.elts):
        return starred.display(cx, scope, node)
    kind = "tuple" if isinstance(node, gast.Tuple) else "list"
    return Pack(kind, tuple(lower(cx, scope, e) for e in node.elts))


def _dict(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    if all(isinstance(k, gast.Constant) for k in node.keys):
        return Pack("dict", tuple(lower(cx, scope, v) for v in node.values), tuple(k.value for k in node.keys))
    return comprehensions.dict_display(cx, scope, node)


def lower_index(cx: Context, scope: Scope, node: Any) -> Operand:
    """Lower what stands between the brackets of a subscript."""
    if isinstance(node, gast.Slice):
        parts = (Const(None) if p is None else lower(cx, scope, p) for p in (node.lower, node.upper, node.step))
        return Pack("slice", tuple(parts))
    if isinstance(node, gast.Tuple):
        return Pack("tuple", tuple(lower_index(cx, scope, e) for e in node.elts))
    return lower(cx, scope, node, stem="index")


def _subscript(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    grid = grids.lower_maker(cx, scope, node, stem)
    if grid is not None:
        return grid
    held = enumerations.named(cx, scope, node) or held_functions.item_of(cx, scope, node)
    if held is not None:
        return _given(cx, scope, Given(held, node), stem)
    flat = flat_items.read_flat(cx, scope, node, stem)
    if flat is not None:
        return flat
    base, index = lower(cx, scope, node.value), lower_index(cx, scope, node.slice)
    made = object_operators.special(cx, scope, node, base, "getitem", index)
    if made is not None:
        return made
    if isinstance(base, Pack):
        if base.kind in ("tuple", "list") and isinstance(index, Const) and type(index.value) is int:
            if -len(base.items) <= index.value < len(base.items):
                return base.items[index.value]
        base = cx.bind("copy", base)
    return cx.bind("index", base, index, stem=stem)


def class_name(cx: Context, cls: type) -> str:
    """How generated code names a class."""
    text = class_text(cls)
    if text is None:
        text = next((n for n, known in cx.constants.items() if known is cls), None) or cx.names.fresh(cls.__name__)
        cx.constants[text] = cls
    return text


def exception_class(cx: Context, scope: Scope, node: Any) -> str:
    """The name under which an exception class is raised."""
    found = compile_time(cx, scope, node)
    if isinstance(found, Value) and isinstance(found.value, type) and issubclass(found.value, BaseException):
        return class_name(cx, found.value)
    raise cx.refuse("AC001", node, scope, "only exception classes can be raised here", "raise ValueError(message)")


HANDLERS = {
    gast.Constant: _constant, gast.Name: _name, gast.Attribute: _attribute, gast.Tuple: _tuple,
    gast.List: _tuple, gast.Dict: _dict, gast.Subscript: _subscript, gast.JoinedStr: lambda cx, scope, node, stem: texts.lower_joined(cx, scope, node, stem),
    gast.Call: lambda cx, scope, node, stem: calls.lower_call(cx, scope, node, stem),
    patterns.Answer: lambda cx, scope, node, stem: node.operand,
    patterns.Part: lambda cx, scope, node, stem: patterns.lower_part(cx, scope, node, stem),
    patterns.Fits: lambda cx, scope, node, stem: patterns.lower_fits(cx, scope, node, stem),
    Given: _given,
    gast.NamedExpr: lambda cx, scope, node, stem: assigned_inside.lower_named(cx, scope, node, stem),
    gast.ListComp: lambda cx, scope, node, stem: comprehensions.list_comprehension(cx, scope, node, stem),
    gast.Set: lambda cx, scope, node, stem: comprehensions.set_display(cx, scope, node),
    gast.SetComp: lambda cx, scope, node, stem: comprehensions.set_display(cx, scope, node),
    gast.DictComp: lambda cx, scope, node, stem: comprehensions.dict_comprehension(cx, scope, node, stem),
    gast.GeneratorExp: lambda cx, scope, node, stem: comprehensions.refuse_generator(cx, scope, node, stem),
}  # fmt: skip

__all__ = ["Bind", "lower", "lower_index", "lower_name"]
