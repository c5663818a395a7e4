"""Objects of Python's library without a derivative: as contexts, and where they give items one by one.

with open(path) as file:             file = open(path)
    for line in file:          ->    with file:
        s += float(line)                 while True: line = next(file), until it raises StopIteration
"""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import expressions, statements
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Free, Scope, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Name, Operand, With
from adjoint_compiler.ir.types import Type, type_of
from adjoint_compiler.rules.contexts import CONTEXTS, GIVEN


def makes_object(rule: rules.Rule | None) -> bool:
    """Whether a rule is that of a function that makes such objects.

    >>> makes_object(rules.lookup(open)), makes_object(rules.lookup(print))
    (True, False)
    """
    return rule is not None and rule.acts and rule.result is not None and rule.result({}, {}).kind == "object"


def is_maker(function: Any) -> bool:
    """Whether a function makes such objects."""
    return callable(function) and makes_object(rules.lookup(function))


def enter(cx: Context, scope: Scope, s: Any, item: Any, inside: Any, function: Any) -> bool:
    """Lower ``with`` of such an object; whether it is one."""
    node = item.context_expr
    if isinstance(node, gast.Call) and not is_maker(function):
        return False
    if not isinstance(node, gast.Call) and _type_named(cx, scope, node) is None:
        return False
    rules.optional.load_used()
    span = cx.span
    first: Operand | None = None
    if isinstance(node, gast.Call) and node.args and item.optional_vars is not None:
        first = expressions.lower(cx, scope, node.args[0])
        node = gast.copy_location(gast.Call(node.func, [Given(first, node), *node.args[1:]], node.keywords), node)
    me = expressions.lower_name(cx, scope, node)
    t = operand_type(me, types_so_far(cx))
    bound = CONTEXTS.get(t.cls) if t.kind == "object" else None
    if bound is None:
        raise cx.refuse("AC001", item.context_expr, scope, "this context manager is not known to leave values alone",
                        "move the differentiated code out of the `with`; open files as text")  # fmt: skip
    if item.optional_vars is not None:
        value: Operand | None = me
        if bound:
            value = first if bound == GIVEN else cx.bind(bound, me, stem="entered")
        if value is None:
            raise cx.refuse("AC001", item.context_expr, scope, "what this context manager was made with is not known here",
                            "make it in the `with`")  # fmt: skip
        statements.assign_to(cx, scope, item.optional_vars, value)
    with cx.nested() as body:
        statements.lower_statement(cx, scope, inside)
    cx.emit(With(me, as_block(body), span))
    return True


def gives_items(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression is such an object that gives items by ``__next__``; nothing is lowered to find out."""
    if isinstance(node, gast.Call):
        found = expressions.meaning(cx, scope, node.func)
        function = found.value if isinstance(found, Value) else None
        t = rules.lookup(function).result({}, {}) if is_maker(function) else None  # type: ignore[union-attr, misc]
    else:
        t = _type_named(cx, scope, node)
    rule = rules.lookup(getattr(t.cls, "__next__", None)) if t is not None else None
    return rule is not None


def _type_named(cx: Context, scope: Scope, node: Any) -> Type | None:
    """The type of a name that is such an object; None for others."""
    t = None
    if isinstance(node, Given) and isinstance(node.operand, Name):
        t = operand_type(node.operand, types_so_far(cx)) if cx.objects else None
    elif isinstance(node, gast.Name) and isinstance(found := scope.lookup(node.id), Variable):
        t = types_so_far(cx).get(found.name) if cx.objects else None
    elif isinstance(node, (gast.Name, gast.Attribute)) and isinstance(
        found := expressions.meaning(cx, scope, node), Free
    ):
        t = type_of(found.value)
    return t if t is not None and t.kind == "object" and isinstance(t.cls, type) else None


__all__ = ["enter", "gives_items", "is_maker", "makes_object"]
