"""``getattr`` and ``setattr`` with names that are written out, as the attributes and stores that they are."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.frontend import expressions, objects
from adjoint_compiler.frontend.classes import member_of
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.ir.nodes import Const


def written_attribute(scope: Scope, node: Any) -> Any:
    """``getattr(p, "x")`` as ``p.x``; other expressions as they are."""
    called = isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "getattr"
    if not called or node.keywords or len(node.args) != 2 or isinstance(node.args[0], gast.Starred):
        return node
    found, name = scope.lookup("getattr"), getattr(node.args[1], "value", None)
    if (
        not isinstance(found, Value)
        or found.value is not getattr
        or not isinstance(name, str)
        or not name.isidentifier()
    ):
        return node
    return gast.copy_location(gast.Attribute(node.args[0], name, gast.Load()), node)


def named_attribute(cx: Context, scope: Scope, node: Any, found: Any) -> Any:
    """``getattr(p, "x")`` as ``p.x``; ``setattr(p, "x", v)`` as the store that it is; None for other calls."""
    function = found.value if isinstance(found, Value) else None
    if function is hasattr and len(node.args) == 2 and objects.may_have_objects(cx):
        me = objects.building_named(scope, node.args[0])
        asked = objects.class_of(cx, scope, node, me or expressions.lower(cx, scope, node.args[0]))
        _check_not_late(cx, scope, node, asked, getattr(node.args[1], "value", None))
    if function not in (getattr, setattr) or node.keywords or len(node.args) not in (2, 3):
        return None
    name = getattr(node.args[1], "value", None)
    if not isinstance(name, str) or not name.isidentifier():
        raise cx.refuse("AC001", node, scope, "which attribute this is is not known while compiling",
                        "write its name, or use a dict")  # fmt: skip
    if function is setattr and len(node.args) == 3:
        value = expressions.lower(cx, scope, node.args[2])
        objects.store_attribute(
            cx, scope, gast.copy_location(gast.Attribute(node.args[0], name, gast.Store()), node), value
        )
        return Const(None)
    if len(node.args) == 3:
        me = objects.building_named(scope, node.args[0])
        held = Given(me or expressions.lower(cx, scope, node.args[0]), node.args[0])
        cls = objects.class_of(cx, scope, node, held.operand)
        default = expressions.lower(cx, scope, node.args[2])
        keys = me.attributes if me is not None else objects.type_known(cx, held.operand).keys
        if cls is None:
            raise cx.refuse("AC001", node, scope, "`getattr` with a default, of what is no object, is not differentiated",
                            "test with `if`")  # fmt: skip
        _check_not_late(cx, scope, node, cls, name)
        if name not in keys and member_of(cls, name) is None:
            return default
        return gast.copy_location(gast.Attribute(node.args[0] if me is not None else held, name, gast.Load()), node)
    return gast.copy_location(gast.Attribute(node.args[0], name, gast.Load()), node)


def _check_not_late(cx: Context, scope: Scope, node: Any, cls: type | None, name: Any) -> None:
    """Refuse to tell whether an object has an attribute yet that it need not have had from the beginning."""
    if (cls, name) in cx.late_names and member_of(cls, name) is None:  # type: ignore[arg-type]
        raise cx.refuse("AC001", node, scope, f"whether `{name}` is set yet is not known while compiling",
                        f"set `self.{name} = None` in `__init__`, and test that")  # fmt: skip


__all__ = ["named_attribute", "written_attribute"]
