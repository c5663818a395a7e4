"""From a seed to a program that is bounded and smooth at its arguments."""

from __future__ import annotations

import itertools
import random

import numpy as np

from adjoint_compiler.testing.programs.numerical import differences
from adjoint_compiler.testing.programs.program import GeneratedProgram
from adjoint_compiler.testing.programs.templates import MAX_LINES, MIN_LINES
from adjoint_compiler.testing.programs.writer import Writer

SMALLEST = 1e-3  # of the largest derivative: programs that hardly depend on their arguments show nothing


def generate(seed: int) -> GeneratedProgram:
    """A random program: 5 to 30 lines, bounded, smooth at its arguments; the same one for the same seed.

    >>> p = generate(2)
    >>> p == generate(2), p == generate(3), bool(np.isfinite(p.function(*p.args)))
    (True, False, True)
    """
    for attempt in itertools.count():
        rng = random.Random(f"{seed} {attempt}")
        writer = Writer(rng)
        source = writer.write()
        if not MIN_LINES <= sum(bool(line) for line in source.splitlines()) <= MAX_LINES:
            continue
        program = GeneratedProgram(source, tuple(writer.values.values()), writer.wrt(), seed)
        gradient = differences(program)
        if gradient is not None and max(np.max(np.abs(g)) for g in gradient) > SMALLEST:
            return program
    raise AssertionError("unreachable")
