"""Elements by their number in C order, however the array lies: ``a.flat[i]``.

y = a.flat[i]           ->      y = a.flatten()[i]
a.flat[i] = v           ->      a[...] = with_flat(a, i, v)
"""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.frontend import expressions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Scope, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack, Store
from adjoint_compiler.ir.types import UNKNOWN

WITH_FLAT = "adjoint_compiler.runtime.moving.with_flat"
ALL = Pack("slice", (Const(None),) * 3)


def flat_array(cx: Context, scope: Scope, node: Any) -> Name | None:
    """The array whose ``flat`` an expression is; None for other expressions."""
    if not isinstance(node, gast.Attribute) or node.attr != "flat" or not isinstance(node.value, gast.Name):
        return None
    found = scope.lookup(node.value.id)
    if not isinstance(found, Variable):
        return None
    t = types_so_far(cx).get(found.name, UNKNOWN)
    return Name(found.name) if t.kind in ("array", "real") else None


def read_flat(cx: Context, scope: Scope, node: Any, stem: str) -> Operand | None:
    """The value of ``a.flat[i]``; None for other items."""
    array = flat_array(cx, scope, node.value)
    if array is None:
        return None
    index = expressions.lower_index(cx, scope, node.slice)
    return cx.bind("index", cx.bind("method.flatten", array), index, stem=stem)


def store_flat(cx: Context, scope: Scope, target: Any, value: Operand) -> bool:
    """Store into ``a.flat[i]``, or into all of ``a.flat``; False for other targets."""
    whole = isinstance(target, gast.Attribute)
    array = flat_array(cx, scope, target if whole else target.value)
    if array is None:
        return False
    index = ALL if whole else expressions.lower_index(cx, scope, target.slice)
    store(cx, array, index, value)
    return True


def update_flat(cx: Context, scope: Scope, s: Any, op: str) -> bool:
    """``a.flat[i] op= v``; False for other updates."""
    array = flat_array(cx, scope, s.target.value)
    if array is None:
        return False
    index = expressions.lower_index(cx, scope, s.target.slice)
    old = cx.bind("index", cx.bind("method.flatten", array), index)
    store(cx, array, index, cx.bind(op, old, expressions.lower(cx, scope, s.value)))
    return True


def store(cx: Context, array: Name, index: Operand, value: Operand) -> None:
    """Store into all of an array what it holds then."""
    held = cx.bind("index", array, Const(Ellipsis))
    cx.emit(Store(array.id, Const(Ellipsis), cx.bind(WITH_FLAT, held, index, value), cx.span))


__all__ = ["read_flat", "store_flat", "update_flat"]
