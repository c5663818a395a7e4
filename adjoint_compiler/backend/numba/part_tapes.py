"""Tapes of parts of arrays as one array, in which they lie one after the other.

A_tape.append(A[k, :n].copy())            place = part_of_tape(A_tape, A[k, :n])
                                          place[...] = A[k, :n]
A[k, :n] = A_tape.pop()            ->     place = part_from_tape(A_tape, A[k, :n])
                                          A[k, :n] = place

What is put back has the shape of what it is put into, so that no shape is recorded; loops copy the elements. The pass
``array_tapes`` counts what is on the tape, and makes room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from adjoint_compiler.analysis.indexing import index_parts, operand_type, part_kind
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.fold import foldable
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Const, Name, Operand, Pack, Pop, Program, Push, Statement, Store
from adjoint_compiler.ir.types import Type, array_type
from adjoint_compiler.optimize.rename import map_statements

ONTO, FROM = "numba.part_of_tape", "numba.part_from_tape"
COPIES = ("method.copy", "numpy.copy", "adjoint_compiler.runtime.memory.copied")
WHOLE = Const(Ellipsis)


def part_tapes(
    program: Program, types: Types, memory: Memory, other: Program | None = None, known: frozenset[str] | None = None
) -> tuple[Program, frozenset[str]]:
    """The program with such tapes, and their names.

    Args:
        program: a generated program.
        types: the types of its names; those of new names are added.
        memory: which names may share memory.
        other: for the primal of a pair, its adjoint, which takes from the tapes what the primal puts there.
        known: for the adjoint of a pair, the tapes that its primal has in this form.

    Raises:
        RuntimeError: the two disagree, which would be a fault of the compiler.
    """
    tapes = known if known is not None else _tapes(program, other or program, types)
    if not tapes:
        return program, tapes
    if other is None and not _taken(program, types, tapes):
        raise RuntimeError(f"what is taken from {sorted(tapes)} is not put back at once")
    names, added = Names(program.mentioned), set(program.temporaries)
    folded = foldable(program, {n: memory.levels(n) for n in memory.classes})
    copies = {s.target: s for s in program.statements if isinstance(s, Bind) and s.op in COPIES and s.target in folded}
    restored = {s.value.id: s for s in program.statements if isinstance(s, Store) and isinstance(s.value, Name)}

    def fresh(stem: str, t: Type) -> str:
        name = names.fresh(stem)
        types[name] = t
        added.add(name)
        return name

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Push) and s.stack in tapes and isinstance(s.value, Name):
            made = copies.get(s.value.id)
            source = made.args[0] if made is not None and isinstance(made.args[0], Name) else s.value
            place = fresh("place", types[s.value.id])
            return [Bind(place, ONTO, (Name(s.stack), source), (), s.span), Store(place, WHOLE, source, s.span)]
        if isinstance(s, Pop) and s.stack in tapes and s.target is not None:
            store = restored[s.target]
            part: Operand = Name(store.target)
            before: list[Statement] = []
            types[s.target] = array_type("float64", _rank(types[store.target], store.index, types))
            if store.index != WHOLE:
                part = Name(fresh("part", types[s.target]))
                before = [Bind(part.id, "index", (Name(store.target), store.index), (), s.span)]
            return [*before, Bind(s.target, FROM, (Name(s.stack), part), (), s.span)]
        return [s]

    changed = map_statements(program, change)
    return replace(changed, temporaries=frozenset(added)), tapes


def _tapes(program: Program, other: Program, types: Types) -> frozenset[str]:
    """The tapes that hold parts of arrays of double precision only, all of which are put back at once."""
    own = {
        s.target for s in program.statements
        if isinstance(s, Bind) and s.op == "copy" and s.args == (Pack("list", ()),) and not s.span.line
    }  # fmt: skip
    pushed: dict[str, list[Type]] = {}
    for s in program.statements:
        if isinstance(s, Push) and s.stack in own:
            pushed.setdefault(s.stack, []).append(operand_type(s.value, types))
    return frozenset(
        t for t, kinds in pushed.items()
        if all(k.kind == "array" and k.dtype == "float64" and k.ndim for k in kinds) and _taken(other, types, {t})
    )  # fmt: skip


def _taken(program: Program, types: Types, tapes: Collection[str]) -> bool:
    """Whether all that is taken from some tapes is put back at once."""
    popped = [s for s in program.statements if isinstance(s, Pop) and s.stack in tapes]
    stored = _put_back(program, types)
    return {s.stack for s in popped} == set(tapes) and all(s.target in stored for s in popped)


def _put_back(program: Program, types: Types) -> set[str]:
    """Names that nothing but one store, which follows the statement that takes them from a tape, reads."""
    reads = Counter(n for s in program.statements for n in s.read)
    out: set[str] = set()

    def block(statements: Block) -> None:
        for k, s in enumerate(statements):
            for inner in s.blocks:
                block(inner)
            after = statements[k + 1] if k + 1 < len(statements) else None
            if isinstance(s, Pop) and isinstance(after, Store) and after.value == Name(s.target or ""):
                kinds = {part_kind(p, types) for p in index_parts(after.index)}
                t = types.get(after.target)
                fits = t is not None and t.kind == "array" and t.dtype == "float64" and _rank(t, after.index, types) > 0
                if fits and kinds <= {"int", "slice", "ellipsis", "newaxis"} and reads[s.target or ""] == 1:
                    out.add(s.target or "")

    block(program.body)
    return out


def _rank(t: Type, index: Operand, types: Types) -> int:
    """The number of axes of a part of an array."""
    kinds = [part_kind(p, types) for p in index_parts(index)]
    return (t.ndim or 0) - kinds.count("int") + kinds.count("newaxis")


__all__ = ["FROM", "ONTO", "part_tapes"]
