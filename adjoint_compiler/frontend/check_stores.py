"""Stores whose two sides may be the same memory laid out differently are checked while the program runs.

    a[:n] = a[: 2 * n : 2]         check_store(a[:n], a[:2 * n:2])
                            ->     a[:n] = a[:2 * n:2]

NumPy copies the right-hand side of a store that overlaps its target, but for one case: of vectors with different steps,
elements may be read after they were written (``a[::2] = a[:n]``, ``A[1] = A[:, 2]``). Such a store is refused; one
that reads ahead of what it writes, as above, is what it seems. So is one into a part that shows some place twice, which
views made by ``as_strided`` and ``sliding_window_view`` may.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.aliasing import STRIDED
from adjoint_compiler.analysis.indexing import index_parts, index_type, part_kind
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Effect, Name, Operand, Pack, Program, Statement, Store, Update
from adjoint_compiler.ir.types import UNKNOWN, is_container, is_number
from adjoint_compiler.ir.walk import names_bound
from adjoint_compiler.optimize.rename import map_statements


def check_stores(program: Program, types: Types) -> Program:
    """Put checks before the stores that need them (see the module's text).

    >>> from adjoint_compiler.ir.types import array_type
    >>> every = lambda step: Pack("slice", (Const(None), Const(None), Const(step)))
    >>> body = (Bind("t", "index", (Name("a"), every(2))), Store("a", every(3), Name("t")))
    >>> types = {n: array_type("float64", 1) for n in ("a", "t")}
    >>> [type(s).__name__ for s in check_stores(Program("f", ("a",), body), types).body]
    ['Bind', 'Bind', 'Effect', 'Store']
    """
    strided = _strided_views(program)
    stores = [s for s in program.statements if isinstance(s, Store) and _may_overlap(s, types)]
    if not stores and not strided:
        return program
    classes = shared_classes(program, types).classes
    statements = program.statements
    names = Names(program.mentioned)
    temporaries = set(program.temporaries)

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, (Store, Update)) and s.target in strided:
            return [*checked(s, "check_places"), s]
        if not isinstance(s, Store) or not isinstance(s.value, Name) or not _may_overlap(s, types):
            return [s]
        if classes.get(s.value.id) != classes.get(s.target) or _same_steps(s, s.value.id, statements, types):
            return [s]
        return [*checked(s, "check_store", s.value), s]

    def checked(s: Store | Update, check: str, *more: Operand) -> list[Statement]:
        part = names.fresh("t")
        temporaries.add(part)
        index = Const(Ellipsis) if s.index is None else s.index
        return [
            Bind(part, "index", (Name(s.target), index), (), s.span),
            Effect("check", (Name(part), *more), s.span, check),
        ]

    return replace(map_statements(program, change), temporaries=frozenset(temporaries))


def _strided_views(program: Program) -> set[str]:
    """The names of views that may show a place of memory twice, and of views of those."""
    found: set[str] = set()
    before = -1
    while len(found) > before:
        before = len(found)
        for s in program.statements:
            if isinstance(s, Bind) and (s.op in STRIDED or s.op in ("index", "copy") or view_rule(s) is not None):
                if s.op in STRIDED or any(isinstance(o, Name) and o.id in found for o in s.args):
                    found.add(s.target)
    return found


def _may_overlap(s: Store, types: Types) -> bool:
    """Whether a vector may be stored into a vector."""
    value = types.get(s.value.id, UNKNOWN) if isinstance(s.value, Name) else None
    base = types.get(s.target, UNKNOWN)
    if value is None or is_number(value) or is_container(value) or is_container(base) or value.ndim == 0:
        return False
    if any(k in ("array", "mask") for k in (part_kind(p, types) for p in index_parts(s.index))):
        return False  # NumPy copies what is scattered
    part = index_type(base, s.index, types)
    return not is_number(part) and part.ndim in (1, None)


def _same_steps(s: Store, value: str, statements: tuple[Statement, ...], types: Types) -> bool:
    """Whether the value certainly is a part of the same array as the target, and both have the same step."""
    made = [x for x in statements if value in names_bound(x)]
    if len(made) != 1 or not isinstance(made[0], Bind):
        return False
    source = made[0]
    if source.op != "index" or source.args[0] != Name(s.target):
        return False
    steps = [_steps(o, types) for o in (s.index, source.args[1])]
    return steps[0] is not None and steps[0] == steps[1]


def _steps(index: Operand, types: Types) -> tuple[object, ...] | None:
    """The steps of a subscript's slices by axis, None for the axes that it picks one of; no result if it cannot be told."""
    out: list[object] = []
    for part in index_parts(index):
        if isinstance(part, Pack) and part.kind == "slice" and isinstance(part.items[2], Const):
            out.append(part.items[2].value or 1)
        elif part_kind(part, types) == "int":
            out.append(None)
        else:
            return None
    while out and out[-1] == 1:
        out.pop()
    return tuple(out)


__all__ = ["check_stores"]
