"""Calls of ``ac.jvp`` and ``ac.hvp`` inside a function that is differentiated, and values of functions that are run again.

y, y_dot = ac.jvp(f, (x, n), (v, None))      the statements of the forward mode of f, by x
"""

from __future__ import annotations

import inspect
from typing import Any

import gast

from adjoint_compiler.frontend import expressions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.derivatives import Around, bound_call, by_identity, function_of, inlined, types_of_call
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.types import INT, is_discrete
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.rules.draws import happens_each_time

LIKE = "adjoint_compiler.runtime.custom.tangent_like"


def lower_jvp_call(cx: Context, scope: Scope, node: Any, transform: Any) -> Operand:
    """Lower ``ac.jvp(f, primals, tangents)`` by inlining the forward mode of ``f``."""
    given = dict(zip(("f", "primals", "tangents", "kwargs", "backend", "optimize"), node.args))
    given.update({k.arg: k.value for k in node.keywords})
    primals, tangents = (_items(cx, scope, node, given.get(n)) for n in ("primals", "tangents"))
    function, around = function_of(cx, scope, node, given.get("f"))
    if len(primals) != len(tangents):
        raise cx.refuse("AC001", node, scope, f"there are {len(primals)} primals and {len(tangents)} tangents",
                        "give each primal a tangent; None where it is inert")  # fmt: skip
    keywords = given.get("kwargs")
    named = keywords_of(cx, scope, node, keywords) if keywords is not None else []
    try:
        forward = transform.__adjoint_forward__(function)
    except TypeError as fault:
        raise cx.refuse("AC001", node, scope, f"this has no forward mode: {fault}", "pass a function") from None
    return lower_forward(cx, scope, node, forward, primals, tangents, named, around)


def lower_forward(
    cx: Context, scope: Scope, node: Any, forward: Any, primals: list[Any], tangents: list[Any], named: list[Any],
    around: Around,
) -> Operand:  # fmt: skip
    """The pair of a value and its tangent."""
    target = forward.target
    own = len(target.owner)
    bound = bound_call(cx, scope, node, target, primals, named, around)
    functions, types = types_of_call(cx, scope, node, bound)
    dots: list[Operand] = []
    chosen: list[int] = []
    for k, t in enumerate(tangents, own):
        lowered = Const(None) if t is None else expressions.lower(cx, scope, t)
        if lowered == Const(None):
            continue
        name = target.names[k]
        if name in functions or is_discrete(types[name]) and types[name] != INT:
            raise cx.refuse("AC001", t, scope, f"`{name}` has no derivative", "give None as its tangent")
        chosen.append(k)
        dots.append(cx.bind(LIKE, lowered, bound[name]) if isinstance(lowered, Name) else lowered)
    ints = tuple(target.names[k] for k in chosen if types[target.names[k]] == INT)
    return inlined(
        cx, scope, node, bound, ints, tuple(dots), (forward, *chosen, *by_identity(functions), *types.items()),
        lambda: forward.compiled_for(types, functions, tuple(chosen), ints, cx.calls_gradients), target.names,
    )  # fmt: skip


def value_of(cx: Context, scope: Scope, node: Any, forward: Any, given: dict[str, Operand]) -> Operand:
    """The value of a function that is run again later, and leaves its arguments alone: that of forward mode without tangents."""
    by_name = [n for n in given if forward.target.signature.parameters[n].kind is inspect.Parameter.KEYWORD_ONLY]
    named = [gast.keyword(n, Given(given[n], node)) for n in by_name]
    primals = [Given(v, node) for n, v in given.items() if n not in by_name]
    before = len(cx.block)
    pair = lower_forward(cx, scope, node, forward, primals, [None] * len(primals), named, Around())
    if any(map(happens_each_time, walk(tuple(cx.block[before:])))):
        raise cx.refuse("AC001", node, scope, "the function draws random numbers or has other effects, which its derivative"
                        " would repeat", "draw before the call, and pass the numbers")  # fmt: skip
    return pair.items[0] if isinstance(pair, Pack) else cx.bind("index", pair, Const(0), stem="y")


def lower_hvp(cx: Context, scope: Scope, node: Any, product: Any, around: Around) -> Operand:
    """The product of a Hessian and a vector: the tangent of a gradient."""
    whole = product.gradient.of is None and not product.gradient.has_aux
    if len(node.args) < 2 or node.keywords or not product.gradient.single or not whole:
        raise cx.refuse("AC001", node, scope, "this call of an hvp is not differentiated", "write g(x, v, ...)")
    x, v, *rest = node.args
    primals = [x, *rest]
    tangents: list[Any] = [None] * len(primals)
    tangents[product.gradient.positions[0] - len(product.gradient.target.owner)] = v
    pair = lower_forward(cx, scope, node, product.forward, primals, tangents, [], around)
    return pair.items[1] if isinstance(pair, Pack) else cx.bind("index", pair, Const(1))


def _items(cx: Context, scope: Scope, node: Any, expression: Any) -> list[Any]:
    """The expressions of a tuple that is written out."""
    if not isinstance(expression, (gast.Tuple, gast.List)):
        raise cx.refuse("AC001", node, scope, "primals and tangents of `jvp` must be written out here",
                        "ac.jvp(f, (x, y), (x_dot, y_dot))")  # fmt: skip
    return [None if isinstance(e, gast.Constant) and e.value is None else e for e in expression.elts]


def keywords_of(cx: Context, scope: Scope, node: Any, expression: Any) -> list[Any]:
    """The keywords of a dict that is written out."""
    if isinstance(expression, gast.Constant) and expression.value is None:
        return []
    known = isinstance(expression, gast.Dict) and all(isinstance(k, gast.Constant) for k in expression.keys)
    if not known:
        raise cx.refuse("AC001", node, scope, "`kwargs` of `jvp` must be written out here", "kwargs={'n': n}")
    return [gast.keyword(k.value, v) for k, v in zip(expression.keys, expression.values)]


__all__ = ["keywords_of", "lower_forward", "lower_hvp", "lower_jvp_call", "value_of"]
