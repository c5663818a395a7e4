"""``contextlib.ExitStack``, where it is known while compiling what is entered: each context stands around what follows it.

with ExitStack() as stack:                         a = 1.0
    a = 1.0                                        with open(path) as file:
    file = stack.enter_context(open(path))   ->        try: b = float(file.read())
    stack.callback(print, a)                           finally: print(a)
    b = float(file.read())
"""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.jumps import assignments
from adjoint_compiler.frontend.scope import Refusal, Scope

ADVICE = "call `enter_context` and `callback` as statements of the `with` itself, or nest `with` statements"


def contexts_of(cx: Context, scope: Scope, s: Any, name: str) -> list[Any]:
    """The statements of the body of a ``with`` of a stack of a name, with the contexts that it enters written out."""
    scope.locals[name] = Refusal("AC001", f"which contexts `{name}` enters is not known while compiling", ADVICE)
    return _written(cx, scope, s.body, name)


def _written(cx: Context, scope: Scope, body: list[Any], name: str) -> list[Any]:
    for k, s in enumerate(body):
        method, call = _call_of(s, name)
        rest = body[k + 1 :]
        if method == "enter_context" and len(call.args) == 1 and not call.keywords:
            target = s.targets[0] if isinstance(s, gast.Assign) else None
            inner = _written(cx, scope, rest, name) or [gast.copy_location(gast.Pass(), s)]
            made = gast.With([gast.withitem(call.args[0], target)], inner, None)
            return [*body[:k], gast.copy_location(made, s)]
        if method == "callback" and call.args and isinstance(s, gast.Expr) and not _is_rebound(call.args[0], rest):
            before, later = _held(call)
            inner = _written(cx, scope, rest, name) or [gast.copy_location(gast.Pass(), s)]
            made = gast.Try(inner, [], [], [gast.copy_location(gast.Expr(later), s)])
            return [*body[:k], *before, gast.copy_location(made, s)]
    return body


def _call_of(s: Any, name: str) -> tuple[str, Any]:
    """The method of the stack that a statement calls, and the call; empty for other statements."""
    single = isinstance(s, gast.Expr) or (isinstance(s, gast.Assign) and len(s.targets) == 1)
    call = s.value if single else None
    func = getattr(call, "func", None)
    if isinstance(func, gast.Attribute) and isinstance(func.value, gast.Name) and func.value.id == name:
        return func.attr, call
    return "", None


def _is_rebound(function: Any, rest: list[Any]) -> bool:
    """Whether a function may be another one at the end: it is no name or attribute of one, or the name is bound again."""
    base = function.value if isinstance(function, gast.Attribute) else function
    return not isinstance(base, gast.Name) or base.id in assignments(rest)


def _held(call: Any) -> tuple[list[Any], Any]:
    """The statements that evaluate the arguments of a callback, and the call of it with what they gave."""
    before: list[Any] = []

    def held(node: Any, key: object) -> Any:
        place = f"<argument:{call.lineno}:{call.col_offset}:{key}>"
        target = gast.Name(place, gast.Store(), None, None)
        read = gast.Name(place, gast.Load(), None, None)
        assign = gast.Assign([target], node, None)
        for part in (assign, target, read):
            gast.copy_location(part, node)
        before.append(assign)
        return read

    args = [held(a, k) for k, a in enumerate(call.args[1:])]
    keywords = [gast.keyword(k.arg, held(k.value, k.arg)) for k in call.keywords]
    return before, gast.copy_location(gast.Call(call.args[0], args, keywords), call)


__all__ = ["contexts_of"]
