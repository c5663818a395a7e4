"""Statements around a computation that change no value: assertions, exceptions, contexts, imports."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend import expressions, statements
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.ir.nodes import Const, Effect, Operand, With


def lower_assert(cx: Context, scope: Scope, s: Any) -> None:
    cond = expressions.lower_condition(cx, scope, s.test)
    args: tuple[Operand, ...] = (cond,)
    if s.msg is not None:
        args = (cond, expressions.lower(cx, scope, s.msg))
    cx.emit(Effect("assert", args, cx.span))


def lower_raise(cx: Context, scope: Scope, s: Any) -> None:
    if s.exc is None or s.cause is not None:
        raise cx.refuse("AC001", s, scope, "this form of `raise` is not differentiated yet", "raise Exception(message)")
    if isinstance(s.exc, gast.Call):
        exception = expressions.exception_class(cx, scope, s.exc.func)
        args = tuple(expressions.lower(cx, scope, a) for a in s.exc.args)
        cx.emit(Effect("raise", args, cx.span, exception))
    else:
        cx.emit(Effect("raise", (), cx.span, expressions.exception_class(cx, scope, s.exc)))


def lower_with(cx: Context, scope: Scope, s: Any) -> None:
    """``with`` of contexts that change no value; one inside of the other where there are several."""
    contexts = []
    for item in s.items:
        if item.optional_vars is not None:
            raise cx.refuse("AC001", s, scope, "`with ... as ...` is not differentiated yet", "leave `as` out")
        contexts.append(_inert_context(cx, scope, item.context_expr))
    _enter(cx, scope, s, [c for c in contexts if c])


def _enter(cx: Context, scope: Scope, s: Any, contexts: list[str]) -> None:
    if not contexts:
        statements.lower_block(cx, scope, s.body)
        return
    span = cx.span
    with cx.nested() as body:
        _enter(cx, scope, s, contexts[1:])
    cx.emit(With(Const(None), as_block(body), span, contexts[0]))


def _inert_context(cx: Context, scope: Scope, node: Any) -> str:
    """The text of a context manager that changes no value; empty for one that does nothing."""
    if isinstance(node, gast.Call) and not node.args:
        found = expressions.compile_time(cx, scope, node.func)
        literal = all(k.arg and isinstance(k.value, gast.Constant) for k in node.keywords)
        made = found.value if isinstance(found, Value) and literal else None
        if made is contextlib.nullcontext:
            return ""
        if made in (np.errstate, np.printoptions):
            return f"np.{made.__name__}(" + ", ".join(f"{k.arg}={k.value.value!r}" for k in node.keywords) + ")"
    raise cx.refuse("AC001", node, scope, "this context manager is not known to leave values alone",
                    "move the differentiated code out of the `with`; np.errstate, np.printoptions and"
                    " contextlib.nullcontext may stay")  # fmt: skip


def lower_import(cx: Context, scope: Scope, s: Any) -> None:
    """An import inside a function: NumPy, math and SciPy modules only (they have no effects)."""
    for alias in s.names:
        name = alias.name if isinstance(s, gast.Import) else f"{s.module}"
        if name.split(".")[0] not in ("numpy", "math", "scipy"):
            raise cx.refuse("AC001", s, scope, f"import of `{name}` inside the function", "move it to the module's top")
        module = importlib.import_module(name)
        if isinstance(s, gast.ImportFrom):
            scope.locals[alias.asname or alias.name] = Value(getattr(module, alias.name), f"{name}.{alias.name}")
        elif alias.asname:
            scope.locals[alias.asname] = Value(module, name)
        else:
            scope.locals[name.split(".")[0]] = Value(importlib.import_module(name.split(".")[0]), name.split(".")[0])


HANDLERS = {
    gast.Assert: lower_assert, gast.Raise: lower_raise, gast.With: lower_with, gast.Import: lower_import,
    gast.ImportFrom: lower_import,
}  # fmt: skip
