"""Which line of the user's program a place in generated text comes from.

The trees that were printed know it of every statement and operation; text has lost it. Both have the same form, so the
way from the root to a place in the text leads to the same node of the tree.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from adjoint_compiler.backend.emit import is_comment
from adjoint_compiler.ir.nodes import Span

Place = tuple[int, int, int, int]  # first line and column, last line and column, as `ast` counts


def origin(function: Any, text: str, place: Place) -> Span | None:
    """Where the innermost statement or operation around a place comes from; None if nothing tells.

    Args:
        function: the definition that was printed; its nodes carry their ``span``.
        text: the text of the module it was printed into.
        place: a place in the text.

    >>> node = ast.parse("def f(x):\\n    y = x\\n    return y * x").body[0]
    >>> node.body[1].span = Span("m.py", 7)
    >>> origin(node, "import numpy\\n\\ndef f(x):\\n    y = x\\n    return y * x", (5, 11, 5, 16)).line
    7
    """
    parsed = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == function.name]
    return _innermost(function, parsed[0], place) if parsed else None


def _innermost(node: Any, parsed: Any, place: Place) -> Span | None:
    own: Span | None = getattr(node, "span", None)
    for inner, there in _pairs(node, parsed):
        if type(inner) is type(there) and _covers(there, place):
            return _innermost(inner, there, place) or own
    return own


def _pairs(node: Any, parsed: Any) -> Iterator[tuple[Any, Any]]:
    """The nodes directly in two nodes of the same form, comments left out; fields that differ in length tell nothing."""
    for (_, a), (_, b) in zip(ast.iter_fields(node), ast.iter_fields(parsed)):
        if isinstance(a, list) and isinstance(b, list):
            a = [x for x in a if not is_comment(x)]
            if len(a) == len(b):
                yield from zip(a, b)
        elif isinstance(a, ast.AST) and isinstance(b, ast.AST):
            yield a, b


def _covers(node: Any, place: Place) -> bool:
    if not hasattr(node, "end_lineno"):
        return False
    first, last = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return bool(first <= place[:2] and place[2:] <= last)


__all__ = ["Place", "origin"]
