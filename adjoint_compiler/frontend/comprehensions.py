"""Comprehensions as loops that fill a list or dict; generators where a call uses them up at once.

[e for x in xs if c]       items = []; for x in xs: if c: items.append(e)
{k: e for x in xs}         entries = {}; for x in xs: entries[k] = e
sum(e for x in xs)    ->   sum([e for x in xs])
any(e for x in xs)         for x in xs: if e: the result is True, and the loop ends

A generator anywhere else runs while other statements do: it is refused.
"""

from __future__ import annotations

import builtins
import math
from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend import expressions, generators, inlining, iterators, statements
from adjoint_compiler.frontend.assumptions import is_resized_so_far, known_entries
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.dict_methods import merge_entries
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Generator, LocalFunction, Scope, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.joins import element
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack, Store
from adjoint_compiler.ir.types import UNKNOWN

CONSUMERS = (
    builtins.sum, builtins.max, builtins.min, builtins.list, builtins.tuple, builtins.set, builtins.frozenset, math.fsum,
    math.prod,
)  # fmt: skip
RESULT, KEY = "<result>", "<key>"  # no names of the user's


def list_comprehension(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """A list comprehension as a loop that appends; its variables live in a scope of their own."""
    append = gast.Attribute(gast.Name(RESULT, gast.Load(), None, None), "append", gast.Load())
    body = [gast.Expr(gast.Call(append, [node.elt], []))]
    return _filled(cx, scope, node, body, Pack("list", ()), stem if stem != "t" else "items")


def dict_comprehension(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """A dict comprehension as a loop that stores."""
    result, key = gast.Name(RESULT, gast.Load(), None, None), gast.Name(KEY, gast.Load(), None, None)
    body = [
        gast.Assign([gast.Name(KEY, gast.Store(), None, None)], node.key, None),
        gast.Assign([gast.Subscript(result, key, gast.Store())], node.value, None),
    ]
    return _filled(cx, scope, node, body, Pack("dict", ()), stem if stem != "t" else "entries")


def _filled(cx: Context, scope: Scope, node: Any, body: list[Any], empty: Pack, stem: str) -> Operand:
    target = cx.names.fresh(stem)
    cx.assign(target, empty)
    loop = _loops(cx, scope, node, body)
    bound = {n.id for comp in node.generators for n in gast.walk(comp.target) if isinstance(n, gast.Name)}
    own = {n: Variable(cx.temporary(n.strip("<>"))) for n in sorted({*bound, KEY}) if n.startswith("<")}
    inner = Scope(
        {RESULT: Variable(target), **own}, frozenset(bound), scope.lookup_free, scope, scope.source, inner=True
    )
    statements.lower_statement(cx, inner, loop)
    return Name(target)


def _loops(cx: Context, scope: Scope, node: Any, body: list[Any]) -> Any:
    """The loops and conditions of a comprehension around a body."""
    for comp in reversed(node.generators):
        if comp.is_async:
            raise cx.refuse("AC001", node, scope, "`async for` is not differentiated yet", "use `for`")
        for test in reversed(comp.ifs):
            body = [gast.If(test, body, [])]
        body = [gast.For(comp.target, comp.iter, body, [], None)]
    bound = {n.id for comp in node.generators for n in gast.walk(comp.target) if isinstance(n, gast.Name)}
    first = node.generators[0].iter
    if any(isinstance(n, gast.Name) and n.id in bound for n in gast.walk(first)):
        body[0].iter = Given(expressions.lower(cx, scope, first), first)  # it means what it means outside
    gast.copy_location(body[0], node)
    for child in gast.walk(body[0]):
        if not hasattr(child, "lineno"):
            gast.copy_location(child, node)
    return body[0]


def of_its_own(cx: Context, scope: Scope, node: Any, operand: Operand, targets: list[Any] | None = None) -> Operand:
    """The list of a comprehension, copied where a name is bound to several lists: a list that is built has one name."""
    rebound = any(getattr(t, "id", "") in scope.rebound for t in targets or ())
    if isinstance(node, gast.ListComp) and (cx.enclosing or rebound):
        return cx.bind("builtins.list", operand, stem="items")
    return operand


def without_generators(cx: Context, scope: Scope, node: Any, found: Any) -> tuple[Any, Any]:
    """A call with a generator that it uses up at once written as a list comprehension, and the function it calls then."""
    first = node.args[0] if node.args and isinstance(found, Value) else None
    if is_view_of_dict(first) or iterators.makes_iterator(scope, first):
        made = iterators.as_list(first)
        first = made
    elif isinstance(first, gast.GeneratorExp):
        made = gast.copy_location(gast.ListComp(first.elt, first.generators), first)
    elif first is not None and generators.may_be_one(scope, first) and _consumes(found):
        generator = expressions.compile_time(cx, scope, first)
        if not isinstance(generator, Generator):
            return node, found
        made = generators.as_list(first, generator)
    else:
        return node, found
    call = gast.copy_location(gast.Call(node.func, [made, *node.args[1:]], node.keywords), node)
    if _consumes(found) or (found.value is builtins.len and first is not node.args[0]):
        return call, found
    if found.value is np.fromiter and len(node.args) <= 2 and all(k.arg == "dtype" for k in node.keywords):
        return call, Value(np.array, "np.array")
    return node, found


def _consumes(found: Any) -> bool:
    """Whether a function uses up a generator at once."""
    return any(found.value is f for f in CONSUMERS)


def with_lists_of_views(node: Any) -> Any:
    """The call with a list for each argument that is written ``d.keys()``, ``d.values()`` or ``d.items()``."""
    if not any(map(is_view_of_dict, node.args)):
        return node
    args = [iterators.as_list(a) if is_view_of_dict(a) else a for a in node.args]
    return gast.copy_location(gast.Call(node.func, args, node.keywords), node)


def is_view_of_dict(node: Any) -> bool:
    """Whether an expression is written ``d.keys()``, ``d.values()`` or ``d.items()``."""
    called = isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and not node.args
    return called and not node.keywords and node.func.attr in ("keys", "values", "items")


def lower_quantifier(cx: Context, scope: Scope, node: Any, function: Any) -> Operand | None:
    """``any`` or ``all`` of a generator, which stops where the result is known; None for other calls."""
    if function not in (builtins.any, builtins.all) or len(node.args) != 1 or node.keywords:
        return None
    generator = node.args[0]
    if not isinstance(generator, gast.GeneratorExp):
        return None
    stops = function is builtins.any
    test = generator.elt if stops else gast.UnaryOp(gast.Not(), generator.elt)
    loop = _loops(cx, scope, generator, [gast.If(test, [gast.Return(gast.Constant(stops, None))], [])])
    body = [loop, gast.Return(gast.Constant(not stops, None))]
    none = gast.arguments([], [], None, [], [], None, [])
    tree = gast.copy_location(gast.FunctionDef(function.__name__, none, body, [], None, None), generator)
    tree._inner = True
    for child in gast.walk(tree):
        if not hasattr(child, "lineno"):
            gast.copy_location(child, generator)
    call = gast.copy_location(gast.Call(node.func, [], []), node)
    return inlining.inline_local(cx, scope, call, LocalFunction(tree, scope, function.__name__))


def lower_dict_call(cx: Context, scope: Scope, node: Any, stem: str) -> Operand | None:
    """``dict(pairs)`` and ``dict(d, k=v)``; None for other calls."""
    if len(node.args) == 1 and not isinstance(node.args[0], (gast.Call, gast.GeneratorExp, gast.ListComp)):
        return _dict_of(cx, scope, node, stem)
    pairs = node.args[0] if len(node.args) == 1 and not node.keywords else None
    made = expressions.compile_time(cx, scope, pairs.func) if isinstance(pairs, gast.Call) else None
    if isinstance(made, Value) and made.value in (builtins.zip, builtins.enumerate):
        names = [gast.Name(n, c, None, None) for n in ("<k>", "<v>") for c in (gast.Store(), gast.Load())]
        comp = gast.comprehension(gast.Tuple([names[0], names[2]], gast.Store()), pairs, [], 0)
        entries = gast.DictComp(names[1], names[3], [comp])
    elif isinstance(pairs, (gast.GeneratorExp, gast.ListComp)) and isinstance(pairs.elt, gast.Tuple):
        if len(pairs.elt.elts) != 2 or any(isinstance(e, gast.Starred) for e in pairs.elt.elts):
            return None
        entries = gast.DictComp(*pairs.elt.elts, pairs.generators)
    else:
        return None
    return dict_comprehension(cx, scope, gast.copy_location(entries, node), stem)


def _dict_of(cx: Context, scope: Scope, node: Any, stem: str) -> Operand | None:
    """``dict(d, k=v)`` of a dict, ``dict(pairs)`` of a list of pairs; None for other values."""
    held = expressions.lower_name(cx, scope, node.args[0])
    t = types_so_far(cx).get(held.id, UNKNOWN)
    given = Given(held, node)
    if t.kind == "record" and "entries" in t.keys:  # of a class of `collections`
        items = gast.copy_location(gast.Attribute(given, "items", gast.Load()), node)
        pairs = expressions.lower_name(cx, scope, gast.copy_location(gast.Call(items, [], []), node))
        call = gast.copy_location(gast.Call(node.func, [Given(pairs, node)], node.keywords), node)
        return _dict_of(cx, scope, call, stem)
    if t.kind == "list" and not node.keywords and (pair := element(t)).kind == "tuple" and len(pair.items) == 2:
        names = [gast.Name(n, c, None, None) for n in ("<k>", "<v>") for c in (gast.Store(), gast.Load())]
        comp = gast.comprehension(gast.Tuple([names[0], names[2]], gast.Store()), given, [], 0)
        entries = gast.copy_location(gast.DictComp(names[1], names[3], [comp]), node)
        return dict_comprehension(cx, scope, entries, stem)
    if t.kind != "dict":
        return None
    out = cx.bind("method", held, Const("copy"), stem="entries")
    for k in node.keywords:
        cx.emit(Store(out.id, Const(k.arg), expressions.lower(cx, scope, k.value), cx.span))
    return out


def dict_display(cx: Context, scope: Scope, node: Any) -> Operand:
    """A dict with computed keys, or with the entries of other dicts."""
    parts: list[dict[Any, Operand] | tuple[Operand, Operand] | Operand] = []
    for key, value in zip(node.keys, node.values):
        operand = expressions.lower(cx, scope, value if key is None else key)
        if key is not None:
            parts.append((operand, expressions.lower(cx, scope, value)))
            continue
        entries = None if is_resized_so_far(cx, operand) else known_entries(cx, scope, value, operand)
        parts.append(operand if entries is None else dict(entries))
    known = [
        p if isinstance(p, dict) else {p[0].value: p[1]} if isinstance(p, tuple) and isinstance(p[0], Const) else None
        for p in parts
    ]
    if all(p is not None for p in known):
        merged = {k: v for p in known if p is not None for k, v in p.items()}
        return Pack("dict", tuple(merged.values()), tuple(merged))
    out = cx.temporary("entries")
    cx.assign(out, Pack("dict", ()))
    for part in parts:
        if not isinstance(part, (dict, tuple)):
            for s in merge_entries(out, part, cx.span, lambda stem, temporary: cx.temporary(stem)):
                cx.emit(s)
            continue
        for k, v in [(Const(k), v) for k, v in part.items()] if isinstance(part, dict) else [part]:
            cx.emit(Store(out, k, v, cx.span))
    return Name(out)


def set_display(cx: Context, scope: Scope, node: Any) -> Operand:
    """``{a, b}`` or ``{e for a in v}``: the set of a list; what it holds must be inert."""
    if isinstance(node, gast.Set):
        items: Any = gast.List(node.elts, gast.Load())
    else:
        items = gast.ListComp(node.elt, node.generators)
    return cx.bind("builtins.set", expressions.lower(cx, scope, gast.copy_location(items, node)), stem="known")


def refuse_generator(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """A generator that is not used up at once."""
    raise cx.refuse("AC001", node, scope, "a generator that may run later is not differentiated yet",
                    "make it a list comprehension: `[...]`")  # fmt: skip
