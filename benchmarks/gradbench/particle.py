"""A charge between two others, steered to cross the axis at zero: the derivative of the miss, in four combinations of modes.

The program is that of ``examples/particle.py``: the force is a derivative in the loop of a program that is differentiated.
"""

from __future__ import annotations

from benchmarks.gradbench import Problem
from examples.particle import CROSSINGS, MODES


def problem(outer: str, inner: str) -> Problem:
    def crossing(w: float, outer: str, inner: str) -> float:
        return CROSSINGS[inner](w)

    def derivative(w: float, outer: str, inner: str) -> float:
        return MODES[outer, inner](w)

    return Problem("particle", f"{outer} over {inner}", crossing, derivative, (0.1, outer, inner))


SIZES = list(MODES)
