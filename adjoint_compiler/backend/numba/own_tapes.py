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

    Returns:
        The copy; its last item is the memory that all its arrays lie in, as bytes.

    >>> a = np.arange(4.0)
    >>> b, c, memory = own_tape((a[:2], a[1:]))
    >>> c[0] = 9.0
    >>> b, a
    (array([0., 9.]), array([0., 1., 2., 3.]))
    """
    bounds = sorted({np.lib.array_utils.byte_bounds(a) for a in _arrays(tape) if a.size})
    memories: list[tuple[int, int]] = []
    for low, high in bounds:
        if memories and low < memories[-1][1]:
            memories[-1] = (memories[-1][0], max(high, memories[-1][1]))
        else:
            memories.append((low, high))
    # each memory at the same distance from a boundary of 64 bytes, and no two side by side
    places, end = [], 0
    for low, high in memories:
        places.append(end + low % 64)
        end += (low % 64 + high - low + 127) // 64 * 64
    block = np.zeros(end + 64, np.uint8)
    block = block[-block.__array_interface__["data"][0] % 64 :][:end]
    starts = np.array([low for low, _ in memories])

    def copy(x: Any) -> Any:
        if isinstance(x, (tuple, list)):
            items = [copy(v) for v in x]
            return type(x)._make(items) if hasattr(x, "_make") else type(x)(items)
        if not isinstance(x, np.ndarray):
            return x
        if not x.size:
            return x.copy()
        at = x.__array_interface__["data"][0]
        k = int(np.searchsorted(starts, np.lib.array_utils.byte_bounds(x)[0], "right")) - 1
        twin: Any = np.ndarray(x.shape, x.dtype, block, places[k] + at - memories[k][0], x.strides)
        twin[...] = x
        return twin

    return (*copy(tape), block)


def _arrays(x: Any) -> list[Any]:
    """All arrays of a tape."""
    if isinstance(x, np.ndarray):
        return [x]
    return [a for v in x for a in _arrays(v)] if isinstance(x, (tuple, list)) else []
