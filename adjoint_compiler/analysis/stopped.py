"""Names that hold what has no derivative although it may share memory with what has one.

    s = stop_gradient(A); row = s[0]      s and row are A's memory, but constants: they have no shadow

Also the results of functions that the user declared inert, which may be their arguments. A store through such a name
would change memory that has a shadow, unseen, and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from adjoint_compiler.analysis.views import viewed
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.ir.nodes import Bind, Name, Operand, Pack, Pop, Program, Push, Statement, Store, Update
from adjoint_compiler.ir.types import UNKNOWN, Type, is_discrete, is_number
from adjoint_compiler.ir.walk import binds
from adjoint_compiler.rules.user import INERT_CALL, STOP


def stopped_names(program: Program) -> frozenset[str]:
    """Names that hold results of ``stop_gradient`` and inert calls, or views of them, and nothing else.

    >>> body = (Bind("s", STOP, (Name("x"),)), Bind("v", "attribute.T", (Name("s"),)))
    >>> sorted(stopped_names(Program("f", ("x",), body)))
    ['s', 'v']
    """
    statements = program.statements
    if not any(isinstance(s, Bind) and s.op in (STOP, INERT_CALL) for s in statements):
        return frozenset()
    definitions: dict[str, list[Statement]] = {}
    for s in statements:
        target = binds(s)
        if target is not None:
            definitions.setdefault(target, []).append(s)
    out: set[str] = set()
    while True:
        grown = {
            n for n, found in definitions.items() if n not in program.params and all(_stopped(s, out) for s in found)
        }
        if grown == out:
            return frozenset(out)
        out = grown


def _stopped(s: Statement, known: set[str]) -> bool:
    if not isinstance(s, Bind):
        return False
    if s.op in (STOP, INERT_CALL):
        return True
    base = viewed(s)
    return isinstance(base, Name) and base.id in known


def stop_faults(
    program: Program,
    types: Mapping[str, Type],
    stopped: frozenset[str],
    classes: Mapping[str, int],
    stored: frozenset[int],
) -> list[Diagnostic]:
    """Stores through stopped names; and names that only some paths stop, where memory is stored into.

    Args:
        program: the program.
        types: types of its names.
        stopped: its stopped names.
        classes: which names may share memory.
        stored: classes that are stored into.
    """
    if not stopped:
        return []
    faults = []
    for s in program.statements:
        changed = s.target if isinstance(s, (Store, Update)) else s.stack if isinstance(s, (Push, Pop)) else None
        if changed in stopped:
            by = "a result" if changed in program.temporaries else f"`{changed}`, a result"
            message = f"this stores through {by} without a derivative that may be memory with one"
            faults.append(Diagnostic("AC010", s.span, message, (), "store into a copy of it"))
        for n in _escaping(s, stopped):
            t = types.get(n, UNKNOWN)
            if classes.get(n) in stored and not is_number(t) and not is_discrete(t):
                faults.append(Diagnostic(
                    "AC010", s.span, f"`{n}`, a result without a derivative, is mixed with memory that is stored into", (),
                    "pass on a copy of it",
                ))  # fmt: skip
    return list({(d.code, d.span): d for d in faults}.values())


def _escaping(s: Statement, stopped: frozenset[str]) -> list[str]:
    """Stopped names that a statement makes part of something that is not stopped."""
    if isinstance(s, Bind) and s.target not in stopped:
        base = viewed(s)
        found = [base] if isinstance(base, Name) else _items(base)
    elif isinstance(s, (Store, Push)):
        found = _items(s.value) if isinstance(s.value, Pack) else [s.value] if isinstance(s, Push) else []  # type: ignore[assignment]
    else:
        return []
    return [o.id for o in found if isinstance(o, Name) and o.id in stopped]


def _items(o: Operand | None) -> list[Operand]:
    if isinstance(o, Pack):
        return [leaf for item in o.items for leaf in ([item] if isinstance(item, Name) else _items(item))]
    return []


__all__ = ["stop_faults", "stopped_names"]
