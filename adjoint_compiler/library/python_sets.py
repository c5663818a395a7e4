"""The definition of sets that change: by a dict whose keys are what the set holds.

Like the definitions of ``collections``, no such object may leave the program. Its order is not that of a set, so nothing runs
over it: that is refused, and `sorted` of a list says what is meant.
"""

from __future__ import annotations

from typing import Any


class changing_set:  # noqa: N801  (messages name it like what it stands for)
    """What ``set`` makes, where items come and go."""

    def __init__(self, iterable: Any = None) -> None:
        self.entries: dict[Any, Any] = {}
        if iterable is not None:
            self.update(iterable)

    def add(self, item: Any) -> None:
        self.entries[item] = True

    def discard(self, item: Any) -> None:
        if item in self.entries:
            del self.entries[item]

    def remove(self, item: Any) -> None:
        if item not in self.entries:
            raise KeyError(item)
        del self.entries[item]

    def update(self, iterable: Any) -> None:
        for item in iterable:
            self.entries[item] = True

    def clear(self) -> None:
        self.entries.clear()

    def __contains__(self, item: Any) -> bool:
        return item in self.entries

    def __len__(self) -> int:
        return len(self.entries)


__all__ = ["changing_set"]
