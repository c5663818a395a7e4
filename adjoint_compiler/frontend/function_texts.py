"""The text of a function that an expression stands for, and of the function that a call of it returns.

It is read before anything is lowered: whether a call makes a function must be known first.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gast

from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend import generators, inlining
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Applied, LocalFunction, Scope, Value, live_lookup, member
from adjoint_compiler.frontend.source import source_of

NESTED = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef)
LookUp = Callable[[str], Any]


@dataclass(frozen=True)
class Text:
    """A function as it is written: its tree, None for one that is not Python, and what its free names mean.

    Of a method that is bound, or of what ``partial`` makes, ``first`` arguments are given before those of a call.
    """

    tree: Any
    look_up: LookUp = lambda name: None
    value: Any = None
    first: int = 0


def written(cx: Context, look_up: LookUp, node: Any) -> Text | None:
    """The function that an expression stands for; None where that is no function, or not known."""
    if isinstance(node, gast.Lambda):
        return Text(node, look_up)
    if isinstance(node, Given):
        return text_of(cx, node.operand)
    if isinstance(node, gast.Name):
        return text_of(cx, look_up(node.id))
    if isinstance(node, gast.Attribute):
        root: Any = node
        while isinstance(root, gast.Attribute):
            root = root.value
        base = _base(look_up, node.value) if isinstance(root, gast.Name) else None
        return text_of(cx, member(base, node.attr)) if isinstance(base, Value) else None
    if isinstance(node, gast.Call):
        called = written(cx, look_up, node.func)
        return None if called is None else returned(cx, called, node, look_up)
    return None


def _base(look_up: LookUp, node: Any) -> Any:
    if isinstance(node, gast.Name):
        return look_up(node.id)
    base = _base(look_up, node.value)
    return member(base, node.attr) if type(base) is Value else None


def text_of(cx: Context, meaning: Any) -> Text | None:
    if isinstance(meaning, LocalFunction):
        first = 0 if meaning.receiver is None else 1
        return None if meaning.decorators else Text(meaning.tree, meaning.scope.lookup, first=first)
    if isinstance(meaning, Applied):
        text = text_of(cx, meaning.function)
        return text and replace(text, first=text.first + len(meaning.args))
    if type(meaning) is not Value or not callable(meaning.value):
        return None
    value = meaning.value
    if isinstance(value, types.FunctionType) or hasattr(value, "py_func"):
        known = cx.texts.get(id(value))
        if known is None:
            known = cx.texts[id(value)] = live_text(value)
        return known
    return Text(None, value=value)


def live_text(function: Any) -> Text:
    try:
        source = source_of(function, generators=True)
    except DifferentiationError:
        return Text(None, value=function)
    return Text(source.tree, live_lookup(getattr(function, "py_func", function), source), function)


def returned(cx: Context, called: Text, node: Any, look_up: LookUp, depth: int = 0) -> Text | None:
    """The function that a call returns; None where it returns something else."""
    if called.tree is None and called.value is functools.reduce and node.args:
        combines = written(cx, look_up, node.args[0])
        applied = gast.Call(node.args[0], [], [])
        return (
            None if combines is None or combines.tree is None else returned(cx, combines, applied, look_up, depth + 1)
        )
    if hasattr(called.value, "__adjoint_pullback__") or getattr(called.value, "__adjoint_transform__", False):
        return Text(None)  # a pair with a pullback, or a derivative
    if called.tree is None:
        first = node.args[0] if node.args and called.value is functools.partial else None
        return None if first is None else written(cx, look_up, first)
    if depth > 8:
        return None
    if isinstance(called.tree, gast.Lambda):
        results, own = [called.tree.body], {}
    else:
        results = returned_by(called.tree)
        own = {n.name: n for n in own_nodes(called.tree) if isinstance(n, gast.FunctionDef)}
    found = [_result(cx, called, own, r, node, look_up, depth) for r in results]
    return found[-1] if found and all(f is not None for f in found) else None


def _result(cx: Context, called: Text, own: dict[str, Any], result: Any, node: Any, look_up: LookUp,
            depth: int) -> Text | None:  # fmt: skip
    args = called.tree.args

    def inside(name: str) -> Any:
        if name in own:
            return LocalFunction(own[name], Scope({}, frozenset(), inside, None, None), name)
        positional = [a.id for a in (*args.posonlyargs, *args.args)]
        if name in positional or name in [a.id for a in args.kwonlyargs]:
            if not isinstance(called.tree, gast.Lambda) and name in inlining.names_bound_in(called.tree):
                return None  # it is bound again
            at = positional.index(name) - called.first if name in positional else len(node.args)
            given = (
                node.args[at]
                if 0 <= at < len(node.args)
                else next((k.value for k in node.keywords if k.arg == name), None)
            )
            text = written(cx, look_up, given) if given is not None else None
            if text is None:
                return None
            return Value(text.value, name) if text.tree is None else LocalFunction(
                text.tree, Scope({}, frozenset(), text.look_up, None, None), name)  # fmt: skip
        if not isinstance(called.tree, gast.Lambda) and name in inlining.names_bound_in(called.tree):
            values = [n.value for n in own_nodes(called.tree) if isinstance(n, gast.Assign)
                      and any(isinstance(t, gast.Name) and t.id == name for t in n.targets)]  # fmt: skip
            text = written(cx, inside, values[0]) if len(values) == 1 and not _names(values[0], name) else None
            return None if text is None or text.tree is None else LocalFunction(
                text.tree, Scope({}, frozenset(), text.look_up, None, None), name)  # fmt: skip
        return called.look_up(name)

    if isinstance(result, (gast.Tuple, gast.List)):
        return Text(None) if any(written(cx, inside, e) is not None for e in result.elts) else None
    if isinstance(result, gast.Call):
        inner = written(cx, inside, result.func)
        if inner is None or generators.is_generator(inner.tree):
            return None
        return returned(cx, inner, result, inside, depth + 1)
    return written(cx, inside, result)


def _names(node: Any, name: str) -> bool:
    return any(isinstance(n, gast.Name) and n.id == name for n in gast.walk(node))


def own_nodes(tree: Any) -> list[Any]:
    """The statements and expressions of a function, those of functions in it left out (but for their definitions).

    >>> tree = gast.parse("def f(x):\\n    def g(y):\\n        return y\\n    return g").body[0]
    >>> [type(n).__name__ for n in own_nodes(tree)]
    ['FunctionDef', 'Return', 'Name', 'Load']
    """
    out: list[Any] = []

    def visit(node: Any) -> None:
        out.append(node)
        if not isinstance(node, NESTED):
            for child in gast.iter_child_nodes(node):
                visit(child)

    for s in tree.body if isinstance(tree.body, list) else [tree.body]:
        visit(s)
    return out


def returned_by(tree: Any) -> list[Any]:
    """What the ``return`` statements of a function return; None stands for nothing."""
    return [n.value for n in own_nodes(tree) if isinstance(n, gast.Return)]


__all__ = ["LookUp", "Text", "live_text", "own_nodes", "returned", "returned_by", "text_of", "written"]
