"""Calls of Python functions, inlined: parameters become variables, ``return`` binds the result."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend import arguments, recursion, statements
from adjoint_compiler.frontend.context import Context, Frame
from adjoint_compiler.frontend.jumps import always_jumps, any_jump, assigned_names, rebound_names
from adjoint_compiler.frontend.patterns import without_match
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Value, Variable, live_lookup
from adjoint_compiler.frontend.source import source_of
from adjoint_compiler.ir.nodes import Const, Name, Operand

MAX_INLINE_DEPTH = 40


def inline_function(cx: Context, scope: Scope, node: Any, function: Any) -> Operand:
    """Inline a call of a Python function found in globals or a closure."""
    try:
        source = source_of(function)
    except DifferentiationError as error:
        raise cx.refuse("AC006", node, scope, error.diagnostics[0].message, error.diagnostics[0].help) from None
    plain = getattr(function, "py_func", function)
    lookup = live_lookup(plain, source)
    outer = Scope({}, frozenset(), lookup, None, source)
    defaults: dict[str, Any] = {}
    names = [a.id for a in (*source.tree.args.posonlyargs, *source.tree.args.args)]
    for param, value in zip(names[len(names) - len(plain.__defaults__ or ()) :], plain.__defaults__ or ()):
        defaults[param] = arguments.default_operand(cx, param, value)
    for param, value in (plain.__kwdefaults__ or {}).items():
        defaults[param] = arguments.default_operand(cx, param, value)
    local = LocalFunction(source.tree, outer, plain.__name__, defaults)
    return inline_local(cx, scope, node, local, key=plain)


def inline_local(cx: Context, scope: Scope, node: Any, function: LocalFunction, key: Any = None) -> Operand:
    """Inline a call: parameters become variables, ``return`` binds the result variable."""
    bound = arguments.bind_arguments(cx, scope, node, function)
    return inline_bound(cx, scope, node, function, bound, key)


def inline_bound(
    cx: Context, scope: Scope, node: Any, function: LocalFunction, bound: dict[str, Any], key: Any = None
) -> Operand:
    """Inline a call whose arguments are lowered, by parameter."""
    known = {p: v for p, v in bound.items() if isinstance(v, (Value, LocalFunction))}
    key = recursion.key_of(function if key is None else key, known)
    if key in cx.recursive:
        return recursion.call_recursive(cx, scope, node, function, key, bound)
    if any(f.function == key for f in cx.frames):
        raise recursion.Recursive(key)
    if len(cx.frames) > MAX_INLINE_DEPTH:
        raise cx.refuse(
            "AC001", node, scope, f"the call of `{function.name}` is nested too deeply", "call fewer functions"
        )
    body = body_of(function.tree)
    meanings: dict[str, Any] = {}
    for param, value in bound.items():
        meanings[param] = value if param in known else Variable(cx.names.fresh(param))
        if param not in known:
            cx.assign(meanings[param].name, value)
    with cx.called():
        return lower_function_body(cx, inner_scope(function, body, meanings), body, key)


def body_of(tree: Any) -> list[Any]:
    """The statements of a function; those of a lambda are one ``return``."""
    is_lambda = isinstance(tree, gast.Lambda)
    if is_lambda:
        return [gast.copy_location(gast.Return(tree.body), tree.body)]
    return without_match(tree.body)


def inner_scope(function: LocalFunction, body: list[Any], meanings: dict[str, Any]) -> Scope:
    """The scope of a function's body, in which its parameters mean what is given."""
    bound, outer = assigned_names(body) | frozenset(meanings), function.scope
    return Scope(dict(meanings), bound, outer.lookup_free, outer, outer.source, rebound=rebound_names(body))


def lower_function_body(cx: Context, scope: Scope, body: list[Any], key: Any) -> Name:
    """Lower a body whose ``return`` binds a result variable; falling off the end returns None."""
    frame = Frame(key, cx.temporary("result"))
    cx.frames.append(frame)
    if "return" in any_jump(body):
        frame.returned = cx.temporary("returned")
        cx.assign(frame.returned, Const(False))
    if not always_jumps(body):
        cx.assign(frame.result, Const(None))
    statements.lower_block(cx, scope, body)
    cx.frames.pop()
    return Name(frame.result)
