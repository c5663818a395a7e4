"""What the calls of recursive functions record: a list for each item of their tapes."""

from __future__ import annotations

from typing import Any

import numba
from numba import types

from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_array, items_of, made, of_items

__all__ = ["new_frame", "no_frames"]


@numba.njit
def empty_list(sample: Any) -> Any:
    """A list for what is of the type of ``sample``.

    >>> empty_list(0.0)
    []
    """
    out = [sample]
    out.pop()
    return out


def any_layout(x: Any) -> Any:
    """An array without elements as one that need not be contiguous; anything else as it is."""


@compiled_as(any_layout)
def _any_layout(x: Any) -> Any:
    if isinstance(x, types.BaseTuple):
        return of_items(x, "any_layout", any_layout)
    if isinstance(x, types.List):
        return lambda x: [any_layout(v) for v in x]
    return (lambda x: x[::2]) if is_array(x) and x.ndim else lambda x: x


def no_frames(samples: Any) -> Any:
    """A list without entries for each item, of its type."""


@compiled_as(no_frames)
def _no_frames(samples: Any) -> Any:
    lists = "".join(f"empty_list(any_layout(samples[{k}])), " for k in range(len(items_of(samples))))
    text = f"def lists(samples):\n    return ({lists})"
    return made(text, "lists", empty_list=empty_list, any_layout=any_layout)


def new_frame(frames: Any, items: Any) -> Any:
    """Enter what a call has recorded; its number."""


@compiled_as(new_frame)
def _new_frame(frames: Any, items: Any) -> Any:
    count = len(items_of(items))
    lines = "".join(f"    frames[{k}].append(items[{k}])\n" for k in range(count))
    text = f"def enter(frames, items):\n{lines}    return {'len(frames[0]) - 1' if count else '0'}"
    return made(text, "enter")
