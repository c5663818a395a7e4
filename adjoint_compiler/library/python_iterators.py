"""The definitions of iterators that a program asks in several places: by what they run over, and how far they are.

Like the definitions of ``collections``, no such object may leave the program. Items are read when they are asked for, as
Python does.
"""

from __future__ import annotations

from typing import Any


class Iterator:
    """What iterators have in common."""

    def __iter__(self) -> Any:
        return self


class sequence_iterator(Iterator):  # noqa: N801  (messages name them like what they stand for)
    """``iter(items)``."""

    def __init__(self, items: Any) -> None:
        self.items = items
        self.place = 0

    def __next__(self) -> Any:
        if self.place >= len(self.items):
            raise StopIteration
        self.place += 1
        return self.items[self.place - 1]


class reversed_iterator(Iterator):  # noqa: N801
    """``reversed(items)``."""

    def __init__(self, items: Any) -> None:
        self.items = items
        self.place = len(items)

    def __next__(self) -> Any:
        if self.place <= 0:
            raise StopIteration
        self.place -= 1
        return self.items[self.place]


class enumerate_iterator(Iterator):  # noqa: N801
    """``enumerate(source, start)`` of an iterator."""

    def __init__(self, source: Any, start: Any = 0) -> None:
        self.source = source
        self.number = start

    def __next__(self) -> Any:
        item = self.source.__next__()
        self.number += 1
        return self.number - 1, item


class zip_iterator(Iterator):  # noqa: N801
    """``zip(first, second)`` of iterators."""

    def __init__(self, first: Any, second: Any) -> None:
        self.first = first
        self.second = second

    def __next__(self) -> Any:
        item = self.first.__next__()
        return item, self.second.__next__()


class zip_iterator_of_three(Iterator):  # noqa: N801
    """``zip(first, second, third)`` of iterators."""

    def __init__(self, first: Any, second: Any, third: Any) -> None:
        self.first = first
        self.second = second
        self.third = third

    def __next__(self) -> Any:
        item = self.first.__next__()
        other = self.second.__next__()
        return item, other, self.third.__next__()


class map_iterator(Iterator):  # noqa: N801
    """``map(function, source)`` of an iterator; generator expressions without ``if``."""

    def __init__(self, function: Any, source: Any) -> None:
        self.function = function
        self.source = source

    def __next__(self) -> Any:
        return self.function(self.source.__next__())


class filter_iterator(Iterator):  # noqa: N801
    """``filter(function, source)`` of an iterator; the part of generator expressions that chooses."""

    def __init__(self, function: Any, source: Any) -> None:
        self.function = function
        self.source = source

    def __next__(self) -> Any:
        while True:
            item = self.source.__next__()
            if self.function(item):
                return item


def next_or(iterator: Any, default: Any) -> Any:
    """``next(iterator, default)``."""
    try:
        return iterator.__next__()
    except StopIteration:
        return default


__all__ = [
    "Iterator", "enumerate_iterator", "filter_iterator", "map_iterator", "next_or", "reversed_iterator", "sequence_iterator",
    "zip_iterator", "zip_iterator_of_three",
]  # fmt: skip
