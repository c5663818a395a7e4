"""Random NumPy programs, for testing the compiler against numerical differences.

``generate`` writes a plain function that stores, updates, aliases, loops and branches at random, and yet is
bounded and smooth at its arguments; ``check_program`` compares its compiled gradient with central differences
and with the unoptimized one; ``shrink`` deletes what a failure does not need. From the command line:

    python -m adjoint_compiler.testing.programs --count 300 --seed 0
"""

from adjoint_compiler.testing.programs.checking import Report, check_program
from adjoint_compiler.testing.programs.command_line import main
from adjoint_compiler.testing.programs.generation import generate
from adjoint_compiler.testing.programs.numerical import differences
from adjoint_compiler.testing.programs.program import GeneratedProgram
from adjoint_compiler.testing.programs.shrinking import edited, shrink
from adjoint_compiler.testing.programs.templates import MAX_LINES, MIN_LINES

__all__ = [
    "MAX_LINES",
    "MIN_LINES",
    "GeneratedProgram",
    "Report",
    "check_program",
    "differences",
    "edited",
    "generate",
    "main",
    "shrink",
]
