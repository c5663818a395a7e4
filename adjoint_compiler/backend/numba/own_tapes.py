"""Tapes of compiled primals, copied for adjoints that restore memory in place.

Arrays that Numba returns are told apart by their memory: which of them are parts of one is not known otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def own_tape(tape: Any) -> Any:
    """A copy of a tape whose arrays share memory among each other exactly as the originals do.

    Args:
        tape: a tuple of numbers, arrays, and tuples and lists of them.

    >>> a = np.arange(4.0)
    >>> b, c = own_tape((a[:2], a[1:]))
    >>> c[0] = 9.0
    >>> b, a
    (array([0., 9.]), array([0., 1., 2., 3.]))
    """
    bounds = sorted({np.lib.array_utils.byte_bounds(a) for a in _arrays(tape) if a.size})
    memories: list[tuple[int, int, Any]] = []
    for low, high in bounds:
        if memories and low < memories[-1][1]:
            memories[-1] = (memories[-1][0], max(high, memories[-1][1]), None)
        else:
            memories.append((low, high, None))
    memories = [(low, high, np.zeros(high - low, np.uint8)) for low, high, _ in memories]
    starts = np.array([low for low, _, _ in memories])

    def copy(x: Any) -> Any:
        if isinstance(x, (tuple, list)):
            return type(x)([copy(v) for v in x])
        if not isinstance(x, np.ndarray):
            return x
        if not x.size:
            return x.copy()
        at = x.__array_interface__["data"][0]
        low, _, memory = memories[int(np.searchsorted(starts, np.lib.array_utils.byte_bounds(x)[0], "right")) - 1]
        twin: Any = np.ndarray(x.shape, x.dtype, memory, at - low, x.strides)
        twin[...] = x
        return twin

    return copy(tape)


def _arrays(x: Any) -> list[Any]:
    """All arrays of a tape."""
    if isinstance(x, np.ndarray):
        return [x]
    return [a for v in x for a in _arrays(v)] if isinstance(x, (tuple, list)) else []
