"""``with``: contexts that change no value are entered as they are; the user's own are inlined around the body.

with np.errstate(all="ignore"):        the same statement
@contextmanager                        what stands before its `yield`, the body of the `with` there, what stands after it
class Timer: __enter__, __exit__       timer.__enter__(); try: the body; finally: timer.__exit__(None, None, None)
with suppress(ValueError):             try: the body; except ValueError: pass
"""

from __future__ import annotations

import contextlib
import sys
import types
import warnings
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend import (
    arguments,
    exit_stacks,
    expressions,
    function_texts,
    generators,
    inlining,
    library_objects,
    objects,
    statements,
)
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Value
from adjoint_compiler.ir.nodes import Const, Operand, With

HELPER_CODE = contextlib.contextmanager(lambda: iter(())).__code__


def lower_with(cx: Context, scope: Scope, s: Any) -> None:
    """``with`` of one context inside of the other where there are several."""
    _enter(cx, scope, s, list(s.items))


def _enter(cx: Context, scope: Scope, s: Any, items: list[Any]) -> None:
    if not items:
        statements.lower_block(cx, scope, s.body)
        return
    item, rest = items[0], items[1:]
    node, span = item.context_expr, cx.span
    found = expressions.compile_time(cx, scope, node.func) if isinstance(node, gast.Call) else None
    function = found.value if isinstance(found, Value) else None
    text = _inert(node, function)
    inside = _With(s, rest)
    if text is not None and (item.optional_vars is None or not text):
        if item.optional_vars is not None:  # `nullcontext(value) as name`
            value = expressions.lower(cx, scope, node.args[0]) if node.args else Const(None)
            statements.assign_to(cx, scope, item.optional_vars, value)
        if not text:
            _enter(cx, scope, s, rest)
            return
        with cx.nested() as body:
            _enter(cx, scope, s, rest)
        cx.emit(With(Const(None), as_block(body), span, text))
    elif function is contextlib.suppress and item.optional_vars is None and node.args:
        classes = node.args[0] if len(node.args) == 1 else gast.Tuple(node.args, gast.Load())
        handler = gast.ExceptHandler(gast.copy_location(classes, node), None, [gast.copy_location(gast.Pass(), s)])
        tried = gast.Try([gast.copy_location(inside, s)], [gast.copy_location(handler, s)], [], [])
        statements.lower_statement(cx, scope, gast.copy_location(tried, s))
    elif function is contextlib.closing and len(node.args) == 1 and not node.keywords:
        _closing(cx, scope, s, item, inside)
    elif function is contextlib.ExitStack and not node.args and isinstance(item.optional_vars, gast.Name):
        body = exit_stacks.contexts_of(cx, scope, s, item.optional_vars.id)
        entered = gast.With(rest, body, None)
        statements.lower_statement(cx, scope, _With(gast.copy_location(entered, s), rest))
    elif (manager := _manager(cx, scope, node, found)) is not None:
        _inlined(cx, scope, s, item, inside, manager)
    elif library_objects.enter(cx, scope, s, item, inside, function):
        pass
    else:
        _of_an_object(cx, scope, s, item, inside)


def _closing(cx: Context, scope: Scope, s: Any, item: Any, inside: Any) -> None:
    """``with closing(thing) as name``: its method ``close`` is called at the end."""
    node = item.context_expr
    me = expressions.lower_name(cx, scope, node.args[0])
    if item.optional_vars is not None:
        statements.assign_to(cx, scope, item.optional_vars, me)
    close = gast.Call(gast.Attribute(Given(me, node), "close", gast.Load()), [], [])
    tried = gast.Try([inside], [], [], [gast.Expr(close)])
    for part in (tried, *tried.finalbody, close, close.func):
        gast.copy_location(part, node)
    statements.lower_statement(cx, scope, tried)


class _With(gast.With):  # type: ignore[misc]
    """The rest of a ``with``, inside of its first context."""

    def __init__(self, s: Any, items: list[Any]) -> None:
        super().__init__(items, s.body, None)
        gast.copy_location(self, s)


def _inert(node: Any, function: Any) -> str | None:
    """The text of a context manager that changes no value, empty for one that does nothing; None for others."""
    if function is contextlib.nullcontext and len(node.args) <= 1 and not node.keywords:
        return ""
    literal = isinstance(node, gast.Call) and not node.args
    if not literal or not all(k.arg and isinstance(k.value, gast.Constant) for k in node.keywords):
        return None
    if function in (np.errstate, np.printoptions, warnings.catch_warnings):
        module = "warnings" if function is warnings.catch_warnings else "np"
        return f"{module}.{function.__name__}(" + ", ".join(f"{k.arg}={k.value.value!r}" for k in node.keywords) + ")"
    return None


# -- generators with one `yield` ---------------------------------------------------------------------------------


def _manager(cx: Context, scope: Scope, node: Any, found: Any) -> LocalFunction | None:
    """The generator function that ``contextmanager`` decorates; None for other calls."""
    function = found.value if isinstance(found, Value) else None
    if isinstance(function, types.FunctionType) and function.__code__ is HELPER_CODE:
        local = inlining.local_function(cx, scope, node, function.__wrapped__)  # type: ignore[attr-defined]
        return replace(local, manager=True)
    return found if isinstance(found, LocalFunction) and found.manager else None


def _inlined(cx: Context, scope: Scope, s: Any, item: Any, inside: Any, manager: LocalFunction) -> None:
    """The function of a context manager, with the body of the ``with`` in place of its ``yield``."""
    node = item.context_expr
    if sum(isinstance(n, (gast.Yield, gast.YieldFrom)) for n in function_texts.own_nodes(manager.tree)) != 1 or any(
        isinstance(n, (gast.For, gast.While, gast.If)) and generators.is_generator(gast.FunctionDef("", None, [n], [], None, None))
        for n in function_texts.own_nodes(manager.tree)
    ):  # fmt: skip
        raise cx.refuse("AC001", node, scope, "a context manager with several `yield`, or one that hangs on a condition,"
                        " is not differentiated", "let it yield once")  # fmt: skip
    bound = arguments.bind_arguments(cx, scope, inlining.with_receiver(node, manager), manager)
    consumer, caller, span = cx.frames[-1], cx.caller, cx.span

    def take(inner: Scope, value: Any) -> None:
        held = expressions.lower(cx, inner, value)
        callee, cx.caller, cx.span = cx.caller, caller, span
        cx.frames.append(consumer)
        if item.optional_vars is not None:
            statements.assign_to(cx, scope, item.optional_vars, held)
        statements.lower_statement(cx, scope, inside)
        cx.frames.pop()
        cx.caller = callee

    body = generators.body_of(cx, manager, ends=False)
    inlining.inline_generator(cx, replace(manager, manager=False), bound, body, {}, take)
    cx.span = span


# -- objects -----------------------------------------------------------------------------------------------------


def _is_own_class(value: Any) -> bool:
    """Whether a value is a class of the user's, none of Python's library."""
    return isinstance(value, type) and value.__module__.partition(".")[0] not in sys.stdlib_module_names - {"__main__"}


def _of_an_object(cx: Context, scope: Scope, s: Any, item: Any, inside: Any) -> None:
    """An object of the user's classes: ``__enter__`` and ``__exit__``."""
    node = item.context_expr
    unknown = (
        "AC001", node, scope, "this context manager is not known to leave values alone",
        "move the differentiated code out of the `with`; np.errstate and the like, files of text, locks, contextlib's, and"
        " context managers of your own may stay",
    )  # fmt: skip
    if isinstance(node, gast.Call):
        made = expressions.compile_time(cx, scope, node.func)
        if isinstance(made, Value) and not (_is_own_class(made.value) and member_of(made.value, "__exit__")):
            raise cx.refuse(*unknown)
    me = expressions.lower_name(cx, scope, node)
    cls = objects.class_of(cx, scope, node, me)
    enter, leave = (member_of(cls, n) if cls is not None else None for n in ("__enter__", "__exit__"))
    if enter is None or leave is None:
        raise cx.refuse(*unknown)
    last = inlining.local_function(cx, scope, node, leave.value)
    asks = {n.id for n in function_texts.own_nodes(last.tree) if isinstance(n, gast.Name)}
    exception = {a.id for a in last.tree.args.args[1:]} | {a.id for a in (last.tree.args.vararg,) if a}
    swallows = [r for r in function_texts.returned_by(last.tree) if getattr(r, "value", r) not in (None, False)]
    if swallows or asks & exception:
        raise cx.refuse("AC001", node, scope, f"`__exit__` of `{cls.__name__}` asks for exceptions, or keeps them back",  # type: ignore[union-attr]
                        "catch them with `try` in the body")  # fmt: skip
    value: Operand = objects.call_member(cx, scope, node, me, enter, [])
    if item.optional_vars is not None:
        statements.assign_to(cx, scope, item.optional_vars, value)
    nothing = [gast.copy_location(gast.Constant(None, None), node) for _ in range(3)]
    bound = Given(replace(last, receiver=me, key=leave.value), node)
    call = gast.copy_location(gast.Expr(gast.copy_location(gast.Call(bound, nothing, []), node)), node)
    tried = gast.Try([inside], [], [], [call])
    statements.lower_statement(cx, scope, gast.copy_location(tried, s))


HANDLERS: dict[Any, Any] = {gast.With: lower_with, _With: lower_with}

__all__ = ["lower_with"]
