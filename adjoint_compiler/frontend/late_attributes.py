"""Attributes that an object gets only after it is made: by a method, or by a store from outside.

class Timer:
    def __enter__(self):
        self.start = time.time()       a `Timer()` is made with `start=None`; of `__enter__` it gets its value

What the class has under the name is what is read before: it is what the object is made with, else None. Python raises where
nothing is there to be read; so do operations on None. To ask whether there is such an attribute is refused.
"""

from __future__ import annotations

import types
from typing import Any

import gast

from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import LocalFunction, Scope
from adjoint_compiler.frontend.source import source_of

MAKING = ("__init__", "__post_init__", "__new__")


def late_attributes(cls: type) -> list[str]:
    """The attributes of ``self`` that methods of a class set, other than those that make an object.

    Args:
        cls: the class.

    >>> from adjoint_compiler.library.python_collections import deque
    >>> late_attributes(deque)
    []
    """
    out: dict[str, None] = {}
    for owner in reversed(cls.__mro__):
        for name, member in list(vars(owner).items()):
            if name not in MAKING:
                for function in (member.fget, member.fset) if isinstance(member, property) else (member,):
                    out |= dict.fromkeys(_stored_by(function))
    return list(out)


def _stored_by(function: Any) -> list[str]:
    """The attributes of its first parameter that a method sets."""
    if isinstance(function, LocalFunction):
        tree = function.tree
    elif isinstance(function, types.FunctionType):
        try:
            tree = source_of(function, generators=True).tree
        except DifferentiationError:
            return []
    else:
        return []
    params = [*tree.args.posonlyargs, *tree.args.args]
    return _stored(tree, params[0].id) if params else []


def _stored(tree: Any, name: str) -> list[str]:
    return [
        n.attr for n in gast.walk(tree)
        if isinstance(n, gast.Attribute) and isinstance(n.ctx, gast.Store) and getattr(n.value, "id", None) == name
    ]  # fmt: skip


def set_from_outside(cx: Context, scope: Scope, node: Any) -> list[str]:
    """The attributes that a function sets of the names that the statement gives what a call makes: ``p = Point(); p.x = 1.0``."""
    s, source = cx.statement, scope.source
    if not isinstance(s, gast.Assign) or not isinstance(getattr(source, "tree", None), gast.AST):
        return []
    pairs = [(t, s.value) for t in s.targets]
    if isinstance(s.value, gast.Tuple):
        pairs += [p for t in s.targets if isinstance(t, gast.Tuple) for p in zip(t.elts, s.value.elts)]
    return [n for t, v in pairs if v is node and isinstance(t, gast.Name) for n in _stored(source.tree, t.id)]


__all__ = ["late_attributes", "set_from_outside"]
