"""Helpers of emitted code: the order of the items of a list."""

from __future__ import annotations

from typing import Any

__all__ = ["order_of"]


def order_of(keys: Any, reverse: bool = False) -> list[int]:
    """The positions of ``keys`` in sorted order; equal ones keep theirs, as in ``sorted``.

    >>> order_of([3.0, 1.0, 3.0, 2.0], True)
    [0, 2, 3, 1]
    """
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
