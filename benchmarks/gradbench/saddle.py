"""The gradient of a maximum that is found by gradient descent, in four combinations of modes.

The program is that of ``examples/saddle.py``, whose outer descent is left out.
"""

from __future__ import annotations

import numpy as np

from benchmarks.gradbench import Problem
from examples.saddle import INNER, MODES


def problem(outer: str, inner: str) -> Problem:
    def worst(x: np.ndarray, outer: str, inner: str) -> float:
        return INNER[inner](x)

    def derivative(x: np.ndarray, outer: str, inner: str) -> np.ndarray:
        return MODES[outer, inner](x)

    return Problem("saddle", f"{outer} over {inner}", worst, derivative, (np.array([0.7, 1.2]), outer, inner))


SIZES = list(MODES)
