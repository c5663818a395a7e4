"""Calls of derivatives inside a function that is differentiated: their generated code is inlined, like any function's.

slope = ac.grad(f)
def g(x):
    return x * slope(x)                        # the statements of f_grad(x), compiled for the type of x
    return ac.grad(lambda y: x * y)(2.0)       # a nested function is given what it reads of the program: x

The variables of a derivative that is inlined have names of their own, so that no two derivatives are confused.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend import custom
from adjoint_compiler.frontend.assumptions import Assumption
from adjoint_compiler.frontend.context import Context, Refused
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Value, live_lookup
from adjoint_compiler.frontend.source import source_of
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.frontend.unending import making
from adjoint_compiler.ir.joins import tangent_type
from adjoint_compiler.ir.nodes import Const, Effect, Name, Operand, Span
from adjoint_compiler.ir.types import INT, NEVER, Type, is_number
from adjoint_compiler.rules.gradient_calls import GradientRule, gradient_rule

UNCERTAIN = ("unknown", "real", "number")
COPIES = "adjoint_compiler.runtime.memory.entry_copies"


@dataclass(frozen=True)
class Around:
    """What a nested function has of the program around it.

    Attributes:
        captured: what it reads: the values of the last parameters of the function that it is lifted to.
        defaults: the values of its own parameters that have one.
    """

    captured: tuple[Operand, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Nested:
    """The derivative of a nested function, and what that has of the program around it."""

    derivative: Any
    around: Around

    __adjoint_target__ = True
    __adjoint_wrapper__ = True

    def __call__(self, *args: Any) -> Any:
        """Not to be called: the derivative is inlined."""
        raise TypeError("the derivative of a nested function is inlined, not called")


def lower_derivative_call(cx: Context, scope: Scope, node: Any, derivative: Any) -> Operand:
    """Lower a call of a derivative by inlining what is generated for the types of its arguments."""
    around = Around()
    if isinstance(derivative, Nested):
        derivative, around = derivative.derivative, derivative.around
    if hasattr(derivative, "__adjoint_product__"):
        from adjoint_compiler.frontend import tangent_calls

        return tangent_calls.lower_hvp(cx, scope, node, derivative, around)
    if hasattr(derivative, "__adjoint_matrix__"):
        from adjoint_compiler.frontend import matrices

        return matrices.lower_matrix_call(cx, scope, node, derivative, around, derivative.__adjoint_matrix__)
    bound = bound_call(cx, scope, node, derivative.target, node.args, node.keywords, around)
    functions, types = types_of_call(cx, scope, node, bound)
    ints = tuple(
        derivative.target.names[k] for k in derivative.positions if types.get(derivative.target.names[k]) == INT
    )
    cx.gradients_met += 1
    if cx.calls_gradients and not functions:
        rule = usable_rule(derivative, [types[p] for p in bound])
        if rule is not None:
            return custom.bind_custom_call(
                cx, scope, node, rule, list(bound.values()), str(getattr(rule, "__name__", "gradient"))
            )
    return inlined(
        cx, scope, node, bound, ints, (), (derivative, *by_identity(functions), *types.items()),
        lambda: derivative.compiled_for(types, functions, ints, by_rules=cx.calls_gradients),
    )  # fmt: skip


def usable_rule(derivative: Any, types: Sequence[Type]) -> GradientRule | None:
    """The rule of a gradient for arguments of some types, if what it calls compiles; None where there is none.

    Raises:
        DifferentiationError: the function has no forward mode, or that has no reverse mode.
    """
    rule = gradient_rule(derivative, types)
    if rule is not None:
        given = (*types, *(tangent_type(types[k]) for k in derivative.positions))
        rule.product.compiled_for(dict(zip(rule.product.target.names, given, strict=True)), {})
    return rule


def by_identity(functions: dict[str, Any]) -> list[tuple[str, int]]:
    """What tells functions apart that are passed."""
    return [(p, id(f)) for p, f in functions.items()]


def types_of_call(
    cx: Context, scope: Scope, node: Any, bound: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Type]]:
    """The operands that are functions, and the types of the others, which must be known."""
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
        Assumption(bound[p].id, t, node, scope, "the argument of a derivative", widens=True)
        for p, t in types.items() if isinstance(bound[p], Name)
    ]  # fmt: skip
    return functions, types


def inlined(
    cx: Context, scope: Scope, node: Any, bound: dict[str, Any], ints: tuple[str, ...], more: tuple[Operand, ...],
    key: tuple[Any, ...], compile_it: Callable[[], Any], names: tuple[str, ...] = (),
) -> Operand:  # fmt: skip
    """What is generated, inlined with the operands ``bound`` and ``more`` for its parameters."""
    from adjoint_compiler.frontend import inlining

    names = names or tuple(bound)

    def unending() -> Exception:
        return cx.refuse("AC001", node, scope, "this function calls its own derivative, which calls the next one, without end",
                         "write a function for each order, or a loop")  # fmt: skip

    try:
        if key not in cx.inlined:
            with making(key[0], key[1:], unending):
                cx.inlined[key] = compile_it()
        inner = cx.inlined[key]
    except DifferentiationError as error:
        place = cx.place(node, scope)
        cx.diagnostics += [replace(d, span=called_from(d.span, place)) for d in error.diagnostics]
        raise Refused from None
    cx.gradients_met += inner.lowered.gradients_met
    for p in ints:
        bound[p] = cx.bind("builtins.float", bound[p])
    cx.watched.update({(id(w.holder), w.name): w for w in inner.watched})
    function = inner.functions[0].function
    source = source_of(function)
    live, free = live_lookup(function, source), inner.lowered.free
    outer = Scope({}, frozenset(), lambda name: free[name] if name in free else live(name), None, source)
    params = [a.id for a in source.tree.args.args]
    by_position = dict(zip(params, (*(bound[p] for p in names), *more), strict=True))
    _check_memory(cx, outer, inner, by_position)
    tree = _own_copies(cx, source.tree, by_position)
    return inlining.inline_bound(cx, scope, node, LocalFunction(tree, outer, function.__name__), by_position, function)


def _own_copies(cx: Context, tree: Any, given: dict[str, Any]) -> Any:
    """The function without ``p = entry_copies(p)``: parameters stand for copies from the start, whose types may change."""
    kept = []
    for s in tree.body:
        match s:
            case gast.Assign(
                targets=[gast.Name(id=p)],
                value=gast.Call(func=gast.Name(id="entry_copies"), args=[gast.Name(id=q)]),
            ) if p == q in given:
                given[p] = cx.bind(COPIES, given[p], stem=p)
            case _:
                kept.append(s)
    changed = copy.copy(tree)
    changed.body = kept
    return changed


def _check_memory(cx: Context, outer: Scope, inner: Any, given: dict[str, Any]) -> None:
    """Check that the arguments that a function stores into, of which its derivative makes copies, are memory of their own."""
    from adjoint_compiler.frontend import expressions

    known = types_so_far(cx)
    free = (n for n, f in inner.lowered.free.items() if f.reader is not None and n not in given)
    everything = given | {n: expressions.lower(cx, outer, gast.Name(n, gast.Load(), None, None)) for n in free}
    held = {n: v for n, v in everything.items() if isinstance(v, Name) and not is_number(operand_type(v, known))}
    stored = [n for n in held if n in inner.mutated]
    for k, n in enumerate(stored):
        others = (*stored[k + 1 :], *(m for m in held if m not in stored))
        cx.emit(Effect("check", (held[n], *(held[m] for m in others)), cx.span, "check_separate"))


def called_from(span: Span, place: Span) -> Span:
    """The span with one more call around those it lies in."""
    return replace(span, caller=place if span.caller is None else called_from(span.caller, place))


def function_of(cx: Context, scope: Scope, node: Any, expression: Any) -> tuple[Any, Around]:
    """The function that a derivative is made of; for a nested one what it has of the program around it."""
    from adjoint_compiler.frontend import expressions, lifting

    found = expressions.compile_time(cx, scope, expression) if expression is not None else None
    if isinstance(found, Value) and isinstance(found.value, Nested):
        return found.value.derivative, found.value.around
    if isinstance(found, Value):
        return found.value, Around()
    if isinstance(found, LocalFunction) and found.receiver is None and lifting.is_live(found.scope):
        function, captured = lifting.lifted(cx, node, scope, found)
        return function, Around(tuple(captured), found.defaults)
    raise cx.refuse("AC001", node, scope, "this use of a derivative is not differentiated yet",
                    "make the derivative outside, of a function defined at the top of a module")  # fmt: skip


def bound_call(
    cx: Context,
    scope: Scope,
    node: Any,
    target: Any,
    args: list[Any],
    keywords: list[Any],
    around: Around,
) -> dict[str, Any]:
    """The operands of the call by parameter, functions as compile-time values, defaults filled in."""
    from adjoint_compiler.frontend import arguments, expressions

    def lower(expression: Any) -> Any:
        found = expressions.compile_time(cx, scope, expression)
        if isinstance(found, Value) and callable(found.value):
            return found
        operand = expressions.lower(cx, scope, expression)
        return operand if isinstance(operand, (Name, Const)) else cx.bind("copy", operand)

    signature: inspect.Signature = target.signature
    given_by = (
        dict(zip(signature.parameters, target.owner)) | target.keywords
    )  # a bound method's object, what is in a partial
    bound_to = {n: arguments.default_operand(cx, n, v) for n, v in given_by.items()}
    named = {**{n: bound_to[n] for n in target.keywords}, **{k.arg: lower(k.value) for k in keywords}}
    last = tuple(signature.parameters)[len(signature.parameters) - len(around.captured) :]
    named.update(zip(last, around.captured))
    missing = (n for n in tuple(signature.parameters)[len(target.owner) + len(args) :] if n not in named)
    named.update({n: around.defaults[n] for n in missing if n in around.defaults})
    try:
        bound = signature.bind(*list(bound_to.values())[: len(target.owner)], *map(lower, args), **named)
    except TypeError as fault:
        raise cx.refuse("AC001", node, scope, f"this call does not fit: {fault}", "fix the call") from None
    given = dict(bound.arguments)
    for name, parameter in signature.parameters.items():
        if name not in given:
            given[name] = arguments.default_operand(cx, name, parameter.default)
    return {name: given[name] for name in signature.parameters}


def _by_own_parameters(
    function: Any, around: Around, options: list[Any], keywords: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """The options of a derivative, ``wrt`` among them as names: positions and names are those of the nested function.

    Raises:
        TypeError: there is no such parameter.
    """
    names = tuple(inspect.signature(function).parameters)
    own = names[: len(names) - len(around.captured)]
    wrt = options[0] if options else keywords.get("wrt", 0)

    def name_of(item: Any) -> Any:
        known = item in own if isinstance(item, str) else isinstance(item, int) and -len(own) <= item < len(own)
        if not known:
            raise TypeError(f"wrt={item!r}: the function has the parameters {', '.join(own)}")
        return item if isinstance(item, str) else own[item]

    chosen = tuple(map(name_of, wrt)) if isinstance(wrt, tuple) else name_of(wrt)
    return ([chosen, *options[1:]], keywords) if options else ([], {**keywords, "wrt": chosen})


def made_here(cx: Context, scope: Scope, node: Any) -> Value | None:
    """The derivative that an expression like ``ac.grad(f, wrt="x")`` makes; None for other calls."""
    from adjoint_compiler.frontend import expressions

    made = expressions.meaning(cx, scope, node.func)
    if not isinstance(made, Value) or not hasattr(made.value, "__adjoint_transform__"):
        return None
    if hasattr(made.value, "__adjoint_forward__"):  # what is called there, and returns no derivative that is called
        return None
    if hasattr(made.value, "__adjoint_sparse__"):
        raise cx.refuse("AC001", node, scope, f"`{made.text}` inside a differentiated function is not differentiated: its"
                        " pattern is found while running", "call ac.jacobian(f)(x) or ac.hessian(f)(x), or for products with it"
                        " ac.jvp, ac.vjp or ac.hvp, which need no matrix")  # fmt: skip
    if not made.value.__adjoint_transform__:
        raise cx.refuse("AC001", node, scope, f"`{made.text}` inside a differentiated function is not differentiated yet",
                        "state the rule outside, where the function is defined")  # fmt: skip
    first, *others = node.args or [None]
    try:
        options = [ast.literal_eval(gast.gast_to_ast(a)) for a in others]
        keywords = {k.arg: ast.literal_eval(gast.gast_to_ast(k.value)) for k in node.keywords}
    except ValueError:
        first = None
    function, around = function_of(cx, scope, node, first)
    try:
        if around.captured:
            options, keywords = _by_own_parameters(function, around, options, keywords)
        derivative = made.value(function, *options, **keywords)
        text = f"{made.text}({getattr(function, '__name__', 'f')})"
        return Value(Nested(derivative, around) if around.captured or around.defaults else derivative, text)
    except (TypeError, ValueError) as fault:
        raise cx.refuse("AC001", node, scope, f"this derivative cannot be made: {fault}", "fix the call") from None


__all__ = [
    "Around", "bound_call", "by_identity", "function_of", "inlined", "lower_derivative_call", "made_here", "types_of_call", "usable_rule",
]  # fmt: skip
