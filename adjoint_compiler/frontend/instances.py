"""``isinstance`` of classes of the user's, as far as it is known while compiling."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import expressions, objects, several_classes
from adjoint_compiler.frontend.assumptions import Assumption
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Name
from adjoint_compiler.ir.objects import is_written_in_python
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.library import definition_of


def is_instance(cx: Context, scope: Scope, node: Any) -> bool | None:
    """The truth of ``isinstance(value, cls)`` for classes of the user's; None where it is not known while compiling."""
    if not objects.may_have_objects(cx) or len(node.args) != 2 or node.keywords:
        return None
    found = expressions.compile_time(cx, scope, node.func)
    if not isinstance(found, Value) or found.value is not isinstance:
        return None
    parts = node.args[1].elts if isinstance(node.args[1], gast.Tuple) else [node.args[1]]
    meanings = [expressions.compile_time(cx, scope, p) for p in parts]
    classes = tuple(m.value for m in meanings if isinstance(m, Value) and isinstance(m.value, type))
    defined = tuple(definition_of(c) for c in classes)
    classes = tuple(d if isinstance(d, type) else c for c, d in zip(classes, defined))
    if len(classes) != len(parts) or not all(map(is_written_in_python, classes)):
        return None
    me = objects.building_named(scope, node.args[0]) or expressions.lower(cx, scope, node.args[0])
    if several_classes.alternatives(cx, me):
        return None
    cls = objects.class_of(cx, scope, node, me)
    t = objects.type_known(cx, me) if isinstance(me, Name) else UNKNOWN
    if t.maybe_none:
        return None
    if cls is not None:
        if isinstance(me, Name):
            cx.assumed.append(
                Assumption(me.id, t, node, scope, "the value that is asked for its class", False, True, True)
            )
        return issubclass(cls, classes)
    t = operand_type(me, types_so_far(cx))  # type: ignore[arg-type]
    if isinstance(me, Name) and t.kind != "unknown":
        cx.assumed.append(Assumption(me.id, t, node, scope, "the value that is asked for its class", of_class=True))
    return None if t.kind == "unknown" else False


__all__ = ["is_instance"]
