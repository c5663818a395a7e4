"""What happens after a refusal: the rest is checked too, and what only follows from it is not told.

    y = np.roots(c)[0] + missing      both `np.roots` and `missing` are told: what is refused becomes an operand
    return y.real * z                 without a type ("never"), of which nothing further is refused

A name that the refused statement was to bind means "told already" (see ``Refusal``) or holds such an operand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from adjoint_compiler.frontend import expressions, statements
from adjoint_compiler.frontend.context import Context, Loop, Refused, as_block
from adjoint_compiler.frontend.jumps import assigned_names
from adjoint_compiler.frontend.meanings import names_code
from adjoint_compiler.frontend.scope import Refusal, Scope, Variable
from adjoint_compiler.ir.nodes import REFUSED, If, Name

TOLD = Refusal("AC001", "", "", told=True)
OWN_SCOPE = (gast.Lambda, gast.GeneratorExp, gast.ListComp, gast.SetComp, gast.DictComp)
TRANSPARENT = (gast.keyword, gast.Starred, gast.Slice, gast.Tuple, gast.List, gast.FormattedValue)


def refused_operand(cx: Context, scope: Scope, node: Any) -> Name:
    """The operand that stands for an expression that was refused; its parts are checked."""
    check_parts(cx, scope, node)
    return cx.bind(REFUSED, stem="refused")


def check_parts(cx: Context, scope: Scope, node: Any) -> None:
    """Lower the expressions in a node, so that what is wrong with them is found here or by later passes.

    Functions by name and what has variables of its own are passed over: alone they would mean something else.
    """
    if isinstance(node, OWN_SCOPE):
        return
    for part in gast.iter_child_nodes(node):
        if isinstance(part, gast.withitem):  # it is refused for what is called there
            check_parts(cx, scope, part.context_expr)
        elif part is getattr(node, "iter", None):  # what a loop runs over need be no value: `range(n)`
            check_parts(cx, scope, part)
        elif isinstance(part, TRANSPARENT) and not isinstance(getattr(part, "ctx", None), (gast.Store, gast.Del)):
            check_parts(cx, scope, part)
        elif isinstance(part, gast.expr) and not isinstance(part, OWN_SCOPE) and _is_read(part):
            if isinstance(node, gast.Call) and part is node.func:
                part = part.value if isinstance(part, gast.Attribute) else None
            if part is not None and _was_refused(cx, scope, part):
                check_parts(cx, scope, part)
            elif part is not None and not _is_code(cx, scope, part):
                expressions.lower(cx, scope, part)


def _was_refused(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether a problem of exactly this node is noted: it may have been met in a special place, and is told once."""
    place = replace(cx.place(node, scope), caller=None, statement=None)
    return any(replace(d.span, caller=None, statement=None) == place for d in cx.diagnostics)


def _is_read(node: Any) -> bool:
    return isinstance(getattr(node, "ctx", gast.Load()), gast.Load)


def _is_code(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression stands for a function, class or module (or was refused while that was found out)."""
    try:
        return names_code(expressions.meaning(cx, scope, node))
    except Refused:
        return True


def lower_guarded(cx: Context, scope: Scope, s: Any, action: Any) -> bool:
    """Lower a statement; if it is refused, check its parts and what is nested in it. Returns whether it was lowered."""
    frames, loops = len(cx.frames), len(cx.frames[-1].loops)
    try:
        if cx.diagnostics and _was_refused(cx, scope, s):
            raise Refused
        action()
        return True
    except Refused:
        del cx.frames[frames:], cx.frames[-1].loops[loops:]
        check_parts(cx, scope, s)
        bound = sorted(assigned_names([s]) | _captured_names(s))
        held = {name for name in bound if isinstance(scope.locals.get(name), Variable)}
        scope.locals.update(dict.fromkeys((n for n in bound if n not in held), TOLD))
        _check_blocks(cx, scope, s)
        with cx.nested() as body:
            for name in bound:
                if isinstance(scope.locals.get(name), Variable):
                    cx.assign(statements.variable_for(cx, scope, name), cx.bind(REFUSED, stem="refused"))
        cx.emit(If(cx.bind(REFUSED, stem="refused"), as_block(body), (), cx.span))
        del cx.frames[frames:], cx.frames[-1].loops[loops:]
        return False


def _captured_names(s: Any) -> frozenset[str]:
    """Names that the pattern of a ``case`` binds, which stands in the test of the statement."""
    parts = list(gast.walk(s.test)) if isinstance(s, gast.If) else []
    names = [getattr(n, "name", None) for n in parts if isinstance(n, (gast.MatchAs, gast.MatchStar))]
    names += [n.rest for n in parts if isinstance(n, gast.MatchMapping)]
    return frozenset(n for n in names if n)


def _check_blocks(cx: Context, scope: Scope, s: Any) -> None:
    """Lower the blocks nested in a statement as branches that may be taken."""
    if isinstance(s, (gast.FunctionDef, gast.ClassDef, gast.AsyncFunctionDef)):
        return
    if isinstance(s, (gast.For, gast.AsyncFor, gast.While)):
        cx.frames[-1].loops.append(Loop(cx.temporary("stop"), cx.temporary("skip")))
    for part in (s, *getattr(s, "handlers", ()), *getattr(s, "cases", ())):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(part, field, None)
            if isinstance(block, list) and block:
                with cx.nested() as body:
                    statements.lower_block(cx, scope, block)
                cx.emit(If(cx.bind(REFUSED, stem="refused"), as_block(body), (), cx.span))


__all__ = ["TOLD", "check_parts", "lower_guarded", "refused_operand"]
