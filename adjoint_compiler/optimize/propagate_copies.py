"""Remove copies of names and constants.

t = a * b                x = a * b
x = t             ->     y = x + 1
y = x + 1
"""

from __future__ import annotations

from adjoint_compiler.analysis.uses import Occurrences, inside, is_own, occurrences, statement_index
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    For,
    Name,
    Operand,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Update,
    While,
    walk,
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
        if not _copies(program):
            return program
        occ = occurrences(program)
        changed = _coalesce(program, occ) or _prefer_user_names(program, occ) or _forward(program, occ)
        if changed is None:
            return program
        program = changed


def _copies(program: Program) -> list[Bind]:
    return [s for s in walk(program.body) if isinstance(s, Bind) and s.op == "copy"]


def _coalesce(program: Program, occ: dict[str, Occurrences]) -> Program | None:
    """``t = ...; x = t`` where t has no other use: bind x directly."""
    fixed = set(program.params) | set(program.free) | {s.counter for s in walk(program.body) if isinstance(s, For)}
    change: dict[str, str] = {}
    taken: set[str] = set()
    for s in _copies(program):
        source = s.args[0]
        if not isinstance(source, Name) or source.id in fixed or source.id == s.target:
            continue
        if {source.id, s.target} & (taken | change.keys()):
            continue
        if len(occ[source.id].uses) == 1 and len(occ[s.target].defs) == 1 and _all_before(occ, source.id, s.target):
            change[source.id] = s.target
            taken.add(s.target)
    if not change:
        return None
    renamed = rename_all(program, change)
    return map_statements(renamed, lambda s: [] if _self_copy(s) else [s])


def _all_before(occ: dict[str, Occurrences], source: str, target: str) -> bool:
    """Whether every definition of the source precedes the copy in the same run of its block, as the target's uses follow."""
    copy = occ[target].defs[0]
    home, at = copy[:-1], int(copy[-1])
    return is_own(occ[target]) and all(inside(home, d) and statement_index(home, d) < at for d in occ[source].defs)


def _prefer_user_names(program: Program, occ: dict[str, Occurrences]) -> Program | None:
    """``t = ...; row = t``, both with one definition: the temporary takes the user's name."""
    change: dict[str, str] = {}
    for s in _copies(program):
        source = s.args[0]
        if not isinstance(source, Name) or source.id not in program.temporaries or s.target in program.temporaries:
            continue
        if source.id in change or s.target in change.values() or not (is_own(occ[s.target]) and is_own(occ[source.id])):
            continue
        if occ[source.id].defs[0][:-1] == occ[s.target].defs[0][:-1]:
            change[source.id] = s.target
    if not change:
        return None
    return map_statements(rename_all(program, change), lambda s: [] if _self_copy(s) else [s])


def _self_copy(s: Statement) -> bool:
    return isinstance(s, Bind) and s.op == "copy" and s.args[0] == Name(s.target)


def _forward(program: Program, occ: dict[str, Occurrences]) -> Program | None:
    """``x = y`` where both have one definition: use y for x."""
    in_place = {s.target for s in walk(program.body) if isinstance(s, (Store, Update))}
    rebound = {s.target for s in walk(program.body) if isinstance(s, Update) and s.index is None}
    in_place |= {s.stack for s in walk(program.body) if isinstance(s, (Push, Pop))}
    in_place |= {s.until for s in walk(program.body) if isinstance(s, (For, While)) and s.until}
    change: dict[str, Operand] = {}
    for s in _copies(program):
        source = s.args[0]
        if s.target in change or s.target in rebound or not is_own(occ[s.target]):
            continue
        if isinstance(source, Const):
            change[s.target] = source
        elif isinstance(source, Name) and source.id not in rebound and len(occ[source.id].defs) == 1:
            change[s.target] = source
    for x in list(change):
        end = _end(change, change[x])
        if isinstance(end, Const) and x in in_place:
            del change[x]
    change = {x: _end(change, y) for x, y in change.items()}
    if not change:
        return None
    dropped = map_statements(
        program, lambda s: [] if isinstance(s, Bind) and s.op == "copy" and s.target in change else [s]
    )
    return rename_reads(dropped, change)


def _end(change: dict[str, Operand], o: Operand) -> Operand:
    """Where a chain of copies ends."""
    while isinstance(o, Name) and o.id in change:
        o = change[o.id]
    return o
