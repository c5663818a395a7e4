"""Sets that change: a name, or an attribute, that is bound to a set which something is put into or taken out of.

seen = set()            seen is a ``changing_set`` (see ``library.python_sets``), whose entries are recorded like those of a dict
seen.add(k)
"""

from __future__ import annotations

import builtins
from typing import Any

import gast

from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.frontend.starred import Given
from adjoint_compiler.library.python_sets import changing_set

CHANGING = ("add", "discard", "remove", "update", "clear", "pop")


def as_changing(scope: Scope, node: Any, targets: list[Any]) -> Any:
    """The expression that makes a set, as the call of ``changing_set`` where what it is assigned to changes; others as they are."""
    items = _items(scope, node)
    if items is None or len(targets) != 1:
        return node
    target = targets[0]
    named = isinstance(target, gast.Name) and _is_changed(getattr(scope.source, "tree", None), target.id)
    if not named and not (isinstance(target, (gast.Name, gast.Attribute)) and items == []):
        return node
    made = gast.Call(Given(Value(changing_set, "set"), node), items, [])
    return gast.copy_location(made, node)


def _items(scope: Scope, node: Any) -> list[Any] | None:
    """What a set is made of, as the arguments of a call; None for what makes no set."""
    if isinstance(node, gast.Set):
        return [gast.copy_location(gast.List(node.elts, gast.Load()), node)]
    if isinstance(node, gast.SetComp):
        return [gast.copy_location(gast.ListComp(node.elt, node.generators), node)]
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and not node.keywords and len(node.args) < 2:
        found = scope.lookup(node.func.id)
        return list(node.args) if isinstance(found, Value) and found.value is builtins.set else None
    return None


def _is_changed(tree: Any, name: str) -> bool:
    """Whether a function, or one in it, calls a method that changes the set of that name."""
    return isinstance(tree, gast.AST) and any(
        isinstance(n, gast.Attribute) and n.attr in CHANGING and getattr(n.value, "id", None) == name
        for n in gast.walk(tree)
    )


__all__ = ["as_changing"]
