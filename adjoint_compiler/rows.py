"""Reverse mode in many directions: the rows of a Jacobian by one sweep.

A pullback is linear in the adjoint of the result, so that its tangent in a direction is the pullback of that direction. The
adjoint function is compiled in forward mode with an axis of directions, as any other function is.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np

from adjoint_compiler.arguments import type_key
from adjoint_compiler.backend.load import Loaded
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.differentiate.directions import Unsupported
from adjoint_compiler.leaves import tangents_of, unit_block
from adjoint_compiler.pushforward import forward_of

FEWEST = 8  # rows for which it is worth compiling
MEMORY = 2**18  # numbers that the adjoints of one array may have, of all directions together
_refused: set[Any] = set()  # adjoint functions, with types of tapes, that have no such form
_lock = threading.Lock()


def rows_at_once(pullback: Any, y: Any, places: list[int], values: list[Any]) -> list[Any] | None:
    """The rows of the Jacobian, for each of the arguments in ``places``; None where they are to be computed one by one.

    Args:
        pullback: the pullback of ``y``.
        y: the result, a real array.
        places: positions of the arguments that are differentiated by.
        values: those arguments.
    """
    adjoint, tape, order = pullback.linear_in
    if not isinstance(y, np.ndarray) or y.dtype.kind != "f" or y.size < FEWEST or not isinstance(adjoint, Loaded):
        return None
    if any(not isinstance(v, (float, np.ndarray, np.generic)) or np.iscomplexobj(v) for v in values):
        return None  # containers, and complex numbers
    given = (tape, np.zeros_like(y))
    key = (adjoint.function.__code__, type_key(given))
    if key in _refused:
        return None
    try:
        forward = forward_of(adjoint.function, "numpy", None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what there is to say was said of the function itself
            compiled = forward.compiled(given, (1,), None, None, True)
    except (DifferentiationError, Unsupported):
        with _lock:
            _refused.add(key)
        return None
    most = max(np.size(leaf) for v in (y, *values) for leaf in tangents_of(v, v))
    size = max(FEWEST, MEMORY // max(most, 1))
    parts: list[list[Any]] = []
    for start in range(0, y.size, size):
        seeds = unit_block([y], start, min(start + size, y.size))
        _, bars = forward.run(compiled, given, seeds)
        count = len(seeds[0])
        found = [(bars[order[k]], v) for k, v in zip(places, values, strict=True)]
        parts.append([
            d if np.ndim(d) > np.ndim(x) else np.broadcast_to(d, (count, *np.shape(x)))
            for bar, v in found for d, x in zip(tangents_of(bar, v), tangents_of(v, v), strict=True)
        ])  # fmt: skip
    return [np.concatenate(p) for p in zip(*parts, strict=True)]


__all__ = ["rows_at_once"]
