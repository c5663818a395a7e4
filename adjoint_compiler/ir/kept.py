"""Answers about frozen things, found when first asked for and kept with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class _Kept:
    """An answer about a statement that is found when first asked for; statements are frozen, so it is kept with them."""

    def __init__(self, find: Callable[[Any], Any]) -> None:
        self.find = find

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, s: Any, owner: type) -> Any:
        if s is None:
            return self
        found = s.__dict__[self.name] = self.find(s)
        return found


def kept(find: Callable[[Any], T]) -> T:
    """An attribute that :class:`_Kept` finds."""
    return _Kept(find)  # type: ignore[return-value]
