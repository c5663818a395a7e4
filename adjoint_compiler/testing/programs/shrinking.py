"""Programs that fail, cut down to what the failure needs."""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from adjoint_compiler.testing.programs import checking
from adjoint_compiler.testing.programs.numerical import differences
from adjoint_compiler.testing.programs.program import GeneratedProgram

MAX_EVENTS = 200_000  # lines run after which a program that was cut down is taken to run for ever


def shrink(program: GeneratedProgram, failure: Callable[[GeneratedProgram], str] | None = None) -> GeneratedProgram:
    """Delete statements, one after the other, as long as the program still fails in the same way.

    Args:
        program: a program that fails.
        failure: names the way in which a program fails; the kind of ``check_program``'s report by default.

    Returns:
        A program none of whose statements can be deleted, nor be replaced by the statements in it. Like the
        one given it runs, and is bounded and smooth.

    Raises:
        ValueError: if ``check_program`` finds nothing wrong with the program, and no other failure is given.

    >>> source = "def f(x):\\n    y = x * x\\n    if x > 0.0:\\n        y *= x\\n    z = y\\n    return x + y"
    >>> fails = lambda p: "product" if "y *= x" in p.source else ""
    >>> print(shrink(GeneratedProgram(source, (0.5,), (0,)), fails).source)
    def f(x):
        y = x * x
        y *= x
        return x + y
    """
    if failure is None and checking.check_program(program).ok:
        raise ValueError("there is nothing to shrink: the program's derivatives agree")
    failure = failure or (lambda candidate: checking.check_program(candidate).kind)
    kind = failure(program)
    progress = True
    while progress:
        progress = False
        k = 0
        while (source := edited(program.source, k)) is not None:
            candidate = _candidate(program, source)
            if candidate is not None and failure(candidate) == kind:
                program, progress = candidate, True
            else:
                k += 1
    return program


def _candidate(program: GeneratedProgram, source: str) -> GeneratedProgram | None:
    """The program with another source; None if it does not run, does not end, or is not smooth."""
    if source == program.source:
        return None
    try:
        candidate = GeneratedProgram(source, program.values, program.wrt, program.seed)
        _run_within(MAX_EVENTS, candidate)
        return None if differences(candidate) is None else candidate
    except Exception:  # whatever a mutilated program does
        return None


def _run_within(events: int, program: GeneratedProgram) -> None:
    """Run a program; TimeoutError after so many lines."""
    left = itertools.count(events, -1)

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if next(left) <= 0:
            raise TimeoutError
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        program.function(*program.args)
    finally:
        sys.settrace(before)


def edited(source: str, k: int) -> str | None:
    """A module's text after edit number ``k`` of those that make it smaller; None if there are fewer.

    >>> edited("if a:\\n    b = 1", 0), edited("if a:\\n    b = 1", 1), edited("if a:\\n    b = 1", 2)
    ('', 'b = 1', 'if a:\\n    pass')
    >>> edited("if a:\\n    b = 1", 3)
    """
    tree = ast.parse(source)
    edits = [
        (block, index, inner)
        for node in ast.walk(tree)
        for block in _blocks(node)
        for index, statement in enumerate(block)
        if not isinstance(statement, ast.Pass)
        for inner in ([], *([] if isinstance(statement, ast.FunctionDef) else _blocks(statement)))
    ]
    if k >= len(edits):
        return None
    block, index, inner = edits[k]
    block[index : index + 1] = inner
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.If, ast.For, ast.While)) and not node.body:
            node.body.append(ast.Pass())
    return ast.unparse(tree)


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for name in ("body", "orelse")]
    return [block for block in found if isinstance(block, list) and block]
