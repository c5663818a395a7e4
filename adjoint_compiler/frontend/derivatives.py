"""Calls of derivatives inside a function that is differentiated: their generated code is inlined, like any function's.

slope = ac.grad(f)
def g(x):
    return x * slope(x)      # the statements of f_grad(x), compiled for the type of x
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend.assumptions import Assumption, types_so_far
from adjoint_compiler.frontend.context import Context, Refused
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Value, live_lookup
from adjoint_compiler.frontend.source import source_of
from adjoint_compiler.ir.nodes import Const, Name, Operand, Span
from adjoint_compiler.ir.types import INT, NEVER

UNCERTAIN = ("unknown", "real", "number")


def lower_derivative_call(cx: Context, scope: Scope, node: Any, derivative: Any) -> Operand:
    """Lower a call of a derivative by inlining what is generated for the types of its arguments."""
    from adjoint_compiler.frontend import inlining

    bound = _bound(cx, scope, node, derivative)
    functions = {p: v.value for p, v in bound.items() if isinstance(v, Value)}
    known = types_so_far(cx)
    types = {p: operand_type(v, known) for p, v in bound.items() if p not in functions}
    if NEVER in types.values() and cx.diagnostics:  # an argument was refused
        raise Refused
    for p, t in types.items():
        if t.kind in UNCERTAIN or (t.kind == "array" and t.ndim is None):
            raise cx.refuse("AC003", node, scope, f"the type of the derivative's argument `{p}` is not known here",
                            "annotate the parameters, or call `.specialize` with example arguments")  # fmt: skip
    cx.assumed += [
        Assumption(bound[p].id, t, node, scope, "the argument of a derivative")
        for p, t in types.items() if isinstance(bound[p], Name)
    ]  # fmt: skip
    ints = tuple(
        derivative.target.names[k] for k in derivative.positions if types.get(derivative.target.names[k]) == INT
    )
    try:
        inner = derivative.compiled_for(types, functions, ints)
    except DifferentiationError as error:
        place = cx.place(node, scope)
        cx.diagnostics += [replace(d, span=called_from(d.span, place)) for d in error.diagnostics]
        raise Refused from None
    if inner.mutated and sum(t.kind not in ("int", "float") for t in types.values()) > 1:
        raise cx.refuse("AC001", node, scope, "the derivative of a function that stores into its arguments is called with "
                        "several that may be the same memory", "call the derivative outside")  # fmt: skip
    for p in ints:
        bound[p] = cx.bind("builtins.float", bound[p])
    cx.watched.update({(id(w.holder), w.name): w for w in inner.watched})
    function = inner.functions[0].function
    source = source_of(function)
    live, free = live_lookup(function, source), inner.lowered.free
    outer = Scope({}, frozenset(), lambda name: free[name] if name in free else live(name), None, source)
    params = [a.id for a in source.tree.args.args]
    by_position = dict(zip(params, (bound[p] for p in derivative.target.names), strict=True))
    return inlining.inline_bound(
        cx, scope, node, LocalFunction(source.tree, outer, function.__name__), by_position, function
    )


def called_from(span: Span, place: Span) -> Span:
    """The span with one more call around those it lies in."""
    return replace(span, caller=place if span.caller is None else called_from(span.caller, place))


def _bound(cx: Context, scope: Scope, node: Any, derivative: Any) -> dict[str, Any]:
    """The operands of the call by parameter, functions as compile-time values, defaults filled in."""
    from adjoint_compiler.frontend import arguments, expressions

    def lower(expression: Any) -> Any:
        found = expressions.compile_time(cx, scope, expression)
        if isinstance(found, Value) and callable(found.value):
            return found
        operand = expressions.lower(cx, scope, expression)
        return operand if isinstance(operand, (Name, Const)) else cx.bind("copy", operand)

    signature: inspect.Signature = derivative.target.signature
    try:
        bound = signature.bind(*map(lower, node.args), **{k.arg: lower(k.value) for k in node.keywords})
    except TypeError as fault:
        raise cx.refuse("AC001", node, scope, f"this call does not fit: {fault}", "fix the call") from None
    given = dict(bound.arguments)
    for name, parameter in signature.parameters.items():
        if name not in given:
            given[name] = arguments.default_operand(cx, name, parameter.default)
    return {name: given[name] for name in signature.parameters}


def made_here(cx: Context, scope: Scope, node: Any) -> Value | None:
    """The derivative that an expression like ``ac.grad(f, wrt="x")`` makes; None for other calls."""
    from adjoint_compiler.frontend import expressions

    made = expressions.meaning(cx, scope, node.func)
    if not isinstance(made, Value) or not getattr(made.value, "__adjoint_transform__", False):
        return None
    function = expressions.meaning(cx, scope, node.args[0]) if len(node.args) == 1 else None
    try:
        keywords = {k.arg: ast.literal_eval(gast.gast_to_ast(k.value)) for k in node.keywords}
    except ValueError:
        function = None
    if not isinstance(function, Value):
        raise cx.refuse("AC001", node, scope, "this use of a derivative is not differentiated yet",
                        "make the derivative outside, of a function defined at the top of a module")  # fmt: skip
    try:
        return Value(made.value(function.value, **keywords), f"{made.text}({function.text})")
    except (TypeError, ValueError) as fault:
        raise cx.refuse("AC001", node, scope, f"this derivative cannot be made: {fault}", "fix the call") from None


__all__ = ["lower_derivative_call", "made_here"]
