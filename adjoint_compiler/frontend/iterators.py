"""Calls that make iterators, where no loop runs over them: as lists, as generators, as columns.

sorted(zip(a, b))          sorted([item for item in zip(a, b)])
pairs = zip(a, b)          a generator: one loop may run over it
xs, ys = zip(*pairs)       xs = tuple([p[0] for p in pairs]); ys = tuple([p[1] for p in pairs])
"""

from __future__ import annotations

import builtins
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import expressions, generators, inlining, written_out
from adjoint_compiler.frontend.assumptions import known_items
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Generator, Scope, Value
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.joins import element
from adjoint_compiler.ir.nodes import Const, Effect, If, Operand, Pack

MAKERS = (builtins.zip, builtins.enumerate, builtins.reversed, builtins.map, builtins.iter)


def makes_iterator(scope: Scope, node: Any) -> bool:
    """Whether an expression is a call of ``zip``, ``enumerate``, ``reversed``, ``map`` or ``iter``; nothing is lowered to find out."""
    if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
        return False
    found = scope.lookup(node.func.id)
    return isinstance(found, Value) and any(found.value is f for f in MAKERS)


def iterated(scope: Scope, node: Any) -> Any:
    """What ``iter(x)`` runs over, ``x``; other expressions as they are."""
    if not makes_iterator(scope, node) or scope.lookup(node.func.id).value is not builtins.iter or len(node.args) != 1:
        return node
    return node.args[0]


def as_list(node: Any) -> Any:
    """A list comprehension of what an expression gives, item by item."""
    item = [gast.copy_location(gast.Name("<v>", c, None, None), node) for c in (gast.Store(), gast.Load())]
    return gast.copy_location(gast.ListComp(item[1], [gast.comprehension(item[0], node, [], 0)]), node)


def with_lists(scope: Scope, node: Any, generators: bool = False) -> Any:
    """The call with a list for each argument that is an iterator which is made there; with ``generators`` they, too."""

    def made(a: Any) -> Any:
        if generators and isinstance(a, gast.GeneratorExp):
            return gast.copy_location(gast.ListComp(a.elt, a.generators), a)
        return as_list(a) if makes_iterator(scope, a) else a

    args = [made(a) for a in node.args]
    if all(a is b for a, b in zip(args, node.args, strict=True)):
        return node
    return gast.copy_location(gast.Call(node.func, args, node.keywords), node)


def as_generator(cx: Context, scope: Scope, node: Any) -> Generator | None:
    """The generator that an iterator is; what it runs over is evaluated now. None for other expressions."""
    if not makes_iterator(scope, node) or is_transposed(scope, node):
        return None
    items = as_list(iterated(scope, node))
    return generators.of_expression(cx, scope, gast.copy_location(gast.GeneratorExp(items.elt, items.generators), node))


# -- zip(*rows) --------------------------------------------------------------------------------------------------


def is_transposed(scope: Scope, node: Any) -> bool:
    """Whether an expression is ``zip(*rows)``."""
    return (
        makes_iterator(scope, node)
        and scope.lookup(node.func.id).value is builtins.zip
        and len(node.args) == 1
        and isinstance(node.args[0], gast.Starred)
        and not node.keywords
    )


def transposed(cx: Context, scope: Scope, node: Any) -> Any:
    """``zip(*rows)`` of rows whose number is not known, as a list of tuples; of others as the call without the star."""
    rows = expressions.lower(cx, scope, node.args[0].value)
    items = known_items(cx, scope, node.args[0].value, rows)
    if items is not None:
        return gast.copy_location(gast.Call(node.func, [Given(i, node) for i in items], []), node)
    call = gast.copy_location(gast.Call(node.func, [Given(rows, node)], []), node)
    return Given(inlining.inline_function(cx, scope, call, written_out.transposed), node)


def columns(cx: Context, scope: Scope, node: Any, count: int) -> Any:
    """``zip(*rows)`` that is unpacked into ``count`` names: a tuple for each place of the rows, which are tuples."""
    rows = expressions.lower(cx, scope, node.args[0].value)
    t = operand_type(rows, types_so_far(cx))
    row = element(t) if t.kind == "list" else t
    if isinstance(rows, Pack) or len(t.items) > 1 or row.kind != "tuple" or len(row.items) != count:
        star = gast.copy_location(gast.Starred(Given(rows, node), gast.Load()), node)
        return transposed(cx, scope, gast.copy_location(gast.Call(node.func, [star], []), node))
    _check_not_empty(cx, rows, count)
    out: list[Operand] = []
    for k in range(count):
        made = as_list(Given(rows, node))
        place = gast.copy_location(gast.Constant(k, None), node)
        made.elt = gast.copy_location(gast.Subscript(made.elt, place, gast.Load()), node)
        out.append(cx.bind("builtins.tuple", expressions.lower(cx, scope, made), stem="column"))
    return Given(Pack("tuple", tuple(out)), node)


def _check_not_empty(cx: Context, rows: Operand, count: int) -> None:
    """Raise what Python raises where there are no rows to take columns from."""
    length = cx.bind("builtins.len", rows, stem="n")
    with cx.nested() as body:
        message = Const(f"not enough values to unpack (expected {count}, got 0)")
        cx.emit(Effect("raise", (message,), cx.span, "ValueError"))
    cx.emit(If(cx.bind("operator.eq", length, Const(0), stem="empty"), as_block(body), (), cx.span))


__all__ = ["as_generator", "as_list", "columns", "is_transposed", "makes_iterator", "transposed", "with_lists"]
