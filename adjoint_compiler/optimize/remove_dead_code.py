"""Remove bindings that nothing reads, and control flow that does nothing."""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.ir.nodes import Bind, Call, For, If, Pop, Program, Statement, With
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.rename import map_statements

IMPURE = ("numpy.random.", "method", "builtins.next", "custom.forward", "custom.checked", "custom.call")


def remove_dead_code(program: Program) -> Program:
    """Remove what has no effect on the result.

    >>> from adjoint_compiler.ir.nodes import Return, Name
    >>> body = (Bind("t", "numpy.sin", (Name("x"),)), Return(Name("x")))
    >>> len(remove_dead_code(Program("f", ("x",), body)).body)
    1
    """
    while True:
        read: set[str] = set()
        for s in walk(program.body):
            read.update(s.read)
        smaller = map_statements(program, lambda s, read=read: _kept(s, read))  # type: ignore[misc]
        if smaller is program:
            return program
        program = smaller


def _kept(s: Statement, read: set[str]) -> list[Statement]:
    if type(s) is Bind and s.target in read:
        return [s]
    if isinstance(s, (Pop, Call)) and s.target is not None and s.target not in read:
        return [replace(s, target=None)]
    return [] if _dead(s, read) else [s]


def _dead(s: Statement, read: set[str]) -> bool:
    if isinstance(s, Bind):
        return s.target not in read and not s.op.startswith(IMPURE)
    if isinstance(s, If):
        return not s.then and not s.orelse
    if isinstance(s, For):
        return not s.body and s.until is None
    return isinstance(s, With) and not s.body
