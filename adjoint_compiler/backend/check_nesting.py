"""Loops nested deeper than Python compiles are refused, with the place of the innermost."""

from __future__ import annotations

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import Block, For, Program, Statement, Try, While, With
from adjoint_compiler.ir.walk import blocks_of

MAX_BLOCKS = 20  # CPython's CO_MAXBLOCKS
COUNTED = (For, While, With, Try)


def check_nesting(program: Program) -> None:
    """Refuse a program whose text Python would not compile.

    Raises:
        DifferentiationError: AC001.

    >>> from adjoint_compiler.ir.nodes import Const
    >>> block = ()
    >>> for _ in range(21):
    ...     block = (For("k", Const(0), Const(1), Const(1), block),)
    >>> check_nesting(Program("f", (), block[0].body))
    >>> try:
    ...     check_nesting(Program("f", (), block))
    ... except DifferentiationError as error:
    ...     print(error.diagnostics[0].message)
    the derivative has more than 20 loops in one another, which Python does not compile
    """
    found = _too_deep(program.body, 0)
    if found is not None:
        message = f"the derivative has more than {MAX_BLOCKS} loops in one another, which Python does not compile"
        advice = "put the inner loops in a function of their own, and call that"
        raise DifferentiationError(Diagnostic("AC001", found.span, message, (), advice))


def _too_deep(block: Block, depth: int) -> Statement | None:
    for s in block:
        inner = depth + isinstance(s, COUNTED)
        if inner > MAX_BLOCKS:
            return s
        for b in blocks_of(s):
            found = _too_deep(b, inner)
            if found is not None:
                return found
    return None


__all__ = ["check_nesting"]
