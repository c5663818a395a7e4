"""What is indexed to make arrays, and functions that are given functions: ``np.mgrid[0:3, 0:4]``, ``np.vectorize(f)(x)``.

np.mgrid[0:3, 0:4]     ->     np.stack(np.meshgrid(np.arange(0, 3), np.arange(0, 4), indexing="ij"))
np.r_[x, 0.0]          ->     np.concatenate((np.atleast_1d(x), np.atleast_1d(0.0)))
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend import expressions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.ir.nodes import Const, Operand, Pack, Store
from adjoint_compiler.library.numpy_functions import VECTORIZED

MAKERS = {
    id(np.mgrid): "mgrid",
    id(np.ogrid): "ogrid",
    id(np.r_): "r_",
    id(np.c_): "c_",
    id(np.s_): "s_",
    id(np.index_exp): "s_",
}


def lower_maker(cx: Context, scope: Scope, node: Any, stem: str) -> Operand | None:
    """A subscript of ``np.mgrid`` and the like; None for all others."""
    found = expressions.compile_time(cx, scope, node.value)
    maker = MAKERS.get(id(found.value)) if isinstance(found, Value) else None
    if maker is None:
        return None
    if maker == "s_":
        return expressions.lower_index(cx, scope, node.slice)
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    if any(isinstance(p, (gast.Starred, gast.Constant)) and isinstance(getattr(p, "value", 0), str) for p in parts):
        raise cx.refuse("AC009", node, scope, f"`np.{maker}` with a text is not differentiated", "np.concatenate(...)")
    if maker in ("mgrid", "ogrid"):
        axes = [_steps(cx, scope, p) for p in parts]
        if not isinstance(node.slice, gast.Tuple):
            return axes[0]
        grid = cx.bind("numpy.meshgrid", *axes, indexing=Const("ij"), sparse=Const(maker == "ogrid"))
        return grid if maker == "ogrid" else cx.bind("numpy.stack", grid, stem=stem)
    pieces = [_steps(cx, scope, p) if isinstance(p, gast.Slice) else expressions.lower(cx, scope, p) for p in parts]
    if maker == "c_":
        return cx.bind("numpy.column_stack", Pack("tuple", tuple(pieces)), stem=stem)
    vectors = Pack("tuple", tuple(cx.bind("numpy.atleast_1d", p) for p in pieces))
    if len({isinstance(p, Const) for p in pieces}) == 1:
        return cx.bind("numpy.concatenate", vectors, stem=stem)
    dtype = cx.bind("numpy.result_type", *pieces)  # which numbers that are written out do not widen
    return cx.bind("numpy.concatenate", vectors, stem=stem, dtype=dtype)


def _steps(cx: Context, scope: Scope, part: Any) -> Operand:
    """The numbers of a slice: so many evenly spaced ones where the step is an imaginary number, else steps."""
    if not isinstance(part, gast.Slice) or part.upper is None:
        raise cx.refuse("AC009", part, scope, "this index of a grid is not differentiated", "np.mgrid[0:n, 0:m]")
    start = Const(0) if part.lower is None else expressions.lower(cx, scope, part.lower)
    stop = expressions.lower(cx, scope, part.upper)
    if part.step is None:
        return cx.bind("numpy.arange", start, stop=stop)
    step = expressions.lower(cx, scope, part.step)
    if isinstance(step, Const) and isinstance(step.value, complex):
        return cx.bind("numpy.linspace", start, stop, num=Const(int(abs(step.value))))
    return cx.bind("numpy.arange", start, stop=stop, step=step)


def vectorized(cx: Context, scope: Scope, node: Any, found: Any) -> tuple[Any, Any]:
    """A call of what ``np.vectorize`` made, as one of the definition with the function as its first argument."""
    function: Any = None
    if isinstance(found, Value) and isinstance(found.value, np.vectorize):
        made = found.value
        if made.signature is None and not made.excluded and made.otypes is None and not made.cache:
            function = Given(Value(made.pyfunc, getattr(made.pyfunc, "__name__", "f")), node)
    elif found is None and isinstance(node.func, gast.Call) and len(node.func.args) == 1 and not node.func.keywords:
        maker = expressions.compile_time(cx, scope, node.func.func)
        if isinstance(maker, Value) and maker.value is np.vectorize:
            function = node.func.args[0]
    if function is None and found is None:
        return _of_objects(cx, scope, node), found
    if function is None or node.keywords or len(node.args) not in VECTORIZED:
        return node, found
    definition = VECTORIZED[len(node.args)]
    return gast.copy_location(gast.Call(node.func, [function, *node.args], []), node), Value(
        definition, definition.__name__
    )


def _of_objects(cx: Context, scope: Scope, node: Any) -> Any:
    """``np.frompyfunc(f, 1, 1)(x).astype(float)``, whose objects nothing else sees, as what ``np.vectorize(f)(x)`` is; else the node."""
    func = node.func
    inner: Any = func.value if isinstance(func, gast.Attribute) and func.attr == "astype" else None
    made = inner.func if isinstance(inner, gast.Call) else None
    if not isinstance(made, gast.Call) or inner.keywords or made.keywords or len(made.args) != 3:
        return node
    maker = expressions.compile_time(cx, scope, made.func)
    counts = [getattr(a, "value", None) for a in made.args[1:]]
    if (
        not isinstance(maker, Value)
        or maker.value is not np.frompyfunc
        or counts != [len(inner.args), 1]
        or counts[0] not in VECTORIZED
    ):
        return node
    definition = VECTORIZED[len(inner.args)]
    called = Given(Value(definition, definition.__name__), node)
    whole = gast.copy_location(gast.Call(called, [made.args[0], *inner.args], []), node)
    return gast.copy_location(gast.Call(gast.Attribute(whole, "astype", gast.Load()), node.args, node.keywords), node)


def from_function(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """``np.fromfunction(f, shape)``: a call with the indices of all places."""
    from adjoint_compiler.frontend import calls

    keywords = {k.arg: k.value for k in node.keywords}
    shape = expressions.lower(cx, scope, node.args[1] if len(node.args) > 1 else keywords.pop("shape"))
    dtype = expressions.lower(cx, scope, keywords.pop("dtype")) if "dtype" in keywords else Const(float, "float")
    count = (
        len(shape.items)
        if isinstance(shape, Pack)
        else len(shape.value)
        if isinstance(shape, Const) and isinstance(shape.value, tuple)
        else 0
    )
    if not count or keywords:
        raise cx.refuse(
            "AC009", node, scope, "this form of np.fromfunction is not differentiated", "np.fromfunction(f, (n, m))"
        )
    grid = cx.bind("numpy.indices", shape, dtype=dtype)
    parts = [Given(cx.bind("index", grid, Const(k)), node) for k in range(count)]
    return calls.lower_call(cx, scope, gast.copy_location(gast.Call(node.args[0], parts, []), node), stem)


def piecewise(cx: Context, scope: Scope, node: Any) -> Operand:
    """``np.piecewise(x, conditions, functions)`` with lists that are written out, as stores of what the functions give."""
    from adjoint_compiler.frontend import calls

    conditions, functions = node.args[1:]
    if not all(isinstance(part, (gast.List, gast.Tuple)) for part in (conditions, functions)):
        raise cx.refuse(
            "AC009", node, scope, "np.piecewise needs lists that are written out", "[x < 0, x >= 0], [f, g]"
        )
    x = cx.bind("numpy.asarray", expressions.lower(cx, scope, node.args[0]))
    masks = [expressions.lower(cx, scope, c) for c in conditions.elts]
    if len(functions.elts) == len(masks) + 1:
        covered = masks[0]
        for mask in masks[1:]:
            covered = cx.bind("numpy.logical_or", covered, mask)
        masks.append(cx.bind("numpy.logical_not", covered))
    out = cx.bind("numpy.zeros_like", x, stem="pieces")
    for mask, function in zip(masks, functions.elts):
        found = expressions.compile_time(cx, scope, function)
        if found is None:
            value = expressions.lower(cx, scope, function)
        else:
            part = Given(cx.bind("index", x, mask), node)
            value = calls.lower_call(cx, scope, gast.copy_location(gast.Call(function, [part], []), node), "t")
        cx.emit(Store(out.id, mask, value, cx.span))
    return out


__all__ = ["from_function", "lower_maker", "piecewise", "vectorized"]
