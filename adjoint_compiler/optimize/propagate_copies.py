"""Remove copies of names and constants.

    t = a * b                x = a * b
    x = t             ->     y = x + 1
    y = x + 1
"""

from __future__ import annotations

from adjoint_compiler.analysis.uses import is_own, occurrences
from adjoint_compiler.ir.nodes import (
    Bind, Const, For, Name, Operand, Pop, Program, Push, Statement, Store, Update, While, walk,
)  # fmt: skip
from adjoint_compiler.optimize.rename import map_statements, rename_all, rename_reads


def propagate_copies(program: Program) -> Program:
    """Let the name that is copied to, or the one copied from, do the work of both (see the module's text).

    >>> from adjoint_compiler.ir.nodes import Return
    >>> body = (Bind("t", "numpy.sin", (Name("a"),)), Bind("x", "copy", (Name("t"),)), Return(Name("x")))
    >>> [s.target for s in propagate_copies(Program("f", ("a",), body)).body[:-1]]
    ['x']
    """
    while True:
        changed = _coalesce(program) or _forward(program)
        if changed is None:
            return program
        program = changed


def _copies(program: Program) -> list[Bind]:
    return [s for s in walk(program.body) if isinstance(s, Bind) and s.op == "copy"]


def _coalesce(program: Program) -> Program | None:
    """``t = ...; x = t`` where t has no other use: bind x directly."""
    occ = occurrences(program)
    fixed = set(program.params) | set(program.free) | {s.counter for s in walk(program.body) if isinstance(s, For)}
    change: dict[str, str] = {}
    for s in _copies(program):
        source = s.args[0]
        if not isinstance(source, Name) or source.id in fixed or source.id in change or s.target in change:
            continue
        if source.id in change.values() or s.target in change.values() or source.id == s.target:
            continue
        if len(occ[source.id].uses) == 1 and len(occ[s.target].defs) == 1:
            change[source.id] = s.target
    if not change:
        return None
    renamed = rename_all(program, change)
    return map_statements(renamed, lambda s: [] if _self_copy(s) else [s])


def _self_copy(s: Statement) -> bool:
    return isinstance(s, Bind) and s.op == "copy" and s.args[0] == Name(s.target)


def _forward(program: Program) -> Program | None:
    """``x = y`` where both have one definition: use y for x."""
    occ = occurrences(program)
    in_place = {s.target for s in walk(program.body) if isinstance(s, (Store, Update))}
    in_place |= {s.stack for s in walk(program.body) if isinstance(s, (Push, Pop))}
    in_place |= {s.until for s in walk(program.body) if isinstance(s, (For, While)) and s.until}
    change: dict[str, Operand] = {}
    for s in _copies(program):
        source = s.args[0]
        if not is_own(occ[s.target]) or s.target in change:
            continue
        if isinstance(source, Const) and s.target not in in_place:
            change[s.target] = source
        elif isinstance(source, Name) and source.id not in change and len(occ[source.id].defs) == 1:
            if not any(isinstance(v, Name) and v.id == s.target for v in change.values()):
                change[s.target] = source
    if not change:
        return None
    dropped = map_statements(program, lambda s: [] if isinstance(s, Bind) and s.op == "copy" and s.target in change else [s])
    return rename_reads(dropped, change)
