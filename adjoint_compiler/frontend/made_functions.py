"""Functions that the program makes while it runs: by `functools.partial`, and by functions that return functions.

half = partial(scale, 0.5)          half(x) is scale(0.5, x)

def make(k):
    def g(x): return k * x          make(2.0)(x): `make` is inlined, and `g` is the function that it returns
    return g

@timed                              f is what `timed(f)` returns
def f(x): ...

Whether a call makes a function is read off the text of what it calls, before anything is lowered.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import itertools
import operator
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gast

from adjoint_compiler.frontend import (
    arguments,
    derivatives,
    expressions,
    generators,
    held_functions,
    inlining,
    objects,
    pullbacks,
    starred,
    written_out,
)
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.function_texts import LookUp, Text, live_text, returned, text_of, written
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import (
    CODE,
    Applied,
    Generator,
    LocalFunction,
    Scope,
    Value,
    Variable,
)
from adjoint_compiler.ir.names import Names

GETTERS = (operator.itemgetter, operator.attrgetter)
CACHES = (functools.lru_cache, functools.cache)


def made_by(cx: Context, scope: Scope, node: Any) -> Any:
    """The function or generator that a call makes; None for other expressions."""
    if not isinstance(node, gast.Call):
        return None
    called = _called(cx, scope, node)
    if called is None or not _makes(cx, scope, called, node):
        return None
    if getattr(called.value, "__adjoint_transform__", False):
        return derivatives.made_here(cx, scope, node)
    node = starred.without_stars(cx, scope, node)
    found = expressions.compile_time(cx, scope, node.func)
    if isinstance(found, Applied):
        node, found = without_partial(node, found)
    function = found.value if isinstance(found, Value) else None
    if pullbacks.is_vjp(function):
        return made_by(cx, scope, pullbacks.call_with_text(cx, scope, node, function))
    if function is functools.partial:
        return _applied(cx, scope, node)
    if function is functools.reduce:
        return held_functions.reduced(cx, scope, node)
    if function in GETTERS:
        return _getter(scope, node, function)
    if function in written_out.BY_NUMBER:
        return generators.of_sequences(cx, scope, node, function)
    if isinstance(found, Value):
        written, node = _of_generator(cx, scope, node, function) or (written_out.read_as(function, node), node)
        found = inlining.local_function(cx, scope, node, written or function)
    bound = arguments.bind_arguments(cx, scope, inlining.with_receiver(node, found), found)
    if generators.is_generator(found.tree):
        return generators.made(cx, found, bound)
    return inlining.inline_code(cx, scope, node, found, bound)


def makes_function(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether a call makes a function, and no generator; nothing is lowered to find out."""
    called = _called(cx, scope, node)
    return called is not None and _makes(cx, scope, called, node) and not _returned_generator(cx, called, node)


def _of_generator(cx: Context, scope: Scope, node: Any, function: Any) -> Any:
    """What ``enumerate``, ``map`` or ``zip`` of a generator is read as, and the call of it; None for other calls."""
    if function not in written_out.OF_GENERATORS or any(isinstance(a, gast.Starred) for a in node.args):
        return None
    if function is builtins.zip and len(node.args) == 2 and not node.keywords:
        for k, numbered in enumerate((written_out.numbered, written_out.numbered_after)):
            first = _start_of_count(cx, scope, node.args[k])
            if first is not None and is_generator_here(cx, scope, node.args[1 - k]):
                call = gast.Call(node.func, [node.args[1 - k], first], [])
                return numbered, gast.copy_location(call, node)
    where = tuple(is_generator_here(cx, scope, a) for a in node.args)
    form = written_out.OF_GENERATORS[function].get(where) if any(where) else None
    return None if form is None else (form, node)


def _start_of_count(cx: Context, scope: Scope, node: Any) -> Any:
    """The literal that ``itertools.count(1)`` starts at; None for other expressions."""
    called = written(cx, scope.lookup, node.func) if isinstance(node, gast.Call) else None
    if called is None or called.value is not itertools.count or node.keywords or len(node.args) > 1:
        return None
    first = node.args[0] if node.args else gast.copy_location(gast.Constant(0, None), node)
    return first if isinstance(first, gast.Constant) else None


def is_generator_here(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression is a generator; nothing is lowered to find out."""
    if isinstance(node, gast.GeneratorExp):
        return True
    if isinstance(node, Given):
        return isinstance(node.operand, Generator)
    if isinstance(node, gast.Name):
        return isinstance(scope.lookup(node.id), Generator)
    called = _called(cx, scope, node) if isinstance(node, gast.Call) else None
    return called is not None and _makes(cx, scope, called, node) and _returned_generator(cx, called, node)


def _returned_generator(cx: Context, called: Text, node: Any) -> bool:
    if called.tree is not None:
        return generators.is_generator(called.tree)
    return called.value not in (functools.partial, functools.reduce, *GETTERS)


def without_partial(node: Any, found: Any) -> tuple[Any, Any]:
    """A call of what ``partial`` made as one of the function itself, and that function."""
    while isinstance(found, Applied):
        first = [Given(a, node) for a in found.args]
        given = {k.arg for k in node.keywords}
        named = [gast.keyword(k, Given(v, node)) for k, v in found.keywords.items() if k not in given]
        keywords = [gast.copy_location(k, node) for k in named] + node.keywords
        function = Given(found.function, node.func)
        node = gast.copy_location(gast.Call(function, [*first, *node.args], keywords), node)
        found = found.function
    return node, found


def live_partial(cx: Context, function: Any) -> Applied:
    """An object that ``functools.partial`` made outside of the program."""
    inner = function.func
    made = live_partial(cx, inner) if isinstance(inner, functools.partial) else Value(inner, inner.__name__)
    args = [arguments.default_operand(cx, f"argument_{k}", v) for k, v in enumerate(function.args)]
    keywords = {k: arguments.default_operand(cx, k, v) for k, v in function.keywords.items()}
    return Applied(made, tuple(map(cx.operand_of, args)), {k: cx.operand_of(v) for k, v in keywords.items()})


def _applied(cx: Context, scope: Scope, node: Any) -> Applied:
    given = [_held(cx, scope, a) for a in node.args]
    keywords = {k.arg: _held(cx, scope, k.value) for k in node.keywords}
    if not isinstance(given[0], CODE):
        raise cx.refuse("AC019", node, scope, "the compiler cannot tell which function `partial` is given",
                        "give it a function that is defined by `def`")  # fmt: skip
    return Applied(given[0], tuple(given[1:]), keywords)


def _held(cx: Context, scope: Scope, node: Any) -> Any:
    found = expressions.compile_time(cx, scope, node)
    return found or arguments.held(cx, expressions.lower(cx, scope, node), "given")


def decorated(cx: Context, scope: Scope, decorators: Sequence[Any], function: LocalFunction) -> Any:
    """A function as its decorators make it, the last one first."""
    found: Any = function
    for decorator in reversed(decorators):
        called = decorator.func if isinstance(decorator, gast.Call) else decorator
        meaning = expressions.meaning(cx, scope, called)
        known = meaning.value if isinstance(meaning, Value) else None
        if known in CACHES:
            raise cx.refuse("AC001", decorator, scope, f"`{gast.unparse(called).strip()}` keeps results between calls, which"
                            " have no derivative", "drop the decorator: calls are compiled, and cost little")  # fmt: skip
        if known is contextlib.contextmanager and isinstance(found, LocalFunction):
            found = replace(found, manager=True)
            continue
        if known is functools.wraps or getattr(known, "__module__", "").startswith("numba."):
            continue
        call = gast.copy_location(gast.Call(decorator, [Given(found, decorator)], []), decorator)
        made = made_by(cx, scope, call)
        if made is None:
            raise cx.refuse("AC001", decorator, scope, "what this decorator makes of the function is not known while"
                            " compiling", "drop the decorator, or let it return a function defined in it")  # fmt: skip
        found = made
    return found


def changed_by(look_up: LookUp, decorator: Any, tree: Any) -> bool | None:
    """Whether a decorator makes another function of one; None where that is not known."""
    own = LocalFunction(tree, Scope({}, frozenset(), look_up, None, None), tree.name)
    call = gast.Call(decorator, [Given(own, decorator)], [])
    text = written(Context(Names()), look_up, gast.copy_location(call, decorator))
    return None if text is None else text.tree is not tree


BINARY = {
    operator.add: gast.Add, operator.sub: gast.Sub, operator.mul: gast.Mult, operator.truediv: gast.Div,
    operator.floordiv: gast.FloorDiv, operator.mod: gast.Mod, operator.pow: gast.Pow, operator.matmul: gast.MatMult,
}  # fmt: skip
UNARY = {operator.neg: gast.USub, operator.pos: gast.UAdd, operator.invert: gast.Invert, operator.not_: gast.Not}
COMPARED = {
    operator.lt: gast.Lt, operator.le: gast.LtE, operator.gt: gast.Gt, operator.ge: gast.GtE, operator.eq: gast.Eq,
    operator.ne: gast.NotEq,
}  # fmt: skip


def with_operator(node: Any, found: Any) -> Any:
    """``operator.mul(a, b)`` as ``a * b``; other calls as they are."""

    function = found.value if isinstance(found, Value) else None
    if getattr(function, "__module__", None) != "_operator" or node.keywords:
        return node
    if len(node.args) == 2 and function in BINARY:
        made: Any = gast.BinOp(node.args[0], BINARY[function](), node.args[1])
    elif len(node.args) == 2 and function in COMPARED:
        made = gast.Compare(node.args[0], [COMPARED[function]()], [node.args[1]])
    elif len(node.args) == 2 and function is operator.getitem:
        made = gast.Subscript(node.args[0], node.args[1], gast.Load())
    elif len(node.args) == 3 and function is operator.setitem:
        made = gast.Call(gast.Attribute(node.args[0], "__setitem__", gast.Load()), node.args[1:], [])
    elif len(node.args) == 2 and function is operator.delitem:  # of a list
        made = gast.Call(gast.Attribute(node.args[0], "pop", gast.Load()), node.args[1:], [])
    elif len(node.args) == 1 and function in UNARY:
        made = gast.UnaryOp(UNARY[function](), node.args[0])
    elif len(node.args) == 1 and function is operator.abs:
        made = gast.Call(Given(Value(abs, "abs"), node), node.args, [])
    else:
        return node
    return gast.copy_location(made, node)


def _getter(scope: Scope, node: Any, function: Any) -> LocalFunction:
    """``itemgetter(1)`` as ``lambda v: v[1]``; ``attrgetter("x")`` as ``lambda v: v.x``."""
    item = gast.Name("v", gast.Load(), None, None)
    if function is operator.itemgetter:
        parts: list[Any] = [gast.Subscript(item, a, gast.Load()) for a in node.args]
    else:
        parts = [
            functools.reduce(lambda v, n: gast.Attribute(v, n, gast.Load()), a.value.split("."), item)
            for a in node.args
        ]
    return _one_parameter(scope, node, parts[0] if len(parts) == 1 else gast.Tuple(parts, gast.Load()))


def _one_parameter(scope: Scope, node: Any, body: Any) -> LocalFunction:
    """``lambda v: body``."""
    params = gast.arguments([gast.Name("v", gast.Param(), None, None)], [], None, [], [], None, [])
    tree = gast.copy_location(gast.Lambda(params, body), node)
    for n in gast.walk(tree):
        if not hasattr(n, "lineno"):
            gast.copy_location(n, node)
    return LocalFunction(tree, scope, "lambda")


BOUND = ("append", "get", "count", "index", "__getitem__")


def is_bound_method(scope: Scope, node: Any) -> bool:
    """Whether an expression is written ``items.append`` of a variable, as programs pass it for a callback, or ``d.get``."""
    return (
        isinstance(node, gast.Attribute)
        and node.attr in BOUND
        and isinstance(node.value, gast.Name)
        and isinstance(scope.lookup(node.value.id), Variable)
    )


def bound_method(cx: Context, scope: Scope, node: Any) -> LocalFunction:
    """``items.append`` as ``lambda v: items.append(v)``."""
    item = gast.Name("v", gast.Load(), None, None)
    items = Given(expressions.lower(cx, scope, node.value), node)
    call = gast.Call(gast.Attribute(items, node.attr, gast.Load()), [item], [])
    return _one_parameter(scope, node, call)


# -- what is read off the text -----------------------------------------------------------------------------------


def _called(cx: Context, scope: Scope, node: Any) -> Text | None:
    """The function of a call, if it can be told; methods of objects are among them."""
    found = written(cx, scope.lookup, node.func)
    if found is None and isinstance(node.func, gast.Attribute) and objects.may_have_objects(cx):
        return text_of(cx, objects.attribute_meaning(cx, scope, node.func))
    return found


def _makes(cx: Context, scope: Scope, called: Text, node: Any) -> bool:
    """Whether a call makes a function or a generator."""
    if pullbacks.is_vjp(called.value) or getattr(called.value, "__adjoint_transform__", False):
        return True
    if called.tree is None:
        if called.value in written_out.OF_GENERATORS:
            return _of_generator(cx, scope, node, called.value) is not None
        written = written_out.read_as(called.value, node)
        if called.value in GETTERS:
            return bool(node.args) and all(isinstance(a, gast.Constant) for a in node.args)
        return (
            called.value is functools.partial
            or (called.value is functools.reduce and returned(cx, called, node, scope.lookup) is not None)
            or called.value in written_out.BY_NUMBER
            or (written is not None and generators.is_generator(live_text(written).tree))
        )
    return generators.is_generator(called.tree) or returned(cx, called, node, scope.lookup) is not None


__all__ = [
    "bound_method",
    "changed_by",
    "decorated",
    "is_bound_method",
    "live_partial",
    "made_by",
    "makes_function",
    "without_partial",
]
