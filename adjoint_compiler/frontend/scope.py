"""What a name in the user's function means: a variable, a free value, a function, a module."""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MISSING = object()


@dataclass(frozen=True)
class Variable:
    """A variable of the program, by its name in the IR."""

    name: str


@dataclass(frozen=True)
class Value:
    """A value known while compiling: a module, a function, a class."""

    value: Any
    text: str = ""


@dataclass(frozen=True)
class Free:
    """A value read from globals or a closure at every call."""

    name: str
    value: Any
    reader: Callable[[], Any] | None = None
    cell: types.CellType | None = None


@dataclass(eq=False)
class LocalFunction:
    """A nested ``def`` or ``lambda``: its tree and the scope it was written in."""

    tree: Any
    scope: Scope
    name: str
    defaults: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Scope:
    """The names of one (possibly inlined) function.

    Attributes:
        locals: names the function binds, and the variable or compile-time value each stands for.
        bound: every name the function binds anywhere (so that reading it never reaches globals).
        lookup_free: finds globals, closure values and builtins.
        parent: the enclosing function's scope, for nested functions.
        source: the source the function was written in.
    """

    locals: dict[str, Any]
    bound: frozenset[str]
    lookup_free: Callable[[str], Any]
    parent: Scope | None
    source: Any
    function: Any = None

    def lookup(self, name: str) -> Any:
        """A ``Variable``, ``Value``, ``Free`` or ``LocalFunction``; ``MISSING`` when the name means nothing."""
        if name in self.locals:
            return self.locals[name]
        if name in self.bound:
            return MISSING
        if self.parent is not None:
            return self.parent.lookup(name)
        return self.lookup_free(name)


COMPILE_TIME = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, types.MethodType)


def live_lookup(function: Any, source: Any) -> Callable[[str], Any]:
    """How free names of a live function are found: closure, then globals, then builtins."""
    closure: dict[str, types.CellType] = source.closure
    global_names: dict[str, Any] = source.globals

    def lookup(name: str) -> Any:
        if name in closure:
            cell = closure[name]
            try:
                value = cell.cell_contents
            except ValueError:
                return MISSING
            return classify(name, value, Free(name, value, lambda: cell.cell_contents, cell))
        if name in global_names:
            value = global_names[name]
            return classify(name, value, Free(name, value, lambda: global_names[name]))
        if hasattr(builtins, name):
            return Value(getattr(builtins, name), name)
        return MISSING

    return lookup


def classify(name: str, value: Any, free: Free) -> Any:
    """Modules, functions and classes are compile-time values; numbers, arrays and containers are read at every call."""
    if isinstance(value, COMPILE_TIME) or (callable(value) and not hasattr(value, "__array__")):
        return Value(value, name)
    return free
