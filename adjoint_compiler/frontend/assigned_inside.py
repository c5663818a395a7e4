"""``:=`` in expressions, and ``del`` of names.

while (r := f(x)) > 1.0:       the name is bound where the expression is evaluated
    ...
del x                          the name means nothing from here on
"""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.frontend import expressions, statements
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Refusal, Scope, Variable
from adjoint_compiler.ir.nodes import Const, Name, Operand


def lower_named(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """``(name := value)``; what the expression gives is not what the name is bound to later."""
    check_named(cx, scope, cx.statement)
    value = expressions.lower(cx, scope, node.value, node.target.id)
    held = value if isinstance(value, Const) else cx.bind("copy", value, stem=node.target.id)
    while scope.inner and scope.parent is not None:
        scope = scope.parent
    if node.target.id not in scope.bound:
        scope.bound |= {node.target.id}
    statements.assign_to(cx, scope, node.target, held)
    return held


def check_named(cx: Context, scope: Scope, statement: Any) -> None:
    """Refuse ``:=`` of a name that the same statement reads before: all operands would be read after it."""
    if statement is None:  # it was refused, and its parts are looked at on their own
        return
    parts = [n for n in gast.iter_child_nodes(statement) if isinstance(n, gast.expr)]
    inside = [n for part in parts for n in gast.walk(part)]
    bound = {n.target.id: n for n in inside if isinstance(n, gast.NamedExpr)}
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    early = [n for t in targets if t is not None for n in gast.walk(t)]
    for n in inside:
        named = bound.get(n.id) if isinstance(n, gast.Name) else None
        if named is None or n is named.target:
            continue
        before = (n.lineno, n.col_offset) < (named.lineno, named.col_offset)
        if before or any(n is e for e in early) or isinstance(n.ctx, gast.Store):
            raise cx.refuse("AC001", named, scope, f"`{n.id}` has another use in the statement whose `:=` binds it",
                            "assign it in a statement of its own")  # fmt: skip


def lower_delete(cx: Context, scope: Scope, s: Any) -> None:
    """``del x``: nothing is computed; to read the name later is refused."""
    for target in s.targets:
        if isinstance(target, gast.Subscript) and not isinstance(target.slice, gast.Tuple):
            holder = expressions.lower(cx, scope, target.value)
            if isinstance(holder, Name):
                part = expressions.lower_index(cx, scope, target.slice)
                cx.bind("method", holder, Const("__delitem__"), part)
                continue
        if not isinstance(target, gast.Name):
            raise cx.refuse("AC001", target, scope, "`del` of a part or attribute is not differentiated yet",
                            "make a new one without it")  # fmt: skip
        if not isinstance(scope.locals.get(target.id), Variable):
            raise cx.refuse("AC012", target, scope, f"`{target.id}` is not a variable here", "leave the `del` out")
        scope.locals[target.id] = Refusal("AC012", f"`{target.id}` is deleted before this", "leave the `del` out")


__all__ = ["check_named", "lower_delete", "lower_named"]
