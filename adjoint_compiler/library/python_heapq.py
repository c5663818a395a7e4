"""Definitions of the functions of ``heapq``, item by item as Python's own (Lib/heapq.py) have them."""

from __future__ import annotations

import heapq
from typing import Any

from adjoint_compiler.library import defines


def sift_down(heap: list[Any], start: int, place: int) -> None:
    """Move the item at ``place`` towards the root, until its parent is no larger."""
    item = heap[place]
    while place > start:
        parent = (place - 1) >> 1
        if item < heap[parent]:
            heap[place] = heap[parent]
            place = parent
        else:
            break
    heap[place] = item


def sift_up(heap: list[Any], place: int) -> None:
    """Move the smaller children up until a leaf is free, put the item of ``place`` there, and sift it down."""
    end, start = len(heap), place
    item = heap[place]
    child = 2 * place + 1
    while child < end:
        right = child + 1
        if right < end:
            if not heap[child] < heap[right]:
                child = right
        heap[place] = heap[child]
        place = child
        child = 2 * place + 1
    heap[place] = item
    sift_down(heap, start, place)


@defines(heapq.heappush)
def heappush(heap: list[Any], item: Any) -> None:
    heap.append(item)
    sift_down(heap, 0, len(heap) - 1)


@defines(heapq.heappop)
def heappop(heap: list[Any]) -> Any:
    last = heap.pop()
    if len(heap) > 0:
        first = heap[0]
        heap[0] = last
        sift_up(heap, 0)
        return first
    return last


@defines(heapq.heapify)
def heapify(x: list[Any]) -> None:
    for k in reversed(range(len(x) // 2)):
        sift_up(x, k)


@defines(heapq.heappushpop)
def heappushpop(heap: list[Any], item: Any) -> Any:
    if len(heap) > 0:
        if heap[0] < item:
            first = heap[0]
            heap[0] = item
            sift_up(heap, 0)
            return first
    return item


@defines(heapq.heapreplace)
def heapreplace(heap: list[Any], item: Any) -> Any:
    first = heap[0]
    heap[0] = item
    sift_up(heap, 0)
    return first


__all__ = ["heapify", "heappop", "heappush", "heappushpop", "heapreplace"]
