"""Tapes that grow, and loops that run backwards."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["backwards", "grown"]


@numba.njit
def grown(tape: Any) -> Any:
    """A tape twice as long, with the same entries.

    >>> len(grown(np.zeros(3)))
    6
    """
    out = np.empty(2 * tape.size, tape.dtype)
    out[: tape.size] = tape
    return out


@numba.njit(inline="always")
def backwards(start: Any, stop: Any, step: Any) -> Any:
    """``range(start, stop, step)`` in the opposite order."""
    last = start + (len(range(start, stop, step)) - 1) * step
    return range(last, start - step, -step)
