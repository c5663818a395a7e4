"""What is at hand while a pass walks a block: values that names hold, found again by what they depend on.

What is added and dropped within a nested block is noted, and undone at its end, so a block costs what happens in it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class AtHand(Generic[K]):
    """Which name holds which value.

    >>> known = AtHand()
    >>> known.add("x + y", "t", ["x", "y"])
    >>> with known.restored():
    ...     known.forget("y")
    ...     known.holders
    {}
    >>> known.holders
    {'x + y': 't'}
    """

    def __init__(self) -> None:
        self.holders: dict[K, str] = {}
        self.found_by: dict[Hashable, list[K]] = {}
        self.trail: list[
            tuple[Any, Any, Any]
        ] = []  # what was changed: a dict, its key, and the value before; or a list
        self.depth = 0  # how many blocks deep the walk is: outside of all nothing is undone

    def add(self, key: K, holder: str, depends: Iterable[Hashable]) -> None:
        """Note that a name holds a value, until one of the things that it depends on is forgotten."""
        self._set(self.holders, key, holder)
        for what in depends:
            keys = self.found_by.get(what)
            if keys is None:
                self._set(self.found_by, what, [key])
                continue
            keys.append(key)
            if self.depth:
                self.trail.append((keys, None, None))

    def forget(self, what: Hashable) -> None:
        """Drop the values that depend on something."""
        keys = self.found_by.get(what)
        if keys is not None:
            for key in keys:
                self._set(self.holders, key, None)
            self._set(self.found_by, what, None)

    def clear(self) -> None:
        """Drop all values."""
        for key in list(self.holders):
            self._set(self.holders, key, None)

    def _set(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        """Set or, with None, delete an entry."""
        before = mapping.get(key)
        if before is value:
            return
        if self.depth:
            self.trail.append((mapping, key, before))
        if value is None:
            del mapping[key]
        else:
            mapping[key] = value

    @contextmanager
    def restored(self) -> Iterator[None]:
        """What is added and dropped meanwhile is undone."""
        mark = len(self.trail)
        self.depth += 1
        yield
        self.depth -= 1
        while len(self.trail) > mark:
            changed, key, before = self.trail.pop()
            if type(changed) is list:
                changed.pop()
            elif before is None:
                changed.pop(key, None)
            else:
                changed[key] = before

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """Meanwhile nothing is at hand."""
        held, self.holders = self.holders, {}
        with self.restored():
            yield
        self.holders = held


__all__ = ["AtHand"]
