"""Calls, by what their function certainly is: Python functions, library functions, methods."""

from __future__ import annotations

import builtins
import dataclasses
import enum
import functools
import sys
import types
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import (
    arguments,
    closures,
    comprehensions,
    constructors,
    copies,
    custom,
    derivatives,
    enumerations,
    expressions,
    generators,
    grids,
    held_functions,
    held_iterators,
    inlining,
    iterators,
    library_calls,
    library_objects,
    made_functions,
    named_attributes,
    object_items,
    object_operators,
    objects,
    pullbacks,
    several_classes,
    solvers,
    starred,
    tangent_calls,
    taylor_calls,
    written_out,
)
from adjoint_compiler.frontend.context import Context, Refused, TooMuch
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import (
    MISSING,
    Applied,
    Chosen,
    Free,
    Generator,
    LocalFunction,
    Scope,
    Several,
    Value,
    Variable,
    Watch,
)
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack, Pop, Push, Store
from adjoint_compiler.ir.types import NEVER
from adjoint_compiler.library import definition_of
from adjoint_compiler.library.python_iterators import next_or
from adjoint_compiler.library.python_views import VIEWS
from adjoint_compiler.runtime import memory, structures


def lower_call(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """Lower a call by what its function certainly is."""
    node = library_calls.without_frozen(cx, scope, node)
    func = named_attributes.written_attribute(scope, node.func)
    if func is not node.func:
        node = gast.copy_location(gast.Call(func, node.args, node.keywords), node)
    found = expressions.compile_time(cx, scope, node.func)
    if isinstance(found, Value) and isinstance(found.value, functools.partial):
        found = made_functions.live_partial(cx, found.value)
    if isinstance(found, Chosen):
        return held_functions.call_chosen(cx, scope, node, found)
    if isinstance(found, Applied):
        node, found = made_functions.without_partial(node, found)
    if isinstance(found, LocalFunction) and found.receiver is not None:
        node, found = inlining.with_receiver(node, found), replace(found, receiver=None)
    node = object_items.asked_for_items(cx, scope, starred.without_stars(cx, scope, node, found), found)
    node, found = comprehensions.without_generators(cx, scope, node, found)
    node, found = grids.vectorized(cx, scope, node, found)
    written = made_functions.with_operator(node, found)
    if written is not node or not isinstance(node, gast.Call):
        return expressions.lower(cx, scope, written, stem)
    if isinstance(found, Value) and found.value is builtins.len and len(node.args) == 1:
        several = expressions.compile_time(cx, scope, node.args[0])
        if isinstance(several, Several):
            return Const(len(several.items))
    if isinstance(found, Value) and found.value is builtins.next and node.args:
        generator = expressions.compile_time(cx, scope, node.args[0])
        if isinstance(generator, Generator):
            return generators.next_of(cx, scope, node, generator)
        me = expressions.lower(cx, scope, held_iterators.made_there(cx, scope, node.args[0]))
        of_library = library_objects.gives_items(cx, scope, Given(me, node))
        if len(node.args) == 1 and of_library:
            return cx.bind("method", me, Const("__next__"), stem=stem)
        if len(node.args) == 2 and (of_library or objects.class_of(cx, scope, node, me) is not None):
            given = gast.copy_location(gast.Call(node.func, [Given(me, node), node.args[1]], []), node)
            return inlining.inline_function(cx, scope, given, next_or)
        made = object_operators.special(cx, scope, node, me, "next")
        if made is not None:
            return made
    if isinstance(found, Value) and found.value in (builtins.iter, builtins.next):
        raise cx.refuse("AC001", node, scope, f"`{found.value.__name__}` of this is not differentiated: its items are not"
                        " taken one by one", "loop over it with `for`, or read its items by their numbers")  # fmt: skip
    made = named_attributes.named_attribute(cx, scope, node, found)
    if made is not None:
        return expressions.lower(cx, scope, made, stem) if isinstance(made, gast.AST) else made
    form = written_out.read_as(found.value, node) if isinstance(found, Value) else None
    if form is not None:
        node, found = written_out.with_sequence(node, found.value), Value(form, found.text)
        node = iterators.with_lists(scope, comprehensions.with_lists_of_views(node))
    if isinstance(found, LocalFunction):
        return inlining.inline_local(cx, scope, node, found)
    if isinstance(found, Value):
        return call_value(cx, scope, node, found, stem)
    if isinstance(node.func, gast.Attribute):
        return call_method(cx, scope, node, stem)
    if objects.may_have_objects(cx) or _may_be_object(cx, scope, node.func):
        made = objects.call_object(cx, scope, node, expressions.lower(cx, scope, node.func))
        if made is not None:
            return made
    held = scope.lookup(node.func.id) if isinstance(node.func, gast.Name) else None
    if cx.diagnostics and isinstance(held, Variable) and types_so_far(cx).get(held.name) == NEVER:
        raise Refused  # what is called was refused before
    if held is MISSING:
        expressions.lower(cx, scope, node.func)
        raise Refused
    if isinstance(held, Variable):
        raise cx.refuse("AC019", node, scope, f"`{node.func.id}` is not known to be a function while compiling",
                        f"to read an element write `{node.func.id}[...]`; call functions that are defined by `def`")  # fmt: skip
    raise cx.refuse("AC019", node, scope, "the compiler cannot tell which function is called here",
                    "call a function that is defined by `def`, not one chosen while running")  # fmt: skip


def _may_be_object(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether what is called may be an object, in a program in which none was met before."""
    if isinstance(node, gast.Name):
        return isinstance(scope.lookup(node.id), Free)
    if not isinstance(node, gast.Call):
        return isinstance(node, (gast.BinOp, gast.UnaryOp))
    made_by = expressions.compile_time(cx, scope, node.func)
    if isinstance(made_by, Value):
        return definition_of(made_by.value) is not None or constructors.is_class_of_objects(made_by.value)
    return made_by is None  # a method's result


def call_value(cx: Context, scope: Scope, node: Any, found: Value, stem: str) -> Operand:
    """Call of a function known while compiling."""
    function = found.value
    made = _lower_container(cx, scope, node, function, stem)
    if made is None:
        made = comprehensions.lower_quantifier(cx, scope, node, function)
    if made is not None:
        return made
    if function is structures.instance:
        return constructors.given_attributes(cx, scope, node)
    if function is memory.to_shadows:
        raise cx.refuse("AC001", node, scope, "second derivatives of containers that are changed in place, and used as a"
                        " whole, are not available yet", "read their items one by one")  # fmt: skip
    if isinstance(function, types.FunctionType) and function.__code__ is DISPATCHING:
        return _dispatched(cx, scope, node, found)
    if isinstance(function, type) and issubclass(function, enum.Enum):
        member = enumerations.named(cx, scope, node)
        if member is not None:
            return expressions.lower(cx, scope, Given(member, node), stem)
    if hasattr(function, "__adjoint_target__"):
        return derivatives.lower_derivative_call(cx, scope, node, function)
    if hasattr(function, "linear_in"):
        return inlining.inline_function(cx, scope, node, pullbacks.read_again(function))
    if hasattr(function, "__adjoint_series__"):
        return taylor_calls.lower_taylor_call(cx, scope, node, function)
    if hasattr(function, "__adjoint_forward__"):
        return tangent_calls.lower_jvp_call(cx, scope, node, function)
    if hasattr(function, "__adjoint_transform__"):
        raise cx.refuse("AC001", node, scope, f"`{found.text}` inside a differentiated function is not differentiated yet",
                        "call ac.grad(...), ac.value_and_grad(...) or ac.jvp(...) of a function there")  # fmt: skip
    user_rule = custom.user_rule(function)
    if user_rule is not None:
        return custom.lower_custom_call(cx, scope, node, user_rule, stem)
    solver = solvers.solver_of(function)
    if solver is not None:
        return solvers.lower_solver(cx, scope, node, solver, function, stem)
    if library_calls.is_spline(function):
        return library_calls.lower_spline(cx, scope, node, found, stem)
    definition = definition_of(function)
    if isinstance(definition, type):
        return constructors.construct(cx, scope, node, definition)
    if constructors.is_class_of_objects(function):
        if function.__module__.partition(".")[0] in sys.stdlib_module_names - {"__main__"} and not issubclass(
            function, tuple
        ):
            return _of_python_library(cx, scope, node, found)
        return constructors.construct(cx, scope, node, function)
    if function is dataclasses.replace and node.args:
        return constructors.replaced(cx, scope, node, expressions.lower_name(cx, scope, node.args[0]))
    if function in (dataclasses.asdict, dataclasses.astuple) and len(node.args) == 1 and not node.keywords:
        return constructors.fields_as_container(cx, scope, node, found)
    special = library_calls.lower_special(cx, scope, node, function, stem)
    if special is not None:
        return special
    rule = library_calls.rule_of(function, len(node.args))
    if rule is not None and (definition is None or library_calls.is_covered(rule, node)):
        return library_calls.call_rule(cx, scope, node, rule, stem)
    if definition is not None:
        with cx.defining(node, scope):
            return inlining.inline_function(cx, scope, node, definition)
    if library_calls.is_library(function):
        raise library_calls.missing_rule(cx, scope, node, found)
    if isinstance(function, types.MethodType):
        local = inlining.local_function(cx, scope, node, function.__func__)
        bound = replace(local, receiver=objects.bound_to(cx, scope, node, found), key=function.__func__)
        return inlining.inline_local(cx, scope, node, bound)
    if getattr(function, "__module__", None) == "adjoint_compiler.library.numpy_functions":
        with cx.defining(node, scope):
            return inlining.inline_function(cx, scope, node, function)
    if (getattr(function, "__module__", None) or "").partition(".")[0] in sys.stdlib_module_names:
        return _of_python_library(cx, scope, node, found)
    if isinstance(function, types.FunctionType) or hasattr(function, "py_func"):
        return inlining.inline_function(cx, scope, node, function)
    if isinstance(function, functools._lru_cache_wrapper):
        raise cx.refuse("AC019", node, scope, f"`{found.text}` keeps results between calls, which have no derivative",
                        f"drop the decorator, or call `{found.text}.__wrapped__`")  # fmt: skip
    raise cx.refuse(
        "AC019", node, scope, f"`{found.text}` is not a Python function", "wrap what it computes in a `def`"
    )


def _of_python_library(cx: Context, scope: Scope, node: Any, found: Value) -> Operand:
    """What is written in Python in Python's library: what is refused in it is told of the call, once."""
    before, block, around = len(cx.diagnostics), len(cx.block), cx.library_calls
    frames, trying, caught = len(cx.frames), cx.trying, len(cx.caught)
    cx.library_calls = 0 if around is None else around
    try:
        operand: Operand | None = None
        if constructors.is_class_of_objects(found.value):
            operand = constructors.construct(cx, scope, node, found.value)
        elif isinstance(found.value, types.FunctionType):
            operand = inlining.inline_function(cx, scope, node, found.value)
        if operand is not None and len(cx.diagnostics) == before:
            return operand
    except (Refused, TooMuch):
        pass
    finally:
        cx.library_calls = around
    del cx.diagnostics[before:], cx.frames[frames:], cx.caught[caught:]
    cx.trying = trying
    cx.rewind(block)
    raise cx.refuse("AC019", node, scope, f"`{found.text}` of Python's library does more than is differentiated",
                    "write what it computes as a function of your own, or call it outside")  # fmt: skip


DISPATCHING = functools.singledispatch(lambda x: x).__code__  # type: ignore[attr-defined]


def _dispatched(cx: Context, scope: Scope, node: Any, found: Value) -> Operand:
    """A function of ``functools.singledispatch``: the one for the class of its first argument."""
    if not node.args or isinstance(node.args[0], gast.Starred):
        raise cx.refuse(
            "AC001", node, scope, f"`{found.text}` asks for the class of its first argument", "pass it by place"
        )
    me = expressions.lower_name(cx, scope, node.args[0])
    if several_classes.alternatives(cx, me):

        def one(o: Any) -> Operand:
            again = gast.copy_location(gast.Call(node.func, [Given(o, node), *node.args[1:]], node.keywords), node)
            return _dispatched(cx, scope, again, found)

        return several_classes.by_class(cx, scope, node, me, "__class__", one)
    cls = objects.class_of(cx, scope, node, me) or CLASSES.get(operand_type(me, types_so_far(cx)).kind)
    if cls is None:
        raise cx.refuse("AC019", node, scope, f"which function of `{found.text}` this calls is not known while compiling",
                        "call it with an object of a class of your own")  # fmt: skip
    function = found.value.dispatch(cls)
    cx.watch(Watch(found.value, cls.__name__, function, lambda: found.value.dispatch(cls)))
    call = gast.copy_location(gast.Call(node.func, [Given(me, node), *node.args[1:]], node.keywords), node)
    return call_value(cx, scope, call, Value(function, found.text), "t")


CLASSES: dict[str, type] = {
    "int": int, "float": float, "bool": bool, "str": str, "list": list, "tuple": tuple, "dict": dict, "array": np.ndarray,
}  # fmt: skip
EMPTY: dict[Any, Operand] = {
    builtins.list: Pack("list", ()), builtins.tuple: Pack("tuple", ()), builtins.dict: Pack("dict", ()),
    builtins.float: Const(0.0), builtins.int: Const(0), builtins.bool: Const(False), builtins.str: Const(""),
}  # fmt: skip


def _lower_container(cx: Context, scope: Scope, node: Any, function: Any, stem: str) -> Operand | None:
    """A slice, list, tuple or dictionary that is made by a call; None for other functions."""
    if function is builtins.slice:
        args, _ = arguments.lower_arguments(cx, scope, node)
        padded = {1: [Const(None), *args, Const(None)], 2: [*args, Const(None)], 3: args}[len(args)]
        return Pack("slice", tuple(padded))
    if function in (builtins.list, builtins.tuple) and node.args:
        args, _ = arguments.lower_arguments(cx, scope, node)
        return cx.bind(f"builtins.{function.__name__}", *args, stem=stem)
    if isinstance(function, type) and function in EMPTY and not node.args and not node.keywords:
        return EMPTY[function]
    if function is builtins.dict and not node.args:
        _, keywords = arguments.lower_arguments(cx, scope, node)
        return Pack("dict", tuple(keywords.values()), tuple(keywords))
    if function is builtins.dict:
        return comprehensions.lower_dict_call(cx, scope, node, stem)
    return copies.lower_copy(cx, scope, node, function, stem)


HOLDING = (
    "append",
    "appendleft",
    "extend",
    "get",
    "insert",
    "setdefault",
)  # methods of containers that keep or return what they are given


def call_method(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """``x.method(...)``: lists' append and pop are IR statements, the rest is resolved once types are known."""
    name = node.func.attr
    receiver = expressions.lower(cx, scope, node.func.value)
    made = objects.call_method(cx, scope, node, receiver)
    if made is not None:
        return made
    if name in VIEWS and not node.args and operand_type(receiver, types_so_far(cx)).kind == "dict":
        made_of = gast.copy_location(gast.Call(node.func, [Given(receiver, node.func.value)], []), node)
        return constructors.construct(cx, scope, made_of, VIEWS[name])
    if name == "sort" and any(k.arg == "key" for k in node.keywords):
        return _sort_by_key(cx, scope, node, receiver)
    node = iterators.with_lists(scope, comprehensions.with_lists_of_views(node), generators=True)
    if name in HOLDING:
        held = [a if isinstance(a, gast.Starred) else Given(closures.lower_held(cx, scope, a), a) for a in node.args]
        node = gast.copy_location(gast.Call(node.func, held, node.keywords), node)
    args, keywords = arguments.lower_arguments(cx, scope, node)
    if isinstance(receiver, Pack):
        receiver = cx.bind("copy", receiver)
    if isinstance(receiver, Name):
        if name == "append" and len(args) == 1:
            cx.emit(Push(receiver.id, args[0], cx.span))
            return Const(None)
        if name == "pop" and not args and not keywords:
            target = cx.temporary(stem)
            cx.emit(Pop(target, receiver.id, cx.span))
            return Name(target)
        if name == "__setitem__" and len(args) == 2:
            cx.emit(Store(receiver.id, args[0], args[1], cx.span))
            return Const(None)
        if name == "fill" and len(args) == 1:
            cx.emit(Store(receiver.id, Const(Ellipsis), args[0], cx.span))
            return Const(None)
        if name == "__getitem__" and len(args) == 1:
            return cx.bind("index", receiver, args[0], stem=stem)
    return cx.bind("method", receiver, Const(name), *args, stem=stem, **keywords)


def _sort_by_key(cx: Context, scope: Scope, node: Any, receiver: Operand) -> Operand:
    """``items.sort(key=f)`` as ``items[:] = sorted(items, key=f)``."""
    function = Given(Value(builtins.sorted, "sorted"), node.func)
    items = Given(receiver, node.func.value)
    call = gast.copy_location(gast.Call(function, [items, *node.args], node.keywords), node)
    ordered = expressions.lower(cx, scope, call)
    if isinstance(receiver, Name):
        cx.emit(Store(receiver.id, Pack("slice", (Const(None),) * 3), ordered, cx.span))
    return Const(None)
