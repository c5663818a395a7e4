"""What the compiler says when it refuses a program: where, why, and what to write instead; and what it remarks."""

from adjoint_compiler.diagnostics.codes import CODES, Code
from adjoint_compiler.diagnostics.diagnostic import (
    Diagnostic,
    DifferentiationError,
    DifferentiationWarning,
    check_all,
    internal_error,
    warn,
)
from adjoint_compiler.diagnostics.lint_codes import LINTS, Lint
from adjoint_compiler.diagnostics.text import display_file, has_colours

__all__ = [
    "CODES",
    "LINTS",
    "Code",
    "Diagnostic",
    "DifferentiationError",
    "DifferentiationWarning",
    "Lint",
    "check_all",
    "display_file",
    "has_colours",
    "internal_error",
    "warn",
]
