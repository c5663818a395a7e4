"""Sets that change: a name, or an attribute, that is bound to a set which something is put into or taken out of.

seen = set()            seen is a ``changing_set`` (see ``library.python_sets``), whose entries are recorded like those of a dict
seen.add(k)
seen |= {k}             what stands on the right is read as a list
"""

from __future__ import annotations

import builtins
import types
from typing import Any

import gast

from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Value
from adjoint_compiler.frontend.source import source_of
from adjoint_compiler.library.python_sets import changing_set

CHANGING = ("add", "discard", "remove", "update", "clear", "pop", "difference_update", "intersection_update")


def as_changing(scope: Scope, node: Any, targets: list[Any]) -> Any:
    """The expression that makes a set, as the call of ``changing_set`` where what it is assigned to changes; others as they are."""
    items = _items(scope, node)
    if items is None or len(targets) != 1:
        return node
    target = targets[0]
    named = isinstance(target, gast.Name) and _is_changed(scope, getattr(scope.source, "tree", None), target.id)
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


def as_items(scope: Scope, node: Any) -> Any:
    """What a set is updated by: the items of one that is written there, as a list; other expressions as they are."""
    items = _items(scope, node)
    return items[0] if items else node


def _is_changed(scope: Scope, tree: Any, name: str, around: tuple[Any, ...] = ()) -> bool:
    """Whether a function, one in it or one that it passes the set to, changes the set of that name."""
    return isinstance(tree, gast.AST) and any(
        (isinstance(n, gast.Attribute) and n.attr in CHANGING and getattr(n.value, "id", None) == name)
        or (isinstance(n, gast.AugAssign) and getattr(n.target, "id", None) == name)
        or (isinstance(n, gast.Call) and _is_passed_on(scope, n, name, around))
        for n in gast.walk(tree)
    )


def _is_passed_on(scope: Scope, call: Any, name: str, around: tuple[Any, ...]) -> bool:
    """Whether a call passes the set to a function that changes it."""
    places: list[Any] = [k for k, a in enumerate(call.args) if getattr(a, "id", None) == name]
    places += [k.arg for k in call.keywords if k.arg and getattr(k.value, "id", None) == name]
    if not places or not isinstance(call.func, gast.Name):
        return False
    found = scope.lookup(call.func.id)
    tree = found.tree if isinstance(found, LocalFunction) else _tree_of(found) or _nested(scope, call.func.id)
    if tree is None or any(tree is t for t in around):
        return False
    params = [a.id for a in (*tree.args.posonlyargs, *tree.args.args)]
    given = [params[p] if isinstance(p, int) and p < len(params) else p for p in places]
    inner = found.scope if isinstance(found, LocalFunction) else scope
    return any(isinstance(p, str) and _is_changed(inner, tree, p, (*around, tree)) for p in given)


def _nested(scope: Scope, name: str) -> Any:
    """The function of that name that is defined further down."""
    tree = getattr(scope.source, "tree", None)
    inside = gast.walk(tree) if isinstance(tree, gast.AST) else ()
    return next((n for n in inside if isinstance(n, gast.FunctionDef) and n.name == name and n is not tree), None)


def _tree_of(found: Any) -> Any:
    """The tree of a function that is read from outside; None where it has none."""
    value = getattr(found, "value", None)
    if not isinstance(value, types.FunctionType):
        return None
    try:
        return source_of(value).tree
    except DifferentiationError:
        return None


__all__ = ["as_changing", "as_items"]
