"""Statements around a computation that change no value: assertions, exceptions, contexts, imports."""

from __future__ import annotations

import importlib
import sys
from functools import partial
from typing import Any

import gast

from adjoint_compiler.frontend import expressions, operators
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.recovery import TOLD
from adjoint_compiler.frontend.scope import Free, Scope, Value, Variable, classify
from adjoint_compiler.ir.nodes import Effect, Name, Operand

RETURN_IT = "return the value, and assign it where the function is called"


def lower_assert(cx: Context, scope: Scope, s: Any) -> None:
    cond = operators.lower_condition(cx, scope, s.test)
    args: tuple[Operand, ...] = (cond,)
    if s.msg is not None:
        args = (cond, expressions.lower(cx, scope, s.msg))
    cx.emit(Effect("assert", args, cx.span))


def lower_raise(cx: Context, scope: Scope, s: Any) -> None:
    if s.exc is None and (not cx.caught or cx.caught[-1] is None):
        raise cx.refuse("AC001", s, scope, "there is no exception to raise again here", "raise Exception(message)")
    if s.exc is None or _is_caught(cx, scope, s.exc):
        again = Name(str(cx.caught[-1])) if s.exc is None else expressions.lower(cx, scope, s.exc)
        cx.emit(Effect("raise", (again,), cx.span, ""))
        return
    if isinstance(s.exc, gast.Call):
        exception = expressions.exception_class(cx, scope, s.exc.func)
        args = tuple(expressions.lower(cx, scope, a) for a in s.exc.args)
        cx.emit(Effect("raise", args, cx.span, exception))
    else:
        cx.emit(Effect("raise", (), cx.span, expressions.exception_class(cx, scope, s.exc)))


def _is_caught(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression is the name of an exception that was caught, or of what may be one."""
    return isinstance(node, gast.Name) and isinstance(scope.lookup(node.id), Variable)


def lower_import(cx: Context, scope: Scope, s: Any) -> None:
    """An import inside a function: of modules without effects, and of those that are imported already."""
    for alias in s.names:
        name = alias.name if isinstance(s, gast.Import) else f"{s.module}"
        if not _may_import(scope, name) or (isinstance(s, gast.ImportFrom) and s.level):
            raise cx.refuse("AC001", s, scope, f"import of `{name}` inside the function", "move it to the module's top")
        module = importlib.import_module(name)
        if isinstance(s, gast.ImportFrom):
            if alias.name == "*" or not hasattr(module, alias.name):
                raise cx.refuse("AC012", s, scope, f"`{name}` has no `{alias.name}` that is imported here",
                                "name what is imported")  # fmt: skip
            value = getattr(module, alias.name)
            found = classify(alias.name, value, Free(alias.name, value, partial(getattr, module, alias.name)))
            text = f"{name}.{alias.name}"
            scope.locals[alias.asname or alias.name] = found if isinstance(found, Free) else Value(value, text)
        elif alias.asname:
            scope.locals[alias.asname] = Value(module, name)
        else:
            scope.locals[name.split(".")[0]] = Value(importlib.import_module(name.split(".")[0]), name.split(".")[0])


# Modules of Python that do nothing but define; importing them is no effect.
DEFINING = frozenset(
    "abc cmath collections contextlib copy dataclasses enum fractions functools itertools math numbers operator random"
    " statistics string textwrap time types typing warnings".split()
)


def _may_import(scope: Scope, name: str) -> bool:
    """Whether a module may be imported while compiling; of a file that is only parsed nothing else is."""
    root = name.split(".")[0]
    if root in ("numpy", "scipy") or root in DEFINING:
        return True
    return name in sys.modules and getattr(scope.source, "globals", None) is not None


def _nonlocal(cx: Context, scope: Scope, s: Any) -> None:
    """The names are variables of the function around, which is inlined, too."""
    for name in s.names:
        owner = scope.parent.lookup(name) if scope.parent is not None and not cx.recursing else None
        if not isinstance(owner, Variable):
            scope.locals.update(dict.fromkeys(s.names, TOLD))
            raise cx.refuse("AC011", s, scope, f"`nonlocal {name}` rebinds a name outside of the functions that are inlined",
                            RETURN_IT)  # fmt: skip
        scope.locals[name] = owner
    scope.rebound |= {*s.names}


def _global(cx: Context, scope: Scope, s: Any) -> None:
    """The names are those of the module; what the function binds of them outlasts its call, and is refused."""
    bound = [n for n in s.names if n in scope.bound]
    if bound:
        scope.locals.update(dict.fromkeys(s.names, TOLD))
        raise cx.refuse("AC011", s, scope, f"`global {bound[0]}` rebinds a name outside of the function",
                        RETURN_IT)  # fmt: skip
    scope.locals.update({n: scope.lookup_free(n) for n in s.names})


HANDLERS = {
    gast.Assert: lower_assert, gast.Raise: lower_raise, gast.Import: lower_import,
    gast.ImportFrom: lower_import, gast.Nonlocal: _nonlocal, gast.Global: _global,
}  # fmt: skip
