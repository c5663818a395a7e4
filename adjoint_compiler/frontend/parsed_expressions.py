"""What expressions of a parsed module mention: dotted names and their meanings, defaults, `yield`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gast

from adjoint_compiler.frontend.jumps import assigned_names
from adjoint_compiler.frontend.scope import MISSING, Refusal, Value, member


def dotted_meaning(node: Any, look_up: Callable[[str], Any]) -> Any:
    """The meaning of a dotted name; None for other expressions."""
    if isinstance(node, gast.Name):
        return look_up(node.id)
    base = dotted_meaning(node.value, look_up) if isinstance(node, gast.Attribute) else None
    return member(base, node.attr) if isinstance(base, Value) else base if isinstance(base, Refusal) else None


def lines_naming(name: str, module: Any, of: Callable[[Any], bool]) -> Iterator[int]:
    """The lines of a module whose statement is a call, of some function, that a name is given to.

    >>> list(lines_naming("f", gast.parse("g(1)\\nh = g(f)"), lambda function: function.id == "g"))
    [2]
    """
    for statement in module.body:
        call = getattr(statement, "value", None)
        if isinstance(call, gast.Call) and of(call.func):
            if any(isinstance(a, gast.Name) and a.id == name for a in call.args):
                yield statement.lineno


def names_used(node: Any, look_up: Callable[[str], Any]) -> Iterator[Any]:
    """The dotted names that an expression or class reads of its module, as nodes.

    ``np.linalg.LinAlgError`` is one of them; of ``K.shape``, for a constant ``K``, it is ``K``.
    """
    own: set[str] = set()
    for inner in gast.walk(node):
        if isinstance(inner, (gast.FunctionDef, gast.ClassDef)):
            own |= assigned_names(inner.body)
        if isinstance(inner, gast.FunctionDef):
            args = inner.args
            own |= {a.id for a in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg) if a}

    def visit(inner: Any) -> Iterator[Any]:
        if isinstance(inner, (gast.Name, gast.Attribute)):
            root = inner
            while isinstance(root, gast.Attribute):
                root = root.value
            known = isinstance(root, gast.Name) and isinstance(root.ctx, gast.Load) and root.id not in own
            if known and dotted_meaning(inner, look_up) not in (None, MISSING):
                yield inner
                return
        for child in gast.iter_child_nodes(inner):
            yield from visit(child)

    yield from visit(node)


def defaults_of(args: Any) -> dict[str, Any]:
    """The expressions of a function's defaults, by parameter."""
    positional = [*args.posonlyargs, *args.args]
    pairs = list(zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None]
    return {a.id: d for a, d in pairs}


def delays(tree: Any) -> str:
    """What a function is whose call computes nothing yet; empty for others.

    >>> delays(gast.parse("def f(x):\\n    yield x").body[0])
    'a generator'
    """
    work = list(tree.body) if isinstance(tree, gast.FunctionDef) else []
    while work:
        node = work.pop()
        if isinstance(node, (gast.Yield, gast.YieldFrom)):
            return "a generator"
        if not isinstance(node, (gast.FunctionDef, gast.Lambda, gast.ClassDef, gast.AsyncFunctionDef)):
            work += gast.iter_child_nodes(node)
    return "an async function" if isinstance(tree, gast.AsyncFunctionDef) else ""


def canonical(module: str) -> str:
    """How generated code calls a library module, whatever the user's file calls it.

    >>> canonical("numpy.linalg"), canonical("scipy.special")
    ('np.linalg', 'scipy.special')
    """
    first, dot, rest = module.partition(".")
    return f"np{dot}{rest}" if first == "numpy" else module


def refusal(name: str, why: str, help: str = "") -> Refusal:
    """The refusal of a module-level name that cannot be known without running its module."""
    return Refusal("AC018", f"`{name}` {why}", help or f"pass `{name}` as an argument")
