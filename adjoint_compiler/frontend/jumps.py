"""Which jumps (break, continue, return) can leave a statement, and whether one always does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import gast


def may_jump(statement: Any) -> frozenset[str]:
    """The jumps that can leave a statement.

    >>> [sorted(may_jump(s)) for s in gast.parse("for i in x:\\n  if i: break\\n  if j: return").body]
    [['return']]
    """
    if isinstance(statement, gast.Break):
        return frozenset({"break"})
    if isinstance(statement, gast.Continue):
        return frozenset({"continue"})
    if isinstance(statement, gast.Return):
        return frozenset({"return"})
    if isinstance(statement, gast.If):
        return any_jump(statement.body) | any_jump(statement.orelse)
    if isinstance(statement, (gast.For, gast.While)):
        return (any_jump(statement.body) & {"return"}) | any_jump(statement.orelse)
    if isinstance(statement, gast.With):
        return any_jump(statement.body)
    if isinstance(statement, gast.Try):
        handlers = [x for h in statement.handlers for x in h.body]
        return any_jump([*statement.body, *handlers, *statement.orelse, *statement.finalbody])
    return frozenset()


def statements_in(block: list[Any]) -> Iterator[Any]:
    """The statements of a block, and those nested in them, without the bodies of functions and classes."""
    for s in block:
        yield s
        if type(s) not in NAMED:
            handlers = [x for part in ("handlers", "cases") for h in getattr(s, part, ()) for x in h.body]
            for inner in (getattr(s, "body", ()), getattr(s, "orelse", ()), getattr(s, "finalbody", ()), handlers):
                if inner:
                    yield from statements_in(inner)


def any_jump(block: list[Any]) -> frozenset[str]:
    """The jumps that can leave a block."""
    return frozenset().union(*(may_jump(s) for s in block)) if block else frozenset()


def always_jumps(block: list[Any]) -> bool:
    """Whether control never reaches the end of the block."""
    for s in block:
        if isinstance(s, (gast.Break, gast.Continue, gast.Return, gast.Raise)):
            return True
        if isinstance(s, gast.If) and s.orelse and always_jumps(s.body) and always_jumps(s.orelse):
            return True
        if isinstance(s, gast.With) and always_jumps(s.body):
            return True
        if (
            isinstance(s, gast.Try)
            and always_jumps([*s.body, *s.orelse])
            and all(always_jumps(h.body) for h in s.handlers)
        ):
            return True
    return False


NAMED = frozenset((gast.FunctionDef, gast.ClassDef, gast.AsyncFunctionDef))
SCOPES = frozenset((gast.Lambda, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp))
LEAVES = (gast.Constant, gast.expr_context, gast.operator, gast.cmpop, gast.unaryop, gast.boolop)


def assigned_names(body: list[Any]) -> frozenset[str]:
    """Names that a function body binds (not those of nested functions and comprehensions)."""
    return frozenset(assignments(body))


def assignments(body: list[Any]) -> Counter[str]:
    """How many places of a function body bind each name, those of ``nonlocal`` names in functions in it counted as one.

    >>> sorted(assignments(gast.parse("a = b = 1; a = 2").body).items())
    [('a', 2), ('b', 1)]
    """
    out: Counter[str] = Counter()

    def visit(node: Any) -> None:
        kind = type(node)
        if kind is gast.Name:
            if type(node.ctx) is not gast.Load:
                out[node.id] += 1
            return
        if kind in NAMED:
            out[node.name] += 1
            rebound.update(n for s in gast.walk(node) if isinstance(s, gast.Nonlocal) for n in s.names)
            return
        if kind in SCOPES:
            return
        if kind is gast.Import or kind is gast.ImportFrom:
            out.update((a.asname or a.name).split(".")[0] for a in node.names)
        for field in kind._fields:
            child = getattr(node, field, None)
            if isinstance(child, list):
                for item in child:
                    if isinstance(item, gast.AST):
                        visit(item)
            elif isinstance(child, gast.AST) and not isinstance(child, LEAVES):
                visit(child)

    rebound: set[str] = set()
    for statement in body:
        visit(statement)
    out.update(n for n in rebound if n in out)  # by a function in it
    return out
