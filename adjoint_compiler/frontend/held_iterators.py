"""Iterators that are asked in more than one place: objects that know how far they are.

it = iter(v)               it = sequence_iterator(v): an object with `__next__` (see ``library.python_iterators``)
first = next(it)
for a in it: ...           its `__next__`, until it raises StopIteration

An iterator that one loop runs over stays a generator, which needs no object. What generator functions make stays one, too.
"""

from __future__ import annotations

import builtins
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import comprehensions, expressions, generators, iterators, object_items, objects
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Generator, LocalFunction, Scope, Value
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Name
from adjoint_compiler.library import python_iterators as library
from adjoint_compiler.library.python_views import ITERATORS, VIEWS

ZIPS = {2: library.zip_iterator, 3: library.zip_iterator_of_three}
AGAIN = (gast.For, gast.While, gast.FunctionDef, gast.Lambda)  # what is in them may run more than once


def as_held(cx: Context, scope: Scope, node: Any, targets: list[Any]) -> Any:
    """The expression that makes an iterator, as one that makes an object where it is asked in several places; others as they are."""
    if len(targets) != 1 or not isinstance(targets[0], gast.Name):
        return node
    if not isinstance(node, gast.GeneratorExp) and not iterators.makes_iterator(scope, node):
        return node
    if not _is_asked_again(getattr(scope.source, "tree", None), targets[0], cx.statement):
        return node
    before = len(cx.block)
    made = _made(cx, scope, node)
    if made is None:
        cx.rewind(before)  # what it runs over is evaluated once
    return node if made is None else made


def made_there(cx: Context, scope: Scope, node: Any) -> Any:
    """``iter(v)`` of ``next(iter(v))`` as the call that makes the object; other expressions as they are."""
    made = _made(cx, scope, node) if iterators.makes_iterator(scope, node) else None
    return node if made is None else made


def zipped(cx: Context, scope: Scope, node: Any) -> Any:
    """``zip(it, other)`` of which more than one is an object that gives its items by ``__next__``; None for other calls."""
    if node.keywords or len(node.args) not in ZIPS or sum(_is_iterator(cx, scope, a) for a in node.args) < 2:
        return None
    return _made(cx, scope, node)


def _is_asked_again(tree: Any, target: Any, statement: Any) -> bool:
    """Whether a name is read twice: in two places, or in a loop or function that does not bind it."""
    if not isinstance(tree, gast.AST):
        return False

    def reads(node: Any) -> int:
        if isinstance(node, gast.Name):
            return node.id == target.id and isinstance(node.ctx, gast.Load)
        inside = sum(map(reads, gast.iter_child_nodes(node)))
        if not isinstance(node, AGAIN) or node is tree or any(n is statement for n in gast.walk(node)):
            return inside
        once = reads(node.iter) if isinstance(node, gast.For) else 0
        return 2 * inside - once

    return reads(tree) > 1


def _made(cx: Context, scope: Scope, node: Any) -> Any:
    """The call that makes the object of an iterator; None where it is not known how."""
    if isinstance(node, gast.GeneratorExp):
        return _of_expression(cx, scope, node)
    function = scope.lookup(node.func.id).value
    named = {k.arg: k.value for k in node.keywords}
    if any(isinstance(a, gast.Starred) for a in node.args) or not node.args:
        return None
    if function is builtins.reversed and not named:
        items = _items(cx, scope, node.args[0])
        return None if items is None else _call(node, library.reversed_iterator, items)
    sources = [_source(cx, scope, a) for a in node.args[1 if function is builtins.map else 0 :]]
    if any(s is None for s in sources):
        return None
    if function is builtins.iter and len(sources) == 1 and not named:
        return sources[0]
    if function is builtins.enumerate and len(node.args) < 3 and named.keys() <= {"start"}:
        return _call(node, library.enumerate_iterator, sources[0], *node.args[1:], *named.values())
    if function is builtins.zip and len(sources) in ZIPS and not named:
        return _call(node, ZIPS[len(sources)], *sources)
    if function is builtins.map and len(sources) == 1 and not named:
        return _call(node, library.map_iterator, node.args[0], sources[0])
    return None


def _of_expression(cx: Context, scope: Scope, node: Any) -> Any:
    """``(e for a in v if c)``: the items of ``v``, those that are chosen, and what is made of them."""
    comp = node.generators[0]
    source = _source(cx, scope, comp.iter) if len(node.generators) == 1 and not comp.is_async else None
    if source is None:
        return None
    for test in comp.ifs:
        source = _call(node, library.filter_iterator, _function(scope, comp.target, test), source)
    return _call(node, library.map_iterator, _function(scope, comp.target, node.elt), source)


def _function(scope: Scope, target: Any, value: Any) -> Any:
    """The function of an item that a generator expression evaluates."""
    used = {n.id for part in (target, value) for n in gast.walk(part) if isinstance(n, gast.Name)}
    name = "item"
    while name in used:
        name += "_"
    item = gast.Name(name, gast.Load(), None, None)
    body = [gast.Assign([target], item, None), gast.Return(value)]
    args = gast.arguments([gast.Name(name, gast.Param(), None, None)], [], None, [], [], None, [])
    tree = gast.FunctionDef("<item_of>", args, body, [], None, None)
    for part in (tree, item, args.args[0], *body):
        gast.copy_location(part, value)
    return Given(LocalFunction(tree, scope, "<item_of>"), value)


def _source(cx: Context, scope: Scope, node: Any) -> Any:
    """The object that gives the items of an expression one by one; None for what generator functions make."""
    if _is_iterator(cx, scope, node):
        return node
    if iterators.makes_iterator(scope, node) or isinstance(node, gast.GeneratorExp):
        return _made(cx, scope, node)
    node = (
        object_items.with_items(cx, scope, node)
        if object_items.gives_items(cx, scope, node) in VIEWS.values()
        else node
    )
    if comprehensions.is_view_of_dict(node):
        holder = expressions.lower_name(cx, scope, node.func.value)
        if operand_type(holder, types_so_far(cx)).kind == "dict":
            return _call(node, ITERATORS[node.func.attr], Given(holder, node))
        node = gast.copy_location(
            gast.Call(gast.Attribute(Given(holder, node), node.func.attr, gast.Load()), [], []), node
        )
    items = _items(cx, scope, node)
    return None if items is None else _call(node, library.sequence_iterator, items)


def _items(cx: Context, scope: Scope, node: Any) -> Any:
    """A sequence, evaluated."""
    if isinstance(expressions.compile_time(cx, scope, node), Generator) or generators.is_endless(cx, scope, node):
        return None
    held = cx.bind("copy", expressions.lower(cx, scope, node), stem="sequence")
    return Given(cx.bind("as_sequence", held, stem="sequence"), node)


def _is_iterator(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression is a name or an attribute that certainly is an object with ``__next__``."""
    if not isinstance(node, (gast.Name, gast.Attribute, Given)):
        return False
    me = objects.object_named(cx, scope, node)
    t = objects.type_known(cx, me) if isinstance(me, Name) else None
    return t is not None and t.kind == "record" and member_of(t.cls, "__next__") is not None


def _call(node: Any, cls: type, *args: Any) -> Any:
    return gast.copy_location(gast.Call(Given(Value(cls, cls.__name__.split("_")[0]), node), list(args), []), node)


__all__ = ["as_held", "made_there", "zipped"]
