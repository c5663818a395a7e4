"""Whether the compiled gradient of a program is what differences, and the unoptimized gradient, say."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adjoint_compiler.testing.programs.numerical import differences
from adjoint_compiler.testing.programs.program import GeneratedProgram, Gradient

TOLERANCE = 1e-6  # between derivative and differences, relative to the largest entry (at least 1)
CONSISTENT = 1e-10  # the same between two optimization levels


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        kind: ``agrees``; or ``refused``, ``raised`` (the compiler or the derivative), ``arguments changed``,
            ``wrong`` (not what differences say), ``inconsistent`` (not what the unoptimized derivative says),
            ``not smooth`` (the program, so that nothing can be said).
        text: the numbers, or the error.
    """

    kind: str
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.kind == "agrees"


def check_program(program: GeneratedProgram, *, levels: Sequence[int | None] = (None,)) -> Report:
    """Compare the gradient in reverse mode with central differences and with that of ``optimize=0``.

    Args:
        program: what to differentiate.
        levels: values of ``optimize`` to compare; None is the default of ``grad``.

    >>> check_program(GeneratedProgram("def f(x): return abs(x)", (0.0001,), (0,))).kind
    'not smooth'
    """
    expected = differences(program)
    if expected is None:
        return Report("not smooth")
    plain = _gradient(program, 0)
    for level in (0, *levels):
        found = plain if level == 0 else _gradient(program, level)
        if isinstance(found, Report):
            return found
        fault = _mismatch(program, found, expected, TOLERANCE, "differences")
        if fault:
            return Report("wrong", f"optimize={level}: {fault}")
        assert not isinstance(plain, Report)
        fault = _mismatch(program, found, plain, CONSISTENT, "optimize=0")
        if fault:
            return Report("inconsistent", f"optimize={level}: {fault}")
    return Report("agrees")


def _gradient(program: GeneratedProgram, level: int | None) -> Gradient | Report:
    from adjoint_compiler.api import grad
    from adjoint_compiler.diagnostics import DifferentiationError
    from adjoint_compiler.runtime.checks import check_store

    args, before = program.args, program.args
    try:
        gradient = list(grad(program.function, wrt=program.wrt, optimize=level)(*args))
    except DifferentiationError as error:
        internal = any(d.code == "AC017" for d in error.diagnostics)
        return Report("raised" if internal else "refused", f"optimize={level}: {error}")
    except Exception as error:  # a fault of the compiler can be any error, and is what this looks for
        refused = traceback.extract_tb(error.__traceback__)[-1].name == check_store.__name__
        return Report("refused" if refused else "raised", f"optimize={level}: {traceback.format_exc()}")
    if not all(np.array_equal(a, b) for a, b in zip(args, before, strict=True)):
        return Report("arguments changed", f"optimize={level}: from {before} to {args}")
    return gradient


def _mismatch(program: GeneratedProgram, found: Gradient, expected: Gradient, tolerance: float, name: str) -> str:
    """How two gradients differ, argument by argument; empty if they agree. NaN agrees with nothing."""
    if len(found) != len(expected):
        return f"{len(found)} gradients for {len(expected)} arguments"
    faults = []
    for position, a, b in zip(program.wrt, found, expected, strict=True):
        if np.shape(a) != np.shape(b):
            faults.append(f"argument {position}: shape {np.shape(a)} instead of {np.shape(b)}")
        elif not np.max(np.abs(np.subtract(a, b)), initial=0.0) <= tolerance * max(1.0, np.max(np.abs(b), initial=0.0)):
            faults.append(f"argument {position}:\nreverse mode\n{a}\n{name}\n{b}")
    return "\n".join(faults)
