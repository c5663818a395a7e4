"""Nodes of the compiler's own that stand in a tree in the place of expressions."""

from __future__ import annotations

from typing import Any

import gast


class Given(gast.AST):  # type: ignore[misc]
    """An expression that is lowered already, or a function that was found for it.

    With ``is_rest`` it is all that a parameter with a star holds, which is not known to be how much.
    """

    is_rest = False

    def __init__(self, operand: Any, place: Any) -> None:
        super().__init__()
        self.operand = operand
        put_at(self, place)


def put_at(node: Any, place: Any) -> None:
    """Place a node of the compiler's own: ``copy_location`` knows those of Python only."""
    for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
        if hasattr(place, name):
            setattr(node, name, getattr(place, name))


__all__ = ["Given", "put_at"]
