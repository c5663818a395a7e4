"""The program without adjoints of lists that nothing reads: what the list holds has shadows, which are found by memory.

grids_bar = zeros_like(grids)
grids_bar[k] = 0.0                       ->
grids_bar.pop()
"""

from __future__ import annotations

from adjoint_compiler.ir.nodes import Bind, Const, Name, Pop, Program, Push, Statement, Store
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.optimize.rename import map_statements

ZEROS = "adjoint_compiler.runtime.structures.zeros_like"
ZERO_TANGENT = "adjoint_compiler.runtime.structures.zero_tangent"
SUM = "adjoint_compiler.runtime.structures.add_structure"


def without_unread_lists(program: Program) -> Program:
    """The program without what is only made, set to zero, made longer by zeros, and made shorter.

    >>> zeros = Bind("x_bar", ZEROS, (Name("x"),))
    >>> body = (zeros, Store("x_bar", Name("k"), Const(0.0)))
    >>> without_unread_lists(Program("f", ("x", "k"), body)).body
    ()
    """
    made: dict[str, bool] = {}
    for s in program.statements:
        for n in s.bound:
            made[n] = made.get(n, True) and isinstance(s, Bind) and s.op in (ZEROS, ZERO_TANGENT, SUM)
    changed = {s.target for s in program.statements if isinstance(s, Store)}
    read = {n for s in program.statements for n in s.read}
    unread = {n for n, ok in made.items() if ok and n in changed} - {*program.params}
    while kept := {n for s in program.statements for n in unread.intersection(_used(s, unread, read))}:
        unread -= kept
    if not unread:
        return program
    return map_statements(program, lambda s: [] if _is_of(s, unread) else [s])


def _is_of(s: Statement, unread: set[str]) -> bool:
    """Whether a statement only deals with such a list."""
    if isinstance(s, Bind):
        return s.target in unread
    if isinstance(s, Store):
        return s.target in unread
    return isinstance(s, (Push, Pop)) and s.stack in unread


def _used(s: Statement, unread: set[str], read: set[str]) -> set[str]:
    """The names that a statement needs, other than to deal with such a list."""
    if isinstance(s, Store) and s.target in unread:
        return set(names_in(s.value))
    if isinstance(s, Push) and s.stack in unread:
        return (
            set(names_in(s.value)) if isinstance(s.value, Name) else set() if isinstance(s.value, Const) else {s.stack}
        )
    if isinstance(s, Pop) and s.stack in unread:
        return {s.stack} if s.target is not None and s.target in read else set()
    if isinstance(s, Bind) and s.target in unread:
        return set()
    return {
        *s.read,
        *(n for n in (getattr(s, "target", None),) if isinstance(n, str) and not isinstance(s, (Bind, Pop))),
    }


__all__ = ["without_unread_lists"]
