"""The command line: ``emit`` a derivative as a file, list the ``passes`` of the compiler and its ``rules``.

Exit codes: 0; 1 for a refused program, and for a file that ``--check`` finds out of date; 2 for wrong use.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adjoint_compiler import rules
from adjoint_compiler.arguments import check_wrt_type
from adjoint_compiler.backend.module import module_text
from adjoint_compiler.diagnostics import DifferentiationError, internal_error
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.frontend.annotations import parse_signature_text
from adjoint_compiler.frontend.static import StaticFunction, read_function
from adjoint_compiler.ir.printer import print_program
from adjoint_compiler.ir.types import Type, type_of
from adjoint_compiler.pipeline import PASSES, State, run
from adjoint_compiler.report.render import show_source
from adjoint_compiler.rules.table import Rule

DESCRIPTION = "Derivatives of plain Python and NumPy functions, as Python source."
EMIT = """Write the derivative of a function in a file as a module of its own, which needs nothing but NumPy. The file
is parsed, never imported or run."""
