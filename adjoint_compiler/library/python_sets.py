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
        for item in items_of(iterable):
            self.entries[item] = True

    def difference_update(self, iterable: Any) -> None:
        for item in items_of(iterable):
            self.discard(item)

    def intersection_update(self, iterable: Any) -> None:
        kept = items_of(iterable)
        for item in list(self.entries):
            if item not in kept:
                del self.entries[item]

    def clear(self) -> None:
        self.entries.clear()

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __isub__(self, other: Any) -> Any:
        self.difference_update(other)
        return self

    def __iand__(self, other: Any) -> Any:
        self.intersection_update(other)
        return self

    def __or__(self, other: Any) -> Any:
        new = changing_set(list(self.entries))
        new.update(other)
        return new

    def __sub__(self, other: Any) -> Any:
        new = changing_set(list(self.entries))
        new.difference_update(other)
        return new

    def __and__(self, other: Any) -> Any:
        new = changing_set(list(self.entries))
        new.intersection_update(other)
        return new

    def copy(self) -> Any:
        return changing_set(list(self.entries))

    def __contains__(self, item: Any) -> bool:
        return item in self.entries

    def __len__(self) -> int:
        return len(self.entries)


def items_of(iterable: Any) -> list[Any]:
    """The items of what is put into a set; of another set in the order in which they came."""
    if isinstance(iterable, changing_set):
        return list(iterable.entries)
    return list(iterable)


__all__ = ["changing_set"]
