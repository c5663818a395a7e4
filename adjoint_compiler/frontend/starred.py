"""Stars: in targets, in calls and in displays of tuples and lists.

first, *rest = v           first = v[0]; rest = [v[1], ...]
f(*pair, **{"c": x})  ->   f(pair[0], pair[1], c=x)
[*items, x]                a list to which the items are appended, then x
"""

from __future__ import annotations

import builtins
import types
from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend import expressions, generators, object_items, statements
from adjoint_compiler.frontend.assumptions import known_entries, known_items
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Generator, LocalFunction, Scope, Several, Value
from adjoint_compiler.ir.nodes import Const, Effect, For, If, Name, Operand, Pack, Push

ADVICE = "unpack it into names first: `a, b = ...`"


def without_stars(cx: Context, scope: Scope, node: Any, found: Any = None) -> Any:
    """The call with its starred arguments written out; all arguments are lowered in order where there are any.

    ``found`` is the function called: one that takes a fixed number of arguments tells how many are starred.
    """
    if not any(isinstance(a, gast.Starred) for a in node.args) and all(k.arg for k in node.keywords):
        return node

    def given(expression: Any) -> Any:
        if isinstance(expression, (gast.Constant, Given)):
            return expression
        found = expressions.compile_time(cx, scope, expression)
        return Given(found or expressions.lower(cx, scope, expression), expression)

    if isinstance(found, Value) and found.value in (builtins.max, builtins.min) and len(node.args) == 1:
        whole = expressions.lower(
            cx, scope, _as_sequence(cx, scope, node.args[0].value)
        )  # `max(*items)` is `max(items)`
        if known_items(cx, scope, node.args[0], whole) is None:
            node = gast.copy_location(gast.Call(node.func, [Given(whole, node.args[0])], node.keywords), node)
            return without_stars(cx, scope, node, found)
        again = gast.copy_location(gast.Starred(Given(whole, node.args[0]), gast.Load()), node.args[0])
        node = gast.copy_location(gast.Call(node.func, [again], node.keywords), node)
    args: list[Any] = []
    for k, a in enumerate(node.args):
        several = _several(scope, a.value) if isinstance(a, gast.Starred) else None
        if several is not None:
            args += [Given(i, a) for i in several.items]
        elif isinstance(a, gast.Starred):
            last = k == len(node.args) - 1
            before = _count_before_star(found) if last else None
            if before is not None and (rest := _rest(cx, scope, a, args, before)) is not None:
                args = rest
                continue
            count = _fixed_count(found) if last and not node.keywords else None
            args += [Given(o, a) for o in _starred_items(cx, scope, a, None if count is None else count - len(args))]
        else:
            args.append(given(a))
    keywords: list[Any] = []
    for k in node.keywords:
        several = None if k.arg else _several(scope, k.value)
        if several is not None:
            keywords += [
                (n, Given(i, k.value), k.value) for n, i in zip(several.keys or (), several.items, strict=True)
            ]
        else:
            keywords += [(k.arg, given(k.value), k)] if k.arg else _entries(cx, scope, k)
    twice = [name for j, (name, _, _) in enumerate(keywords) if any(name == other for other, _, _ in keywords[:j])]
    if twice:
        raise cx.refuse("AC001", node, scope, f"argument `{twice[0]}` is given twice", "pass it once")
    named = [gast.copy_location(gast.keyword(name, value), k) for name, value, k in keywords]
    return gast.copy_location(gast.Call(node.func, args, named), node)


def _several(scope: Scope, node: Any) -> Several | None:
    """What a parameter with a star holds, where functions are among it."""
    found = scope.lookup(node.id) if isinstance(node, gast.Name) else None
    return found if isinstance(found, Several) else None


def _count_before_star(found: Any) -> int | None:
    """How many parameters stand before ``*args``; None for functions without, and where some of them may be left out."""
    if isinstance(found, LocalFunction):
        args = found.tree.args
        return len(args.posonlyargs) + len(args.args) if args.vararg and not args.defaults else None
    function = found.value if isinstance(found, Value) else None
    function = getattr(function, "py_func", function)
    if not isinstance(function, types.FunctionType) or function.__defaults__ or not function.__code__.co_flags & 4:
        return None
    return None if hasattr(function, "__wrapped__") else function.__code__.co_argcount


def _rest(cx: Context, scope: Scope, node: Any, args: list[Any], before: int) -> list[Any] | None:
    """The arguments of a call whose last one is a sequence of unknown length, of which some go to ``*args``."""
    whole = expressions.lower(cx, scope, _as_sequence(cx, scope, node.value))
    if known_items(cx, scope, node, whole) is not None:
        return None
    held = cx.bind("as_sequence", cx.bind("copy", whole, stem="sequence"), stem="sequence")
    missing = max(before - len(args), 0)
    _check_length(cx, held, missing)
    first = [Given(cx.bind("index", held, Const(k)), node) for k in range(missing)]
    out = new_list(cx, "items")
    for a in args[before:]:
        cx.emit(Push(out, expressions.lower(cx, scope, a), cx.span))
    part = Pack("slice", (Const(missing), Const(None), Const(None)))
    append_all(cx, out, cx.bind("index", held, part) if missing else held)
    rest = Given(cx.bind("builtins.list", Name(out), stem="items"), node)
    rest.is_rest = True
    return [*args[:before], *first, rest]


def _fixed_count(found: Any) -> int | None:
    """How many arguments a function takes, if all calls pass the same number; an ufunc's ``out`` is not counted."""
    if isinstance(found, LocalFunction):
        args = found.tree.args
        plain = not (args.vararg or args.kwarg or args.kwonlyargs or args.defaults)
        return len(args.posonlyargs) + len(args.args) if plain else None
    function = found.value if isinstance(found, Value) else None
    if isinstance(function, np.ufunc):
        return int(function.nin)
    function = getattr(function, "py_func", function)
    if not isinstance(function, types.FunctionType) or function.__defaults__ or function.__code__.co_kwonlyargcount:
        return None
    return None if function.__code__.co_flags & 12 else function.__code__.co_argcount


def _starred_items(cx: Context, scope: Scope, node: Any, count: int | None) -> tuple[Operand, ...]:
    """The items of a starred argument; ``count`` is how many it must have, if that is known."""
    operand = expressions.lower(cx, scope, _as_sequence(cx, scope, node.value))
    items = known_items(cx, scope, node, operand)
    if items is not None:
        return items
    if count is None or count < 0:
        raise cx.refuse("AC001", node, scope, "how many arguments these are is not known while compiling", ADVICE)
    held = cx.bind("as_sequence", cx.bind("copy", operand, stem="sequence"), stem="sequence")
    cx.emit(Effect("unpack", (held, Const(count)), cx.span))
    return tuple(cx.bind("index", held, Const(k)) for k in range(count))


def _entries(cx: Context, scope: Scope, keyword: Any) -> list[Any]:
    operand = expressions.lower(cx, scope, keyword.value)
    entries = known_entries(cx, scope, keyword.value, operand)
    if entries is None or not all(isinstance(name, str) for name in entries):
        raise cx.refuse("AC001", keyword.value, scope, "which arguments `**` passes is not known while compiling",
                        "write them out, or use a dict with literal keys that is not changed")  # fmt: skip
    return [(name, Given(value, keyword.value), keyword.value) for name, value in entries.items()]


def display(cx: Context, scope: Scope, node: Any) -> Operand:
    """A tuple or list some of whose elements are starred."""
    kind = "tuple" if isinstance(node, gast.Tuple) else "list"
    values = [_as_sequence(cx, scope, e.value) if isinstance(e, gast.Starred) else e for e in node.elts]
    lowered = [(e, expressions.lower(cx, scope, v)) for e, v in zip(node.elts, values)]
    parts = [known_items(cx, scope, e, o) if isinstance(e, gast.Starred) else (o,) for e, o in lowered]
    if all(p is not None for p in parts):
        return Pack(kind, tuple(item for p in parts if p is not None for item in p))
    if kind == "tuple":
        raise cx.refuse("AC001", node, scope, "how many items this tuple has is not known while compiling",
                        "make it a list: `[*items, x]`")  # fmt: skip
    out = new_list(cx, "items")
    for (_, operand), part in zip(lowered, parts):
        if part is None:
            append_all(cx, out, operand)
        else:
            for item in part:
                cx.emit(Push(out, item, cx.span))
    return cx.bind("builtins.list", Name(out), stem="items")


def _as_sequence(cx: Context, scope: Scope, node: Any) -> Any:
    """What stands behind a star: a list of the items where it is a generator or an object that gives them."""
    if isinstance(node, gast.GeneratorExp):
        return gast.copy_location(gast.ListComp(node.elt, node.generators), node)
    node = object_items.with_items(cx, scope, node)
    found = expressions.compile_time(cx, scope, node) if generators.may_be_one(scope, node) else None
    return generators.as_list(node, found) if isinstance(found, Generator) else node


def new_list(cx: Context, stem: str) -> str:
    """A variable that holds a new list. What is built with it is copied: containers that change have one name."""
    out = cx.temporary(stem)
    cx.assign(out, Pack("list", ()))
    return out


def append_all(cx: Context, out: str, operand: Operand) -> None:
    """Append the items of a sequence to a list."""
    held = cx.bind("as_sequence", cx.bind("copy", operand, stem="sequence"), stem="sequence")
    stop = cx.bind("builtins.len", held, stem="n")
    counter = cx.names.fresh("k")
    with cx.nested() as body:
        cx.emit(Push(out, cx.bind("index", held, Name(counter)), cx.span))
    cx.emit(For(counter, Const(0), stop, Const(1), as_block(body), None, cx.span))


def assign_starred(cx: Context, scope: Scope, target: Any, value: Operand) -> None:
    """Assign to ``a, *b, c``."""
    (place,) = (k for k, e in enumerate(target.elts) if isinstance(e, gast.Starred))
    after = len(target.elts) - place - 1
    items = known_items(cx, scope, target, value)
    if items is not None and len(items) >= place + after:
        rest: Operand = cx.bind("copy", Pack("list", items[place : len(items) - after]), stem="rest")
        values = [*items[:place], rest, *items[len(items) - after :]]
    else:
        held = cx.bind("as_sequence", cx.bind("copy", value, stem="sequence"), stem="sequence")
        _check_length(cx, held, place + after)
        between = Pack("slice", (Const(place), Const(-after if after else None), Const(None)))
        middle = cx.bind("builtins.list", cx.bind("index", held, between, stem="rest"), stem="rest")
        ends = [cx.bind("index", held, Const(k)) for k in (*range(place), *range(-after, 0))]
        values = [*ends[:place], middle, *ends[place:]]
    for element, item in zip(target.elts, values):
        statements.assign_to(cx, scope, element.value if isinstance(element, gast.Starred) else element, item)


def _check_length(cx: Context, sequence: Name, least: int) -> None:
    """Raise what Python raises for a sequence that is too short."""
    if not least:
        return
    length = cx.bind("builtins.len", sequence, stem="n")
    with cx.nested() as body:
        template = f"not enough values to unpack (expected at least {least}, got {{}})"
        cx.emit(Effect("raise", (cx.bind("format", Const(template), length, stem="text"),), cx.span, "ValueError"))
    cx.emit(If(cx.bind("operator.lt", length, Const(least), stem="short"), as_block(body), (), cx.span))


__all__ = ["assign_starred", "display", "without_stars"]
