"""Tapes that grow, and loops that run backwards."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from adjoint_compiler.backend.numba.helpers.typed import compiled_as

__all__ = ["backwards", "grown", "part_of_tape", "trips", "with_room"]


@numba.njit
def grown(tape: Any) -> Any:
    """A tape twice as long, with the same entries.

    >>> len(grown(np.zeros(3)))
    6
    """
    out = np.empty(2 * tape.size, tape.dtype)
    out[: tape.size] = tape
    return out


@numba.njit
def with_room(tape: Any, top: Any, more: Any) -> Any:
    """A tape with room for ``more`` entries from ``top`` on.

    >>> len(with_room(np.zeros(3), 2, 5))
    7
    """
    if top + more <= tape.size:
        return tape
    out = np.empty(max(top + more, 2 * tape.size if top else 0), tape.dtype)
    out[:top] = tape[:top]
    return out


def part_of_tape(tape: Any, top: Any, like: Any) -> Any:
    """As many elements of a tape from ``top`` on as ``like`` has, in its shape.

    >>> part_of_tape(np.arange(6.0), 2, np.zeros((2, 2)))
    array([[2., 3.],
           [4., 5.]])
    """
    return tape[top : top + like.size].reshape(like.shape)


@compiled_as(part_of_tape)
def _part_of_tape(tape: Any, top: Any, like: Any) -> Any:
    if like.ndim == 1:
        return lambda tape, top, like: tape[top : top + like.size]
    return part_of_tape


@numba.njit
def trips(start: Any, stop: Any, step: Any) -> Any:
    """How often a counted loop runs.

    >>> trips(0, 5, 2)
    3
    """
    return len(range(start, stop, step))


@numba.njit(inline="always")
def backwards(start: Any, stop: Any, step: Any) -> Any:
    """``range(start, stop, step)`` in the opposite order."""
    last = start + (len(range(start, stop, step)) - 1) * step
    return range(last, start - step, -step)
