"""The numerical derivative of a program, and whether the program is smooth enough to have one."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np

from adjoint_compiler.testing.programs.program import GeneratedProgram, Gradient, Shape

STEPS = (1e-3, 5e-4, 2.5e-4, 1.25e-4)  # of central differences; a kink within the first shows in them
SMOOTH = 1e-7  # spread of the extrapolated differences of a smooth program, relative to the derivative
LARGEST = 1e3  # of values and derivatives


def differences(program: GeneratedProgram) -> Gradient | None:
    """The gradient by central differences; None where the program is not smooth and bounded.

    Entry by entry, differences at neighbouring steps of a grid are extrapolated to zero (L. F. Richardson,
    1911), and of the extrapolations the two that agree best are taken.

    >>> gradient = differences(GeneratedProgram("def f(x, n): return x**n", (2.0, 3), (0,)))
    >>> [round(float(g), 9) for g in gradient]
    [12.0]
    >>> differences(GeneratedProgram("def f(x): return abs(x - 1.0)", (1.0003,), (0,))) is None
    True
    """
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"), warnings.catch_warnings():
            warnings.simplefilter("error")
            value = program.function(*program.args)
            if np.shape(value) != () or not abs(value) < LARGEST:
                return None
            gradient = [_differences_by(program, position) for position in program.wrt]
    except (ArithmeticError, ValueError, Warning):
        return None
    return None if any(g is None for g in gradient) else gradient


def _differences_by(program: GeneratedProgram, position: int) -> Any:
    shape = np.shape(program.values[position])
    out = np.zeros(shape)
    for place in np.ndindex(*shape):
        slopes = [_slope(program, position, place, h) for h in STEPS]
        better = [(4 * b - a) / 3 for a, b in itertools.pairwise(slopes)]
        spread, best = min((abs(a - b), b) for a, b in itertools.pairwise(better))
        if not (spread <= SMOOTH * (1 + abs(best)) and abs(best) < LARGEST):
            return None
        if not abs(slopes[0] - slopes[1]) <= 1e-2 * (1 + abs(best)):
            return None
        out[place] = best
    return out


def _slope(program: GeneratedProgram, position: int, place: Shape, h: float) -> float:
    ends = []
    for step in (h, -h):
        args = list(program.args)
        if place:
            args[position][place] += step
        elif isinstance(args[position], np.ndarray):
            args[position] = args[position] + step
        else:
            args[position] += step
        ends.append(float(program.function(*args)))
    return (ends[0] - ends[1]) / (2 * h)
