"""Members of enumerations that are named by a value or a name, and loops over all of them: known while compiling.

Kind("linear"), Kind["LINEAR"]      ->      Kind.LINEAR
for kind in Kind: ...               ->      its body once for each member
"""

from __future__ import annotations

import enum
from typing import Any

import gast

from adjoint_compiler.frontend import expressions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Scope, Value, member


def _class(cx: Context, scope: Scope, node: Any) -> Value | None:
    found = expressions.meaning(cx, scope, node) if isinstance(node, (gast.Name, gast.Attribute)) else None
    is_one = type(found) is Value and isinstance(found.value, type) and issubclass(found.value, enum.Enum)
    return found if is_one else None


def named(cx: Context, scope: Scope, node: Any) -> Any:
    """The member that ``Kind(value)`` or ``Kind[name]`` is; None for other expressions."""
    if isinstance(node, gast.Call):
        key = node.args[0] if len(node.args) == 1 and not node.keywords else None
        cls = _class(cx, scope, node.func) if isinstance(key, gast.Constant) else None
        chosen = None if cls is None else next((m for m in cls.value if m.value == key.value), None)  # type: ignore[union-attr]
    else:
        key = node.slice
        cls = _class(cx, scope, node.value) if isinstance(key, gast.Constant) else None
        chosen = None if cls is None else cls.value.__members__.get(key.value)
    return None if cls is None or chosen is None else member(cls, chosen.name)


def members(cx: Context, scope: Scope, node: Any) -> list[Any] | None:
    """What the members of an enumeration mean, in order; None for what is no enumeration."""
    cls = _class(cx, scope, node)
    return None if cls is None else [member(cls, m.name) for m in cls.value]


__all__ = ["members", "named"]
