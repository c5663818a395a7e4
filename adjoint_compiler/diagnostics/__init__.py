"""What the compiler says when it refuses a program: where, why, and what to write instead."""

from adjoint_compiler.diagnostics.codes import CODES, Code
from adjoint_compiler.diagnostics.diagnostic import Diagnostic, DifferentiationError, check_all, internal_error
from adjoint_compiler.diagnostics.text import display_file, has_colours

__all__ = [
    "CODES",
    "Code",
    "Diagnostic",
    "DifferentiationError",
    "check_all",
    "display_file",
    "has_colours",
    "internal_error",
]
