"""Calls of Jacobians and Hessians inside a function that is differentiated: the Python that is read in their place.

    J = ac.jacobian(f)         columns = []
    y = J(x, n)         ->     for k in range(np.size(x)):
                                   direction = np.zeros(np.size(x))
                                   direction[k] = 1.0
                                   _, column = ac.jvp(f, (x, n), (np.reshape(direction, np.shape(x)), None))
                                   columns.append(column)
                               y = np.reshape(np.stack(columns, axis=-1), np.shape(columns[0]) + np.shape(x))

What is differentiated, and what it is differentiated by, is one number or array.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from adjoint_compiler.frontend import custom, derivatives, inlining
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.made_texts import functions_of
from adjoint_compiler.frontend.scope import Scope
from adjoint_compiler.ir.nodes import Operand
from adjoint_compiler.ir.types import UNKNOWN, Type, is_array, is_discrete, is_number, may_be_complex
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.rules.draws import happens_each_time

OF_ARRAY = """def {name}({params}):
    columns_ = []
    for k_ in range(max(np_.size({x}), 1)):
        direction_ = np_.zeros(np_.size({x}))
        direction_[k_ : k_ + 1] = 1.0
        _, column_ = jvp_(function_, ({primals}), ({tangents}){named})
        columns_.append(column_)
    return np_.reshape(np_.stack(columns_, axis=-1)[..., : np_.size({x})], np_.shape(columns_[0]) + np_.shape({x}))
"""
OF_NUMBER = """def {name}({params}):
    _, column_ = jvp_(function_, ({primals}), ({tangents}){named})
    return column_
"""


def matrix_text(name: str, params: tuple[str, ...], place: int, t: Type, named: tuple[str, ...] = ()) -> str:
    """The text of a function that computes the Jacobian of ``function_`` by one of its arguments.

    Args:
        name: the name of the function.
        params: the names of its parameters that are passed by position.
        place: which of them is differentiated by.
        t: the type of that.
        named: the parameters that are passed by name.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> print(matrix_text("slope", ("x", "n"), 0, FLOAT), end="")
    def slope(x, n):
        _, column_ = jvp_(function_, (x, n, ), (1.0, None, ))
        return column_
    """
    x = params[place]
    direction = "1.0" if is_number(t) else f"np_.reshape(direction_, np_.shape({x}))"
    tangents = "".join(f"{direction if k == place else None}, " for k in range(len(params)))
    primals = "".join(f"{p}, " for p in params)
    form = OF_NUMBER if is_number(t) else OF_ARRAY
    keywords = f", kwargs={{{', '.join(f'{n!r}: {n}' for n in named)}}}" if named else ""
    everything = ", ".join((*params, *named))
    return form.format(name=name, params=everything, x=x, primals=primals, tangents=tangents, named=keywords)


def lower_matrix_call(
    cx: Context, scope: Scope, node: Any, jacobian: Any, around: derivatives.Around, jvp: Any
) -> Operand:
    """Lower a call of what ``ac.jacobian`` and its relatives return."""
    bound = derivatives.bound_call(cx, scope, node, jacobian.target, node.args, node.keywords, around)
    functions, types = derivatives.types_of_call(cx, scope, node, bound)
    fault = _fault(jacobian, functions, types)
    if fault:
        raise cx.refuse("AC001", node, scope, f"this Jacobian is not differentiated here: {fault}",
                        "call ac.grad(...), ac.value_and_grad(...), ac.jvp(...) or ac.hvp(...) of the function there")  # fmt: skip
    place = jacobian.positions[0]
    name = f"{jacobian.target.name}_matrix" if jacobian.target.name.isidentifier() else "matrix"
    parameters = jacobian.target.signature.parameters.values()
    named = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
    by_position = tuple(n for n in bound if n not in named)
    text = matrix_text(name, by_position, place, types[tuple(bound)[place]], named)
    names = functions_of(text, f"matrix {name}", {"np_": np, "jvp_": jvp, "function_": jacobian.function})
    before = len(cx.block)
    local = inlining.local_function(cx, scope, node, names[name])
    found = inlining.inline_bound(cx, scope, node, local, bound, names[name])
    if any(map(happens_each_time, walk(tuple(cx.block[before:])))):
        raise cx.refuse("AC001", node, scope, "the function draws random numbers or has other effects, which each column of"
                        " the matrix would repeat", "draw before the call, and pass the numbers")  # fmt: skip
    return found


def _fault(jacobian: Any, functions: dict[str, Any], types: dict[str, Type]) -> str:
    """Why there is no such text; empty where there is one."""
    signature = jacobian.target.signature.parameters
    if jacobian.of is not None or jacobian.has_aux or jacobian.stars or jacobian.target.owner:
        return "`of`, `has_aux`, methods and functions with stars are not taken"
    if (
        not jacobian.single
        or signature[jacobian.target.names[jacobian.positions[0]]].kind is inspect.Parameter.KEYWORD_ONLY
    ):
        return "it is not by one argument that is passed by position"
    t = types.get(jacobian.target.names[jacobian.positions[0]], UNKNOWN)
    if not (is_number(t) or is_array(t)) or (is_discrete(t) and t.kind != "int"):
        return "the argument is no real number, and no array of such"
    inner = jacobian.target.inner
    result = (t if not inner.value else UNKNOWN) if inner is not None else _result_type(jacobian, functions, types)
    if not (is_number(result) or is_array(result)):
        return "the result is not known to be a number or an array"
    if may_be_complex(t) or may_be_complex(result):
        return "it is one of complex numbers"
    return ""


def _result_type(jacobian: Any, functions: dict[str, Any], types: dict[str, Type]) -> Type:
    """The type of what the function returns, as far as its text tells."""
    given = {**types, **{n: Type("function", cls=f) for n, f in functions.items()}}
    return custom.inferred(jacobian.target.function, tuple(given[n] for n in jacobian.target.names))


__all__ = ["lower_matrix_call", "matrix_text"]
