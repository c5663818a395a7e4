"""The definitions of ``d.keys()``, ``d.values()`` and ``d.items()``, and of their iterators: by the dict, which they show as it is when they are asked.

Like the definitions of ``collections``, no such object may leave the program.
"""

from __future__ import annotations

import collections.abc
from typing import Any

from adjoint_compiler.library.python_iterators import Iterator


class dict_keys:  # noqa: N801  (messages name them like what they stand for)
    """``d.keys()``."""

    def __init__(self, mapping: Any) -> None:
        self.mapping = mapping

    def __iter__(self) -> collections.abc.Iterator[Any]:
        yield from self.mapping

    def __len__(self) -> int:
        return len(self.mapping)

    def __contains__(self, key: Any) -> Any:
        return key in self.mapping

    def __and__(self, other: Any) -> Any:
        return set(list(self.mapping)) & set(other)

    def __or__(self, other: Any) -> Any:
        return set(list(self.mapping)) | set(other)

    def __sub__(self, other: Any) -> Any:
        return set(list(self.mapping)) - set(other)


class dict_values:  # noqa: N801
    """``d.values()``."""

    def __init__(self, mapping: Any) -> None:
        self.mapping = mapping

    def __iter__(self) -> collections.abc.Iterator[Any]:
        yield from self.mapping.values()

    def __len__(self) -> int:
        return len(self.mapping)

    def __contains__(self, value: Any) -> Any:
        return value in list(self.mapping.values())


class dict_items:  # noqa: N801
    """``d.items()``."""

    def __init__(self, mapping: Any) -> None:
        self.mapping = mapping

    def __iter__(self) -> collections.abc.Iterator[Any]:
        yield from self.mapping.items()

    def __len__(self) -> int:
        return len(self.mapping)

    def __contains__(self, pair: Any) -> Any:
        key, value = pair
        return key in self.mapping and self.mapping[key] == value


class dict_keyiterator(Iterator):  # noqa: N801
    """``iter(d.keys())``."""

    def __init__(self, mapping: Any) -> None:
        self.mapping = mapping
        self.keys = list(mapping)
        self.place = 0

    def next_key(self) -> Any:
        if self.place >= len(self.keys):
            raise StopIteration
        self.place += 1
        return self.keys[self.place - 1]

    def __next__(self) -> Any:
        return self.next_key()


class dict_valueiterator(dict_keyiterator):  # noqa: N801
    """``iter(d.values())``."""

    def __next__(self) -> Any:
        return self.mapping[self.next_key()]


class dict_itemiterator(dict_keyiterator):  # noqa: N801
    """``iter(d.items())``."""

    def __next__(self) -> Any:
        key = self.next_key()
        return key, self.mapping[key]


ITERATORS = {"keys": dict_keyiterator, "values": dict_valueiterator, "items": dict_itemiterator}
VIEWS = {"keys": dict_keys, "values": dict_values, "items": dict_items}

__all__ = ["ITERATORS", "VIEWS"]
