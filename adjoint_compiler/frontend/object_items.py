"""Objects of the user's classes where items are asked for: by `__iter__`, or by `__getitem__` until it raises IndexError.

for a in path:                def __iter__(self):                 the generator of the method, inlined like others
                                  for p in self.points: yield p
                              def __iter__(self):                 what `iter` is given: a loop over the list
                                  return iter(self.points)
                              def __iter__(self):                 `__next__` of the object, until it raises StopIteration
                                  return self
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
from copy import copy
from dataclasses import replace
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import (
    arguments,
    constructors,
    expressions,
    function_texts,
    generators,
    held_iterators,
    inlining,
    library_objects,
    objects,
    written_out,
)
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Name
from adjoint_compiler.ir.types import OneOfSeveral, is_object
from adjoint_compiler.library.python_views import VIEWS

# Functions that ask their arguments for items.
ASKING = (
    builtins.sum, builtins.max, builtins.min, builtins.list, builtins.tuple, builtins.enumerate, builtins.zip, builtins.map,
    builtins.filter, builtins.sorted, builtins.any, builtins.all, math.fsum, math.prod, functools.reduce, itertools.chain,
    itertools.accumulate, itertools.product, itertools.islice,
)  # fmt: skip


def gives_items(cx: Context, scope: Scope, node: Any) -> type | None:
    """The class of an expression that certainly is an object with items; nothing is lowered to find out."""
    if not objects.may_have_objects(cx) and not isinstance(node, gast.Call):
        return None
    cls: Any = None
    if isinstance(node, gast.Name) and isinstance(found := scope.lookup(node.id), Variable):
        t = types_so_far(cx).get(found.name)
        cls = t.cls if t is not None and is_object(t) and t.cls is not OneOfSeveral else None
    elif isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
        made = scope.lookup(node.func.id)
        known: Any = made.value if type(made) is Value else None
        cls = known if constructors.is_class_of_objects(known) and not issubclass(known, tuple) else None
    elif isinstance(node, gast.Attribute):
        held = objects.object_named(cx, scope, node)
        t = operand_type(held, types_so_far(cx)) if isinstance(held, Name) else None
        cls = t.cls if t is not None and is_object(t) and t.cls is not OneOfSeveral else None
    elif isinstance(node, Given) and isinstance(node.operand, Name):
        t = operand_type(node.operand, types_so_far(cx))
        cls = t.cls if is_object(t) and t.cls is not OneOfSeveral else None
    asked = cls is not None and any(member_of(cls, n) is not None for n in ("__iter__", "__getitem__"))
    return cls if asked else None


def with_items(cx: Context, scope: Scope, node: Any) -> Any:
    """What a loop runs over in place of an object; other expressions as they are."""
    if library_objects.gives_items(cx, scope, node):
        me = expressions.lower_name(cx, scope, node)
        local = inlining.local_function(cx, scope, node, written_out.items_by_next)
        return Given(generators.made(cx, local, {"iterator": me}), node)
    cls = gives_items(cx, scope, node)
    if cls is None:
        return node
    me = expressions.lower_name(cx, scope, node)
    if cls in VIEWS.values():  # what loops over `d.items()` do
        holder = Given(cx.bind("attribute", me, Const("mapping"), stem="mapping"), node)
        method = next(gast.Attribute(holder, n, gast.Load()) for n, view in VIEWS.items() if view is cls)
        return gast.copy_location(gast.Call(gast.copy_location(method, node), [], []), node)
    objects.class_of(cx, scope, node, me)
    member = member_of(cls, "__iter__")
    if member is None:
        local = inlining.local_function(cx, scope, node, written_out.items_by_number)
        return Given(generators.made(cx, local, {"sequence": me}), node)
    cx.watch(member.watch)
    local = inlining.local_function(cx, scope, node, member.value)
    call = gast.copy_location(gast.Call(node, [Given(me, node)], []), node)
    if generators.is_generator(local.tree):
        return Given(generators.made(cx, local, arguments.bind_arguments(cx, scope, call, local)), node)
    last = local.tree.body[-1]
    value: Any = (
        last.value if isinstance(last, gast.Return) and len(function_texts.returned_by(local.tree)) == 1 else None
    )
    itself = isinstance(value, gast.Name) and value.id == next(iter(a.id for a in local.tree.args.args), "")
    if itself and member_of(cls, "__next__") is not None:
        inlining.inline_local(cx, scope, call, local, key=member.value)
        local = inlining.local_function(cx, scope, node, written_out.items_by_next)
        return Given(generators.made(cx, local, {"iterator": me}), node)
    is_iter = isinstance(value, gast.Call) and getattr(value.func, "id", "") == "iter" and len(value.args) == 1
    if not is_iter or value.keywords:
        raise cx.refuse("AC001", node, scope, f"this `__iter__` of `{cls.__name__}` is not differentiated yet",
                        "let it yield the items, or return `iter(...)` of a list, or `self` of a class with `__next__`")  # fmt: skip
    tree = copy(local.tree)
    tree.body = [*local.tree.body[:-1], gast.copy_location(gast.Return(value.args[0]), last)]
    return Given(inlining.inline_local(cx, scope, call, replace(local, tree=tree), key=member.value), node)


def asked_for_items(cx: Context, scope: Scope, node: Any, found: Any) -> Any:
    """The call of a function that runs over its arguments, with objects among them replaced by what they give."""
    function = found.value if isinstance(found, Value) else None
    if not any(function is f for f in ASKING) or any(isinstance(a, gast.Starred) for a in node.args):
        return node
    if all(gives_items(cx, scope, a) is None and not library_objects.gives_items(cx, scope, a) for a in node.args):
        return node
    if function is builtins.zip and (both := held_iterators.zipped(cx, scope, node)) is not None:
        return with_items(cx, scope, Given(expressions.lower_name(cx, scope, both), node))
    args = [with_items(cx, scope, a) for a in node.args]
    return gast.copy_location(gast.Call(node.func, args, node.keywords), node)


__all__ = ["asked_for_items", "gives_items", "with_items"]
