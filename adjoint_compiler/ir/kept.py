"""Frozen nodes, and answers about them that are found when first asked for and kept with them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["keep", "kept", "node"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as node
else:
    import dataclasses

    ENFORCED = bool(os.environ.get("ADJOINT_COMPILER_VERIFY"))

    def node(frozen):
        """A dataclass that is never changed: the type checker sees to it, and Python itself where the verifier runs.

        Compiling makes thousands of nodes, and Python's own frozen classes make each field an assignment by a call.

        >>> @node(frozen=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(1), hash(Point(1)) == hash(Point(1, 0))
        (Point(x=1, y=0), True)
        """
        enforced = frozen and ENFORCED

        def decorate(cls):
            own_hash = "__hash__" in vars(cls)
            return dataclasses.dataclass(frozen=enforced, unsafe_hash=not enforced and not own_hash)(cls)

        return decorate


def keep(node: Any, name: str, answer: T) -> T:
    """Keep an answer with a node, as an attribute of this name."""
    object.__setattr__(node, name, answer)
    return answer


class _Kept:
    """An answer about a node that is found when first asked for; nodes are frozen, so it is kept with them."""

    def __init__(self, find: Callable[[Any], Any]) -> None:
        self.find = find

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, s: Any, owner: type) -> Any:
        if s is None:
            return self
        found = self.find(s)
        object.__setattr__(s, self.name, found)
        return found


def kept(find: Callable[[Any], T]) -> T:
    """An attribute that :class:`_Kept` finds."""
    return _Kept(find)  # type: ignore[return-value]
