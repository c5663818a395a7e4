"""Combinations and permutations, as the loops that are read in their place."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any


def combinations_of_two(iterable: Iterable[Any], r: int) -> Iterator[Any]:
    """``itertools.combinations(iterable, 2)``."""
    pool = list(iterable)
    for i in range(len(pool)):
        for j in range(i + 1, len(pool)):
            yield pool[i], pool[j]


def combinations_of_three(iterable: Iterable[Any], r: int) -> Iterator[Any]:
    """``itertools.combinations(iterable, 3)``."""
    pool = list(iterable)
    for i in range(len(pool)):
        for j in range(i + 1, len(pool)):
            for k in range(j + 1, len(pool)):
                yield pool[i], pool[j], pool[k]


def permutations_of_two(iterable: Iterable[Any], r: int) -> Iterator[Any]:
    """``itertools.permutations(iterable, 2)``."""
    pool = list(iterable)
    for i in range(len(pool)):
        for j in range(len(pool)):
            if i != j:
                yield pool[i], pool[j]


def permutations_of_three(iterable: Iterable[Any], r: int) -> Iterator[Any]:
    """``itertools.permutations(iterable, 3)``."""
    pool = list(iterable)
    for i in range(len(pool)):
        for j in range(len(pool)):
            if i != j:
                for k in range(len(pool)):
                    if k != i and k != j:
                        yield pool[i], pool[j], pool[k]


# By how many items each has, which must be written out.
SELECTIONS: dict[Any, dict[int, Callable[..., Any]]] = {
    itertools.combinations: {2: combinations_of_two, 3: combinations_of_three},
    itertools.permutations: {2: permutations_of_two, 3: permutations_of_three},
}

__all__ = ["SELECTIONS"]
