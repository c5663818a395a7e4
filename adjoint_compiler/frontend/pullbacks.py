"""Calls of ``ac.vjp`` inside a function that is differentiated: the Python that is read in their place.

    y, pullback = ac.vjp(f, x, n)     ->      y = f(x, n)
                                              x_kept = copied(x)

                                              def pullback(g):
                                                  (x_bar,) = by_arguments(x_kept, n, tangent_like(g, y))
                                                  return x_bar, None

``by_arguments`` is the gradient of ``<g, f(x, n)>``, so that a pullback is a nested function like the user's own: it may be kept in
a list, returned, or called in a loop. It runs the function again, on what the arguments were.
"""

from __future__ import annotations

import inspect
from typing import Any

import gast
import numpy as np

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import derivatives, tangent_calls
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.made_texts import functions_of
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.types import Type, holds_complex, is_number
from adjoint_compiler.rules.custom_jvp import form, pairing
from adjoint_compiler.runtime.custom import tangent_like
from adjoint_compiler.runtime.memory import copied

OPTIONS = ("of", "backend", "optimize")


def is_vjp(function: Any) -> bool:
    """Whether a function is ``ac.vjp``."""
    return hasattr(function, "__adjoint_pullback__")


def call_with_text(cx: Context, scope: Scope, node: Any, vjp: Any) -> Any:
    """The call of a function that returns a value and its pullback, in place of ``ac.vjp(f, *args)``."""
    named = {k.arg: k.value for k in node.keywords}
    if not node.args or any(n in named for n in OPTIONS):
        raise cx.refuse("AC001", node, scope, "this call of `vjp` is not differentiated: it takes a function, its arguments and"
                        " `kwargs` here", "ac.vjp(f, x, y); let f return what it stores into")  # fmt: skip
    function, around = derivatives.function_of(cx, scope, node, node.args[0])
    keywords = tangent_calls.keywords_of(cx, scope, node, named["kwargs"]) if "kwargs" in named else []
    forward = vjp.__adjoint_forward__(function)
    target = forward.target
    bound = derivatives.bound_call(cx, scope, node, target, node.args[1:], keywords, around)
    functions, types = derivatives.types_of_call(cx, scope, node, bound)
    given = {n: bound[n] for n in target.names[len(target.owner) :]}
    y = tangent_calls.value_of(cx, scope, node, forward, given)
    result = operand_type(y, types_so_far(cx))
    names = {"np": np, "function": function, "jvp": vjp.__adjoint_jvp__, "grad": vjp.__adjoint_grad__}
    names |= {"copied": copied, "tangent_like": tangent_like}
    stem = f"{target.name}_vjp" if target.name.isidentifier() else "f_vjp"
    by_name = tuple(n for n in given if target.signature.parameters[n].kind is inspect.Parameter.KEYWORD_ONLY)
    try:
        text = _text(stem, {n: types.get(n) for n in given}, by_name, len(node.args) - 1, result)
    except ValueError as fault:
        raise cx.refuse("AC001", node, scope, f"this pullback is not differentiated: {fault}",
                        "return numbers, arrays, or tuples of them") from None  # fmt: skip
    names = functions_of(text, f"pullback {stem}", names)
    args = [Given(o, node) for o in (y, *given.values())]
    return gast.copy_location(gast.Call(Given(Value(names[stem], stem), node.func), args, []), node)


def read_again(pullback: Any) -> Any:
    """A pullback that ``ac.vjp`` made outside of the program, as a function that calls the generated code of its adjoint."""
    adjoint, tape, order = pullback.linear_in
    bars = "".join("None, " if k is None else f"bars[{k}], " for k in order).rstrip()
    text = f"def pullback(g):\n    bars = adjoint(tape, tangent_like(g, zero))\n    return {bars or '()'}\n"
    names = {"adjoint": adjoint.function, "tape": tape, "zero": _zero(pullback.form), "tangent_like": tangent_like}
    return functions_of(text, "pullback", names)["pullback"]


def _zero(form: Any) -> Any:
    """A value of a form that a pullback keeps of its result; None for what has no derivative, or is an object."""
    if form is None or not isinstance(form[1], (tuple, list, dict)):
        return None
    if isinstance(form[1], list):
        return tuple(map(_zero, form[1]))
    if isinstance(form[1], dict):
        return {n: _zero(v) for n, v in form[1].items()} if form[0] is dict else None
    return np.zeros(form[1], form[2]) if form[0] is np.ndarray else 0.0


def _text(name: str, types: dict[str, Type | None], by_name: tuple[str, ...], count: int, result: Type) -> str:
    """The function that returns the value and the pullback.

    Args:
        name: its name.
        types: the types of the parameters of the function, None for those that are functions.
        by_name: the parameters that are passed by name.
        count: how many of them are the arguments of ``ac.vjp``.
        result: the type of the value.

    Raises:
        ValueError: it is not known how the value is paired with its adjoint.

    >>> from adjoint_compiler.ir.types import FLOAT, INT
    >>> print(_text("f_vjp", {"x": FLOAT, "n": INT}, (), 2, FLOAT), end="")
    def paired(x, n, g):
        y = jvp(function, (x, n,), (None, None,))[0]
        return g * y
    <BLANKLINE>
    <BLANKLINE>
    by_arguments = grad(paired, wrt=('x',))
    <BLANKLINE>
    <BLANKLINE>
    def f_vjp(y, x, n):
        def pullback(g):
            x_bar, = by_arguments(x, n, tangent_like(g, y))
            return x_bar, None,
    <BLANKLINE>
        return y, pullback
    """
    params = tuple(types)
    x = {n: f"{n}_{k}" if n in ("y", "g", "function", "pullback") else n for k, n in enumerate(params)}
    complex_ones = holds_complex(result) or any(t is not None and holds_complex(t) for t in types.values())
    product = "np.real(np.conj({}) * {})" if complex_ones else "{} * {}"
    terms = [product.format("g", "y")] if is_number(result) else pairing("g", "y", form(result), product)
    chosen = [n for n in params[:count] if (t := types[n]) is not None and form(t)]
    bars = "".join(f"{x[n]}_bar, " if n in chosen else "None, " for n in params[:count]).rstrip()
    plain = "".join(f"{x[n]}, " for n in params if n not in by_name).rstrip()
    kwargs = f", kwargs={{{', '.join(f'{n!r}: {x[n]}' for n in by_name)}}}" if by_name else ""
    nothing = "None, " * (len(params) - len(by_name))
    kept = [n for n in params if (t := types[n]) is not None and not is_number(t) and t.kind not in ("str", "none")]
    everything = ", ".join(x.values())
    wrt = tuple(x[n] for n in chosen)
    gradient = f"        {', '.join(f'{n}_bar' for n in wrt)}, = by_arguments({everything}, tangent_like(g, y))\n"
    return (
        f"def paired({everything}, g):\n    y = jvp(function, ({plain}), ({nothing.rstrip()}){kwargs})[0]\n"
        f"    return {' + '.join(terms) or '0.0'}\n\n\nby_arguments = grad(paired, wrt={wrt})\n\n\n"
        f"def {name}(y, {everything}):\n"
        + "".join(f"    {x[n]} = copied({x[n]})\n" for n in kept)
        + ("\n" if kept else "")
        + f"    def pullback(g):\n{gradient if chosen else ''}        return {bars}\n\n    return y, pullback\n"
    )


__all__ = ["call_with_text", "is_vjp", "read_again"]
