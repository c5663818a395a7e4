"""Definitions of the classes of ``collections``: by a list or a dict that they hold.

What a definition stands for is not what the object is, so no such object may leave the program: it may be made, changed and
asked there, and what is returned or printed is `list(...)` or `dict(...)` of it.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any

from adjoint_compiler.library import defines


@defines(collections.deque)
class deque:  # noqa: N801  (messages name it as the program does)
    """Items that come and go at both ends; of more than ``maxlen`` those at the other end go."""

    def __init__(self, iterable: Any = None, maxlen: Any = None) -> None:
        items: list[Any] = []
        if iterable is not None:
            items = list(iterable)
        if maxlen is not None:
            items = items[max(len(items) - maxlen, 0) :]
        self.entries = items
        self.maxlen = maxlen

    def append(self, x: Any) -> None:
        self.entries.append(x)
        if self.maxlen is not None:
            if len(self.entries) > self.maxlen:
                self.entries.pop(0)

    def appendleft(self, x: Any) -> None:
        self.entries.insert(0, x)
        if self.maxlen is not None:
            if len(self.entries) > self.maxlen:
                self.entries.pop()

    def extend(self, iterable: Any) -> None:
        for x in list(iterable):
            self.append(x)

    def extendleft(self, iterable: Any) -> None:
        for x in list(iterable):
            self.appendleft(x)

    def pop(self) -> Any:
        if len(self.entries) == 0:
            raise IndexError("pop from an empty deque")
        return self.entries.pop()

    def popleft(self) -> Any:
        if len(self.entries) == 0:
            raise IndexError("pop from an empty deque")
        return self.entries.pop(0)

    def rotate(self, n: Any = 1) -> None:
        if len(self.entries) > 0:
            k = -n % len(self.entries)
            self.entries[:] = self.entries[k:] + self.entries[:k]

    def reverse(self) -> None:
        self.entries.reverse()

    def clear(self) -> None:
        self.entries.clear()

    def copy(self) -> Any:
        return deque(self.entries, self.maxlen)

    def index(self, x: Any) -> Any:
        return self.entries.index(x)

    def count(self, x: Any) -> Any:
        return self.entries.count(x)

    def remove(self, x: Any) -> None:
        self.entries.remove(x)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, x: Any) -> bool:
        return x in self.entries

    def __getitem__(self, k: Any) -> Any:
        return self.entries[k]

    def __setitem__(self, k: Any, x: Any) -> None:
        self.entries[k] = x

    def __iter__(self) -> Iterator[Any]:
        return iter(self.entries)


class Mapping:
    """What the dicts of ``collections`` have in common."""

    entries: dict[Any, Any]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.entries[key] = value

    def __contains__(self, key: Any) -> bool:
        return key in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self.entries))

    def keys(self) -> Any:
        return list(self.entries)

    def values(self) -> Any:
        return [self.entries[key] for key in list(self.entries)]

    def items(self) -> Any:
        return [(key, self.entries[key]) for key in list(self.entries)]


@defines(collections.defaultdict)
class defaultdict(Mapping):
    """A dict that makes what it is asked for and does not have."""

    def __init__(self, default_factory: Any = None, mapping: Any = None) -> None:
        self.default_factory = default_factory
        self.entries = {}
        if mapping is not None:
            self.entries.update(mapping)

    def __getitem__(self, key: Any) -> Any:
        if key not in self.entries:
            self.entries[key] = self.default_factory()
        return self.entries[key]

    def get(self, key: Any, default: Any = None) -> Any:
        return self.entries.get(key, default)

    def pop(self, key: Any) -> Any:
        return self.entries.pop(key)

    def setdefault(self, key: Any, default: Any) -> Any:
        return self.entries.setdefault(key, default)


@defines(collections.Counter)
class Counter(Mapping):
    """How often each item is met."""

    def __init__(self, iterable: Any = None) -> None:
        self.entries = {}
        if iterable is not None:
            self.update(iterable)

    def update(self, iterable: Any) -> None:
        for item in iterable:
            self.entries[item] = self.entries.get(item, 0) + 1

    def __getitem__(self, key: Any) -> Any:
        return self.entries.get(key, 0)

    def get(self, key: Any, default: Any = None) -> Any:
        return self.entries.get(key, default)

    def most_common(self, n: Any = None) -> Any:
        pairs = sorted(self.items(), key=lambda pair: pair[1], reverse=True)
        if n is None:
            return pairs
        return pairs[:n]

    def total(self) -> Any:
        return sum(self.values())


__all__ = ["Counter", "defaultdict", "deque"]
