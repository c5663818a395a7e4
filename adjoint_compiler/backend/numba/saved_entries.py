"""Entries of dicts that are saved to be put back: a dict of Numba's holds no None in place of what was not there.

d_tape.append(d.get(key))                  d_tape.append(entry_of(d, key))
d[key] = x                          ->     d[key] = x
...                                        ...
d[key] = d_tape.pop()                      d[key] = d_tape.pop()
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Name, Pack, Pop, Program, Push, Return, Statement, Store
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.optimize.rename import map_statements


def saved_entries(program: Program, types: Types) -> Program:
    """The program with entries of a dict's type where they are only put back (see the module's text).

    >>> saved = Bind("t", "method.get", (Name("d"), Name("k")))
    >>> body = (saved, Push("tape", Name("t")), Pop("u", "tape"), Store("d", Name("k"), Name("u")))
    >>> saved_entries(Program("f", ("d", "k"), body), {}).body[0].op
    'numba.entry_of'
    >>> told = Bind("none", "operator.is_", (Name("t"), Name("u")))
    >>> saved_entries(Program("f", ("d", "k"), (*body, told)), {}).body[0].op
    'method.get'
    """
    gets = {s.target for s in program.statements if isinstance(s, Bind) and _is_get(s)} - program.primal
    if not gets:
        return program
    taken: dict[str, set[str]] = {}  # what comes off each tape
    for s in program.statements:
        if isinstance(s, Pop) and s.target is not None:
            taken.setdefault(s.stack, set()).add(s.target)
    forward = program.reverse_at or 0
    own = {id(x) for s in program.body[:forward] for x in (s, *s.nested)}
    used: set[str] = set()  # for something else than to be put back
    pushed: dict[str, set[str]] = {}
    for s in program.statements:
        if isinstance(s, Push) and isinstance(s.value, Name):
            pushed.setdefault(s.value.id, set()).add(s.stack)
        elif isinstance(s, Store) and isinstance(s.value, Name) and id(s) not in own:
            used.update((s.target, *names_in(s.index)))
        elif isinstance(s, Return) and isinstance(s.value, Pack) and len(s.value.items) == 2:
            used.update(names_in(s.value.items[0]))
        else:
            used.update(s.read)
    saved = {n for n in gets if n not in used}
    saved = {n for n in saved if used.isdisjoint(m for t in pushed.get(n, ()) for m in taken.get(t, ()))}

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Bind) or not _is_get(s) or s.target not in saved:
            return [s]
        types[s.target] = replace(types.get(s.target, UNKNOWN), maybe_none=False)
        return [replace(s, op="numba.entry_of")]

    return map_statements(program, change) if saved else program


def _is_get(s: Statement) -> bool:
    return isinstance(s, Bind) and s.op == "method.get" and len(s.args) == 2 and not s.kwargs


__all__ = ["saved_entries"]
