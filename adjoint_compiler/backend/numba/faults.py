"""What Numba says it cannot compile, told as a refusal at the user's line."""

from __future__ import annotations

import ast
import re
from typing import Any

from adjoint_compiler import runtime
from adjoint_compiler.backend.origins import origin
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import NOWHERE, Span

HELP = "write it with what Numba supports, or use backend='numpy'"
NUMPY = "use backend='numpy'"
MISSING = re.compile(r"name '(\w+)' is not defined")
PLACE = re.compile(r",? defined at .*$")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def refusal(fault: BaseException, text: str, trees: dict[str, Any], place: Span) -> DifferentiationError:
    """The refusal for an error of Numba's.

    Args:
        fault: what Numba raised.
        text: the module that it compiled.
        trees: the definitions that the module's functions were printed from, by name.
        place: where the user's function is defined.
    """
    message = COLOURS.sub("", str(fault))
    lines = [int(n) for n in re.findall(r'File "[^"]*", line (\d+)', message)]
    lines += [loc.line] if (loc := getattr(fault, "loc", None)) is not None else []
    spans = (span_at(text, trees, n) for n in lines)
    span = next((s for s in spans if s is not None and s.line), place or NOWHERE)
    missing = MISSING.search(message)
    if missing is not None and hasattr(runtime, missing[1]):
        told, advice = f"the derivative of this needs `{missing[1]}`, which is not written for Numba yet", NUMPY
    else:
        told, advice = f"Numba cannot compile this: {_essence(message)}", HELP
    return DifferentiationError(Diagnostic("AC021", span, told, (), advice))


def span_at(text: str, trees: dict[str, Any], line: int) -> Span | None:
    """Where the statement at a line of a module comes from."""
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef) and function.lineno <= line <= (function.end_lineno or 0):
            node = _statement_at(function, line)
            if function.name in trees and node is not None and node is not function:
                here = (node.lineno, node.col_offset, node.end_lineno or line, node.end_col_offset or 0)
                found = origin(trees[function.name], text, here)
                return None if found is None else found.statement or found
    return None


def _statement_at(function: ast.FunctionDef, line: int) -> ast.stmt | None:
    """The innermost statement that a line belongs to."""
    found: ast.stmt | None = None
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            if found is None or node.lineno >= found.lineno:
                found = node
    return found


def _essence(message: str) -> str:
    """The sentence of Numba's message that says what is missing."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    lines = [PLACE.sub("", line) for line in lines]
    told = [n for n in lines if not n.startswith(("Failed in", "File ", "During", "There are", "- Of which", "- With"))]
    for start in (
        "No implementation of function",
        "Unknown attribute",
        "Cannot unify",
        "Untyped global name",
        "Use of",
    ):
        for k, line in enumerate(told):
            if line.startswith(start):
                more = told[k + 1] if line.endswith(":") and k + 1 < len(told) else ""
                return re.sub(r"^>>> ", "", f"{line} {more.removeprefix('>>> ')}".strip())
    return told[0] if told else "it gives no reason"
