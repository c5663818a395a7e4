"""Calls of ``ac.taylor`` inside a function that is differentiated: the Python that is read in their place.

    c = ac.taylor(f, x, v, 2)     ->      def order_0(t, x, v): return f(x + v * t)
                                          def order_1(t, x, v): return ac.jvp(order_0, (t, x, v), (1.0, None, None))[1]
                                          def order_2(t, x, v): return ac.jvp(order_1, (t, x, v), (1.0, None, None))[1]
                                          c = np.stack([f(x), order_1(0.0, x, v), order_2(0.0, x, v) / 2])

Nested tangents cost more than the recurrences of Taylor mode, and need none: every operation has a tangent.
"""

from __future__ import annotations

import math
from typing import Any

import gast
import numpy as np

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import derivatives, expressions, tangent_calls
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.made_texts import functions_of
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Name, Operand
from adjoint_compiler.ir.types import INT, UNKNOWN, Type, is_array, is_discrete, is_number
from adjoint_compiler.runtime.custom import tangent_like

HIGHEST = 6  # nested tangents of that order cost some hundred times what the function does
PARAMETERS = ("f", "x", "directions", "order")


def lower_taylor_call(cx: Context, scope: Scope, node: Any, taylor: Any) -> Operand:
    """Lower a call of ``ac.taylor`` by inlining nested tangents."""
    given = dict(zip(PARAMETERS, node.args)) | {k.arg: k.value for k in node.keywords}
    if set(given) != set(PARAMETERS):
        raise cx.refuse(
            "AC001", node, scope, "this call of `taylor` is not differentiated", "ac.taylor(f, x, directions, order)"
        )
    order = getattr(given["order"], "value", None)
    if type(order) is not int or not 0 <= order <= HIGHEST:
        raise cx.refuse("AC001", node, scope, f"`order` must be written out here, as a number from 0 to {HIGHEST}",
                        "ac.taylor(f, x, v, 3)")  # fmt: skip
    function, around = derivatives.function_of(cx, scope, node, given["f"])
    forward = taylor.__adjoint_forward__(function)
    target = forward.target
    bound = derivatives.bound_call(cx, scope, node, target, [given["x"], *node.args[4:]], [], around)
    types = derivatives.types_of_call(cx, scope, node, bound)[1]
    x, *rest = target.names[len(target.owner) :]
    direction = expressions.lower(cx, scope, given["directions"])
    direction = direction if isinstance(direction, (Name, Const)) else cx.bind("copy", direction)
    several = _is_several(types.get(x, UNKNOWN), operand_type(direction, types_so_far(cx)))
    if types.get(x) == INT:
        bound[x] = cx.bind("builtins.float", bound[x])
    y = tangent_calls.value_of(cx, scope, node, forward, {n: bound[n] for n in (x, *rest)})
    result = operand_type(y, types_so_far(cx))
    if several is None or not (is_number(result) or is_array(result)):
        raise cx.refuse("AC001", node, scope, "this call of `taylor` is not differentiated: `x`, its directions and the result must"
                        " be real numbers or arrays", "return one array, or nest ac.jvp instead")  # fmt: skip
    stem = f"{target.name}_taylor" if target.name.isidentifier() else "taylor"
    names = {"np": np, "function": function, "jvp": taylor.__adjoint_jvp__, "tangent_like": tangent_like}
    made = functions_of(_text(stem, len(rest) + 1, order, several), f"taylor {stem}", names)
    args = [Given(o, node) for o in (y, direction, bound[x], *(bound[n] for n in rest))]
    call = gast.Call(Given(Value(made[stem], stem), node.func), args, [])
    return expressions.lower(cx, scope, gast.copy_location(call, node))


def _is_several(x: Type, directions: Type) -> bool | None:
    """Whether directions are the coefficients of a curve, with an axis before those of ``x``; None where that is not known.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> _is_several(FLOAT, FLOAT), _is_several(FLOAT, Type("list", items=(FLOAT, FLOAT))), _is_several(FLOAT, UNKNOWN)
    (False, True, None)
    """
    if not (is_number(x) or is_array(x)) or (is_discrete(x) and x != INT):
        return None
    if directions.kind in ("list", "tuple"):
        same = all(_is_several(x, i) is False for i in directions.items)
        return True if same and directions.items else None
    if not (is_number(directions) or is_array(directions)):
        return None
    ranks = [0 if is_number(t) else t.ndim for t in (x, directions)]
    if ranks[0] is None or ranks[1] is None or ranks[1] - ranks[0] not in (0, 1):
        return None
    return ranks[1] > ranks[0]


def _text(name: str, count: int, order: int, several: bool) -> str:
    """The function that computes the coefficients, and those of each derivative along the curve.

    Args:
        name: its name.
        count: how many arguments the function has.
        order: the highest order.
        several: whether the directions are the coefficients of a curve.

    >>> print(_text("f_taylor", 2, 1, False), end="")
    def order_0(t, d, x0, x1):
        return jvp(function, (x0 + tangent_like(d, x0) * t, x1,), (None, None,))[0]
    <BLANKLINE>
    <BLANKLINE>
    def order_1(t, d, x0, x1):
        return jvp(order_0, (t, d, x0, x1), (1.0, None, None, None))[1]
    <BLANKLINE>
    <BLANKLINE>
    def f_taylor(y, d, x0, x1):
        return np.stack((y, order_1(0.0, d, x0, x1),))
    """
    xs = ", ".join(("d", *(f"x{k}" for k in range(count))))
    rest = "".join(f" x{k}," for k in range(1, count))
    curve, place = "", "x0 + tangent_like(d, x0) * t"
    if several:  # Horner's scheme
        curve = (
            "    p = 0.0 * x0\n    for k in range(len(d) - 1, -1, -1):\n        p = (p + tangent_like(d[k], x0)) * t\n"
        )
        place = "x0 + p"
    first = f"    return jvp(function, ({place},{rest}), ({', '.join(['None'] * count)},))[0]\n"
    texts = [f"def order_0(t, {xs}):\n{curve}{first}"]
    nothing = ", ".join(["None"] * (count + 1))
    for k in range(1, order + 1):
        texts.append(f"def order_{k}(t, {xs}):\n    return jvp(order_{k - 1}, (t, {xs}), (1.0, {nothing}))[1]\n")
    scaled = (f" / {math.factorial(k)}" if k > 1 else "" for k in range(1, order + 1))
    entries = "".join(f" order_{k}(0.0, {xs}){s}," for k, s in enumerate(scaled, 1))
    texts.append(f"def {name}(y, {xs}):\n    return np.stack((y,{entries}))\n")
    return "\n\n".join(texts)


__all__ = ["lower_taylor_call"]
