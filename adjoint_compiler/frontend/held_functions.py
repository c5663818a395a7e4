"""Functions in tuples, lists and dicts, and functions chosen while running.

layers = [np.tanh, lambda v: v * v]        known while compiling; it holds no value at run time
layers[1](x)                               the call of that lambda

kinds = {"sin": np.sin, "cos": np.cos}     if kind == "sin": y = np.sin(x)
y = kinds[kind](x)                 ->      elif kind == "cos": y = np.cos(x)
                                           else: raise KeyError
h = np.sin if flag else np.cos             if flag: y = np.sin(x)
y = h(x)                           ->      else: y = np.cos(x)

Such containers are not changed: what they hold must be certain. Those that come from outside, or that objects hold, tell by
their types which functions they hold.
"""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import arguments, constructors, expressions, made_functions, objects, operators, starred
from adjoint_compiler.frontend.assumptions import Assumption
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.derivatives import Nested
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.meanings import names_code
from adjoint_compiler.frontend.scope import (
    CODE,
    Chosen,
    Free,
    Generator,
    LocalFunction,
    Scope,
    Several,
    Value,
    Variable,
    function_text,
)
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Effect, If, Name, Operand, Pack
from adjoint_compiler.ir.objects import Closure
from adjoint_compiler.ir.types import UNKNOWN, OneOfSeveral, Type, type_of

DISPLAYS = (gast.List, gast.Tuple, gast.Dict)


def holds_functions(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether a display of a tuple, list or dict has functions in it; nothing is lowered to find out."""
    if not isinstance(node, DISPLAYS):
        return False
    parts = node.values if isinstance(node, gast.Dict) else node.elts
    return any(holds_functions(cx, scope, p) or denotes_function(cx, scope, p) for p in parts)


def denotes_function(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression certainly is a function; nothing is lowered to find out."""
    if isinstance(node, gast.Lambda):
        return True
    if isinstance(node, gast.Call):
        return made_functions.makes_function(cx, scope, node)
    if not isinstance(node, (gast.Name, gast.Attribute)):
        return False
    found = expressions.meaning(cx, scope, node)
    if type(found) is Value and isinstance(found.value, type):
        return constructors.is_class_of_objects(found.value)
    return names_code(found) and type(getattr(found, "value", None)).__name__ not in ("module", "Namespace")


def of_display(cx: Context, scope: Scope, node: Any) -> Several | None:
    """What a tuple, list or dict with functions in it holds; None for others."""
    if not holds_functions(cx, scope, node):
        return None
    is_dict = isinstance(node, gast.Dict)
    parts = node.values if is_dict else node.elts
    if any(isinstance(p, gast.Starred) for p in parts) or (
        is_dict and not all(isinstance(k, gast.Constant) for k in node.keys)
    ):
        raise cx.refuse("AC001", node, scope, "which functions this holds is not known while compiling",
                        "write its items out")  # fmt: skip
    items = tuple(
        expressions.compile_time(cx, scope, p) or arguments.held(cx, expressions.lower(cx, scope, p), "item")
        for p in parts
    )
    return Several(items, tuple(k.value for k in node.keys) if is_dict else None)


def of_value(cx: Context, scope: Scope, node: Any, found: Any) -> Several | None:
    """The functions in a container that comes from outside, or that an object holds; None where there are none."""
    if isinstance(found, Free):
        t = type_of(found.value)
        return of_type(cx, cx.free_name(found), t) if has_functions(t) else None
    if not isinstance(found, Variable) or not may_hold_functions(cx):
        return None
    t = types_so_far(cx).get(found.name, UNKNOWN)
    if not has_functions(t):
        return None
    what = "the container that functions are taken from"
    if not any(a.name == found.name and a.node is node for a in cx.assumed):
        cx.assumed.append(Assumption(found.name, t, node, scope, what, frozen=True))
    return of_type(cx, Name(found.name), t)


def may_hold_functions(cx: Context) -> bool:
    """Whether any parameter or object may hold containers of functions."""
    return objects.may_have_objects(cx) or any(map(has_functions, cx.types.values()))


def has_functions(t: Type) -> bool:
    """Whether a type is that of a container in which functions are."""
    return t.kind in ("tuple", "list", "dict") and any(i.kind == "function" or has_functions(i) for i in t.items)


def of_type(cx: Context, operand: Operand, t: Type) -> Several:
    """What a container of this type holds."""
    keys = t.keys if t.kind == "dict" else tuple(range(len(t.items)))
    items = []
    for key, item in zip(keys, t.items, strict=True):
        if item.kind == "function":
            items.append(code_of(item))
        else:
            part = cx.bind("index", operand, Const(key))
            items.append(of_type(cx, part, item) if has_functions(item) else part)
    return Several(tuple(items), keys if t.kind == "dict" else None, operand)


def code_of(t: Type) -> Any:
    """The function that values of a type certainly are."""
    return t.cls if getattr(type(t.cls), "is_code", False) else Value(t.cls, getattr(t.cls, "__name__", "it"))


def as_operand(cx: Context, scope: Scope, node: Any, code: Any, stem: str) -> Operand:
    """A function, or a container of functions, as an object holds it: its type says which it is.

    Functions that are defined in the program have no value while it runs: their calls are inlined.
    """
    if isinstance(code, (Const, Name, Pack)):
        return code
    if isinstance(code, Variable):
        return Name(code.name)
    if isinstance(code, Several):
        items = tuple(as_operand(cx, scope, node, i, stem) for i in code.items)
        return Pack("tuple", items) if code.keys is None else Pack("dict", items, code.keys)
    nested = type(code) is Value and isinstance(code.value, Nested)
    if type(code) is Value and callable(code.value) and not nested:
        text = function_text(code.value)
        if not text:
            text = next((n for n, known in cx.constants.items() if known is code.value), None) or cx.names.fresh(stem)
            cx.constants[text] = code.value
        return Const(code.value, text)
    closed = isinstance(code, LocalFunction) and code.scope.parent is None and not code.receiver
    if isinstance(code, Generator) or (cx.in_loop() and not closed):
        what = "a generator" if isinstance(code, Generator) else "a function that is made in a loop"
        raise cx.refuse("AC001", node, scope, f"attribute `{stem}` is {what}",
                        "define it by `def` in the class or the module")  # fmt: skip
    cx.has_own_functions = True
    return Const(code.value if nested else code, "None")


def check_result(cx: Context, scope: Scope, node: Any, result: Operand) -> None:
    """Refuse a result that holds functions of the program, which have no value while it runs."""
    if (cx.has_own_functions or cx.closures) and _has_own(operand_type(result, types_so_far(cx))):
        cx.refuse("AC001", node, scope, "what is returned holds a function that is defined in the program",
                  "return numbers, arrays and containers of them")  # fmt: skip


def _has_own(t: Type) -> bool:
    if isinstance(t.cls, type) and issubclass(t.cls, Closure):
        return True
    kept = t.cls if isinstance(t.cls, Type) else None  # of a dict
    held = (*t.items, *(t.keys if t.cls is OneOfSeveral else ()), *((kept,) if kept is not None else ()))
    return (t.kind == "function" and getattr(type(t.cls), "is_code", False)) or any(map(_has_own, held))


# -- items -------------------------------------------------------------------------------------------------------


def item_of(cx: Context, scope: Scope, node: Any) -> Any:
    """What ``container[index]`` is where the container holds functions: one of them, or an operand; None for others."""
    if isinstance(node.value, DISPLAYS) and not holds_functions(cx, scope, node.value):
        return None
    made = isinstance(node.value, gast.Call) and made_functions.makes_function(cx, scope, node.value)
    if not made and not isinstance(node.value, (gast.Name, gast.Attribute, gast.Subscript, *DISPLAYS)):
        return None
    several = expressions.compile_time(cx, scope, node.value)
    if not isinstance(several, Several):
        return None
    index = _literal(node.slice)
    if isinstance(node.slice, gast.Slice):
        bounds = [None if p is None else _literal(p) for p in (node.slice.lower, node.slice.upper, node.slice.step)]
        if several.keys is None and all(b is None or type(b) is int for b in bounds):
            return Several(several.items[slice(*bounds)])
        raise cx.refuse("AC001", node, scope, "which functions these are is not known while compiling", "loop over all")
    if index is not None:
        return _item(cx, scope, node, several, index)
    if not all(isinstance(i, CODE) and not isinstance(i, Several) for i in several.items):
        raise cx.refuse("AC019", node, scope, "which item this is, of those that hold functions, is not known here",
                        "use a container for the functions alone")  # fmt: skip
    selector = arguments.held(cx, expressions.lower(cx, scope, node.slice), "chosen")
    if several.keys is not None:
        return Chosen(selector, tuple(zip(several.keys, several.items, strict=True)), "KeyError")
    count = len(several.items)
    wrapped = cx.temporary("chosen")
    cx.assign(wrapped, selector)
    with cx.nested() as body:
        cx.assign(wrapped, cx.bind("operator.add", selector, Const(count)))
    cx.emit(If(cx.bind("operator.lt", selector, Const(0), stem="test"), as_block(body), (), cx.span))
    return Chosen(Name(wrapped), tuple(enumerate(several.items)), "IndexError")


def _item(cx: Context, scope: Scope, node: Any, several: Several, index: Any) -> Any:
    keys: tuple[Any, ...] = several.keys if several.keys is not None else tuple(range(len(several.items)))
    if several.keys is None and type(index) is int and index < 0:
        index += len(keys)
    if index not in keys:
        raise cx.refuse("AC012", node, scope, f"there is no item {index!r}", f"one of {', '.join(map(repr, keys))}")
    return several.items[keys.index(index)]


def _literal(node: Any) -> Any:
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        inner = _literal(node.operand)
        return -inner if type(inner) is int else None
    return node.value if isinstance(node, gast.Constant) else None


# -- choices -----------------------------------------------------------------------------------------------------


def of_condition(cx: Context, scope: Scope, node: Any) -> Any:
    """``f if c else g`` of functions; None for other conditional expressions."""

    static = operators.static_condition(cx, scope, node.test)
    if static is not None:
        found = expressions.compile_time(cx, scope, node.body if static else node.orelse)
        return found if names_code(found) else None
    if not all(denotes_function(cx, scope, p) for p in (node.body, node.orelse)):
        return None
    one, other = (expressions.compile_time(cx, scope, p) for p in (node.body, node.orelse))
    if one is None or other is None:
        return None
    test = arguments.held(cx, operators.lower_condition(cx, scope, node.test), "chosen")
    return Chosen(test, ((True, one), (False, other)), "")


def of_default(cx: Context, scope: Scope, node: Any) -> Any:
    """``f or g`` where it is known whether there is a function ``f``; None for other expressions."""
    first = scope.lookup(node.values[0].id) if isinstance(node.values[0], gast.Name) else None
    if len(node.values) != 2 or not isinstance(node.op, gast.Or):
        return None
    if type(first) is Value and first.value is None:
        found = expressions.compile_time(cx, scope, node.values[1])
    else:
        found = first if denotes_function(cx, scope, node.values[0]) else None
    return found if names_code(found) else None


def reduced(cx: Context, scope: Scope, node: Any) -> Any:
    """``functools.reduce(compose, functions)``: the function that it makes; None where it is given no functions."""
    several = expressions.compile_time(cx, scope, node.args[1])
    if not isinstance(several, Several) or several.keys is not None:
        return None
    items = list(several.items)
    value = (
        expressions.compile_time(cx, scope, node.args[2]) if len(node.args) == 3 else items.pop(0) if items else None
    )
    for item in items:
        given = [Given(value, node), Given(item, node)]
        value = expressions.compile_time(cx, scope, gast.copy_location(gast.Call(node.args[0], given, []), node))
        if value is None:
            raise cx.refuse("AC019", node, scope, "what is made of these functions is not known to be one",
                            "let the function that `reduce` is given return a function")  # fmt: skip
    return value


def call_chosen(cx: Context, scope: Scope, node: Any, found: Chosen) -> Operand:
    """The call of one of several functions: each in a branch, whichever it is; arguments are evaluated once."""
    node = starred.without_stars(cx, scope, node)

    def given(expression: Any) -> Any:
        known = expressions.compile_time(cx, scope, expression)
        operand = known or arguments.held(cx, expressions.lower(cx, scope, expression), "given")
        return Given(operand, expression)

    args = [given(a) for a in node.args]
    keywords = [gast.copy_location(gast.keyword(k.arg, given(k.value)), k) for k in node.keywords]
    target = cx.temporary("result")
    _branches(cx, scope, node, found, list(found.cases), args, keywords, target)
    return Name(target)


def _branches(cx: Context, scope: Scope, node: Any, found: Chosen, cases: list[Any], args: list[Any],
              keywords: list[Any], target: str) -> None:  # fmt: skip
    if not cases:
        cx.emit(Effect("raise", (cx.bind("format", Const("{}"), found.selector, stem="text"),), cx.span, found.fault))
        return
    (key, function), *others = cases
    call = gast.copy_location(gast.Call(Given(function, node.func), args, keywords), node)
    if not others and not found.fault:
        cx.assign(target, expressions.lower(cx, scope, call))
        return
    test = found.selector if key is True else cx.bind("operator.eq", found.selector, Const(key), stem="test")
    with cx.nested() as then:
        cx.assign(target, expressions.lower(cx, scope, call))
    with cx.nested() as orelse:
        _branches(cx, scope, node, found, others, args, keywords, target)
    cx.emit(If(test, as_block(then), as_block(orelse), cx.span))


__all__ = [
    "as_operand", "call_chosen", "check_result", "denotes_function", "code_of", "has_functions", "holds_functions", "item_of", "may_hold_functions",
    "of_condition", "of_default", "of_display", "of_type", "of_value", "reduced",
]  # fmt: skip
