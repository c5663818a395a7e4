"""Arguments of calls: lowered, bound to parameters, with defaults for those not given."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.frontend import expressions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Free, LocalFunction, Refusal, Scope, Value
from adjoint_compiler.ir.nodes import Const, Operand


def lower_arguments(cx: Context, scope: Scope, node: Any) -> tuple[list[Operand], dict[str, Operand]]:
    """Lower positional and keyword arguments, in evaluation order."""
    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise cx.refuse("AC001", node, scope, "starred arguments are not differentiated yet", "write the arguments out")
    positional = [expressions.lower(cx, scope, a) for a in node.args]
    return positional, {k.arg: expressions.lower(cx, scope, k.value) for k in node.keywords}


def bind_arguments(cx: Context, scope: Scope, node: Any, function: LocalFunction) -> dict[str, Any]:
    args = function.tree.args
    positional = [a.id for a in (*args.posonlyargs, *args.args)]
    names = positional + [a.id for a in args.kwonlyargs]

    def value(expression: Any) -> Any:
        return expressions.compile_time(cx, scope, expression) or expressions.lower(cx, scope, expression)

    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise cx.refuse("AC001", node, scope, "starred arguments are not differentiated yet", "write the arguments out")
    bound: dict[str, Any] = dict(zip(positional, [value(a) for a in node.args]))
    bound.update({k.arg: value(k.value) for k in node.keywords})
    wrong = [k for k in bound if k not in names]
    missing = [p for p in names if p not in bound and p not in function.defaults]
    if len(node.args) > len(positional) or wrong or missing:
        what = f"missing {missing}" if missing else f"unexpected {wrong or 'positional arguments'}"
        raise cx.refuse(
            "AC001", node, scope, f"`{function.name}` does not accept these arguments: {what}", "fix the call"
        )
    return {p: bound[p] if p in bound else _default(cx, scope, node, function.defaults[p]) for p in names}


def _default(cx: Context, scope: Scope, node: Any, default: Any) -> Any:
    if isinstance(default, Refusal):
        raise cx.refuse(default.code, node, scope, default.message, default.help)
    return cx.free_name(default) if isinstance(default, Free) else default


def default_operand(cx: Context, param: str, value: Any) -> Any:
    """The default of a parameter as an operand (a function: as a compile-time value)."""
    if isinstance(value, (bool, int, float, complex, str, type(None))):
        return Const(value)
    if callable(value):
        return Value(value, param)
    return cx.free_name(Free(param, value, lambda: value))


def lower_defaults(cx: Context, scope: Scope, args: Any) -> dict[str, Any]:
    """Defaults of a nested function, evaluated where it is defined."""
    out: dict[str, Any] = {}
    pairs = list(zip(args.args[len(args.args) - len(args.defaults) :], args.defaults))
    pairs += [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None]
    for arg, default in pairs:
        out[arg.id] = expressions.compile_time(cx, scope, default) or expressions.lower(cx, scope, default)
    return out
