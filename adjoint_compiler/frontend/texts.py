"""Texts that are put together, and statements whose value is dropped: what is printed."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.frontend import expressions, starred
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.ir.nodes import Const, Effect, Operand
from adjoint_compiler.runtime import checks

CHECKS = (checks.check_distinct, checks.check_separate)  # which no pass puts into programs


def lower_joined(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """An f-string: a template and what is put into it."""
    template, values = "", []
    for part in node.values:
        if isinstance(part, gast.Constant):
            template += str(part.value).replace("{", "{{").replace("}", "}}")
            continue
        values.append(expressions.lower(cx, scope, part.value))
        spec = ""
        if part.format_spec is not None:
            if not all(isinstance(p, gast.Constant) for p in part.format_spec.values):
                raise cx.refuse("AC001", node, scope, "a computed format is not supported", "write the format out")
            spec = ":" + "".join(str(p.value) for p in part.format_spec.values)
        template += "{" + ("" if part.conversion == -1 else "!" + chr(part.conversion)) + spec + "}"
    return cx.bind("format", Const(template), *values, stem="text")


def lower_effect(cx: Context, scope: Scope, node: Any) -> None:
    """Lower an expression statement, whose value is dropped."""
    if isinstance(node, gast.Call):
        found = (
            expressions.compile_time(cx, scope, node.func)
            if isinstance(node.func, (gast.Name, gast.Attribute))
            else None
        )
        if isinstance(found, Value) and found.value is print:
            node = starred.without_stars(cx, scope, node)
            if any(k.arg == "file" for k in node.keywords):  # an operation on that file
                expressions.lower(cx, scope, node)
                return
            args = tuple(expressions.lower(cx, scope, a) for a in node.args)
            extra = ", ".join(f"{k.arg}={gast.unparse(k.value).strip()}" for k in node.keywords)
            if not all(isinstance(k.value, gast.Constant) for k in node.keywords):
                raise cx.refuse(
                    "AC001", node, scope, "print with a computed keyword is not supported", "drop the keyword"
                )
            cx.emit(Effect("print", args, cx.span, extra))
            return
        if isinstance(found, Value) and found.value in CHECKS:
            args = tuple(expressions.lower(cx, scope, a) for a in node.args)
            cx.emit(Effect("check", args, cx.span, found.value.__name__))
            return
    expressions.lower(cx, scope, node)


__all__ = ["lower_effect", "lower_joined"]
