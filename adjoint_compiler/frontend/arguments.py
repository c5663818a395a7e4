"""Arguments of calls: lowered, bound to parameters, with defaults for those not given."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.frontend import expressions, iterators, made_functions, starred
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import CODE, Free, LocalFunction, Refusal, Scope, Several, Value, Variable
from adjoint_compiler.ir.nodes import Const, Operand, Pack


def lower_arguments(cx: Context, scope: Scope, node: Any) -> tuple[list[Operand], dict[str, Operand]]:
    """Lower positional and keyword arguments, in evaluation order."""
    node = starred.without_stars(cx, scope, node)
    positional = [expressions.lower(cx, scope, a) for a in node.args]
    return positional, {k.arg: expressions.lower(cx, scope, k.value) for k in node.keywords}


def bind_arguments(cx: Context, scope: Scope, node: Any, function: LocalFunction) -> dict[str, Any]:
    """The arguments of a call (without stars) by parameter: lowered, or what is known while compiling."""
    args = function.tree.args
    only, plain, named = ([a.id for a in part] for part in (args.posonlyargs, args.args, args.kwonlyargs))
    positional, names = [*only, *plain], [*only, *plain, *named]

    def value(expression: Any) -> Any:
        if isinstance(expression, gast.Attribute) and isinstance(expression.value, (gast.Call, gast.Subscript)):
            # what a method is of is computed once, whether or not it is one
            base = Given(expressions.lower(cx, scope, expression.value), expression.value)
            expression = gast.copy_location(gast.Attribute(base, expression.attr, gast.Load()), expression)
        if made_functions.is_bound_method(scope, expression):
            return made_functions.bound_method(cx, scope, expression)
        if iterators.makes_iterator(scope, expression):
            if iterators.is_transposed(scope, expression):
                expression = iterators.transposed(cx, scope, expression)
            made = iterators.as_generator(cx, scope, expression)
            if made is not None:
                return made
        return expressions.compile_time(cx, scope, expression) or expressions.lower(cx, scope, expression)

    given = [value(a) for a in node.args]
    keywords = {k.arg: value(k.value) for k in node.keywords}
    bound: dict[str, Any] = dict(zip(positional, given))
    more, others = given[len(positional) :], {k: v for k, v in keywords.items() if k not in (*plain, *named)}
    problem = ""
    if twice := [k for k in keywords if k in bound and k not in others]:
        problem = f"`{twice[0]}` is given twice"
    elif (others and not args.kwarg) or (more and not args.vararg):
        problem = f"there is no parameter `{next(iter(others))}`" if others else f"they are more than {len(positional)}"
    bound.update({k: v for k, v in keywords.items() if k not in others})
    if missing := [p for p in names if p not in bound and p not in function.defaults]:
        problem = "missing " + ", ".join(f"`{p}`" for p in missing)
    if problem:
        message = f"`{function.name}` does not accept these arguments: {problem}"
        raise cx.refuse("AC001", node, scope, message, f"call it as `{function.name}({gast.unparse(args).strip()})`")
    out = {p: bound[p] if p in bound else _default(cx, scope, node, function.defaults[p]) for p in names}
    for star, items, keys in ((args.vararg, more, None), (args.kwarg, others.values(), tuple(others))):
        if star is not None:
            values = tuple(items)
            functions = any(isinstance(v, CODE) for v in values)
            if keys is None and node.args and getattr(node.args[-1], "is_rest", False):
                (out[star.id],) = values
                continue
            plain_pack = Pack("tuple", values) if keys is None else Pack("dict", values, keys)
            out[star.id] = Several(tuple(held(cx, v, star.id) for v in values), keys) if functions else plain_pack
    return out


def starred_parameter(cx: Context, name: str, items: tuple[Any, ...], keys: tuple[str, ...] | None) -> Any:
    """What a parameter with a star of the outermost function means."""
    if any(isinstance(i, CODE) for i in items):
        return Several(items, keys)
    variable = Variable(cx.names.fresh(name))
    cx.assign(variable.name, Pack("tuple", items) if keys is None else Pack("dict", items, keys))
    return variable


def _default(cx: Context, scope: Scope, node: Any, default: Any) -> Any:
    if isinstance(default, Refusal):
        raise cx.refuse(default.code, node, scope, default.message, default.help)
    return cx.free_name(default) if isinstance(default, Free) else default


def default_operand(cx: Context, param: str, value: Any) -> Any:
    """The default of a parameter as an operand (a function: as a compile-time value)."""
    if isinstance(value, (bool, int, float, complex, str, type(None))):
        return Const(value)
    if isinstance(value, LocalFunction):
        return value
    if callable(value):
        return Value(value, param)
    return cx.free_name(Free(param, value, lambda: value))


def lower_defaults(cx: Context, scope: Scope, args: Any) -> dict[str, Any]:
    """Defaults of a nested function, evaluated where it is defined."""
    out: dict[str, Any] = {}
    positional = [*args.posonlyargs, *args.args]
    pairs = list(zip(positional[len(positional) - len(args.defaults) :], args.defaults))
    pairs += [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None]
    for arg, default in pairs:
        found = expressions.compile_time(cx, scope, default)
        out[arg.id] = found or held(cx, expressions.lower(cx, scope, default), arg.id)
    return out


def held(cx: Context, operand: Any, stem: str) -> Any:
    """What an operand is now, for later use: the variable it names may be bound to something else until then."""
    return operand if isinstance(operand, (Const, *CODE)) else cx.bind("copy", operand, stem=stem)
